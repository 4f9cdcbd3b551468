"""Everything that a caller can choose about a picture, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from dicomkit.display.views import WindowLike, single_windows

if TYPE_CHECKING:
    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.regions.files import SegmentationFile

__all__ = ["Depth", "Padding", "PictureOptions"]

Depth: TypeAlias = Literal[8, 16]
Padding: TypeAlias = Literal["clamp", "background"]


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """The options of `render`, which says what each means; picklable.

    ``segmentation`` is painted over the images that it lies on. ``source`` is where a pipeline
    says that a window which is given here comes from.

    Raises
    ------
    ValueError, TypeError
        The window, the depth, the padding or the presentation is none that there is; what is to
        be painted on has not 8 bits; or a presentation state is to be shown with a mask or a
        segmentation.
    """

    window: WindowLike = None
    bits: Depth = 8
    padding: Padding = "clamp"
    overlays: bool = False
    square: bool = False
    icc: bool = False
    mask: bool = False
    presentation: PresentationState | None = None
    graphics: bool = False
    segmentation: SegmentationFile | None = None
    source: str = "the caller"

    def __post_init__(self) -> None:
        """Refuse what no image can be drawn with, before any is read."""
        first, *others = single_windows(self.window)
        object.__setattr__(self, "window", (first, *others) if others else first)
        if self.presentation is not None:
            _check_presentation(self.presentation)
        if self.presentation is not None and (self.mask or self.segmentation is not None):
            what = "its mask" if self.mask else "a segmentation"
            msg = f"a presentation state shows an image without {what}: leave one of them out"
            raise ValueError(msg)
        if self.bits not in (8, 16):
            msg = "bits must be 8 or 16"
            raise ValueError(msg)
        if self.segmentation is not None and self.bits != 8:  # noqa: PLR2004 - as in the message
            msg = "a segmentation is painted on pictures of 8 bits"
            raise ValueError(msg)
        if self.padding not in ("clamp", "background"):
            msg = "padding must be 'clamp' or 'background'"
            raise ValueError(msg)


def _check_presentation(given: object) -> None:
    from dicomkit.dataset.modules.presentation_state import PresentationState

    if not isinstance(given, PresentationState):
        kind = type(given).__name__
        msg = f"presentation is a PresentationState, not {kind}; presentation_state(ds) gives one"
        raise TypeError(msg)
