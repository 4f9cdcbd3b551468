"""Everything that a caller can choose about a picture, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from dicomkit.display.views import WindowLike, single_windows
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from dicomkit.dataset.pixels.header import SampleColor

__all__ = ["Depth", "Padding", "PictureOptions"]

Depth: TypeAlias = Literal[8, 16]
Padding: TypeAlias = Literal["clamp", "background"]


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """The options of `render`, which says what each means; picklable.

    ``source`` is where a pipeline says that a window which is given here comes from.

    Raises
    ------
    ValueError, TypeError
        The window, the depth, the padding or the samples' colour is none that there is.
    """

    window: WindowLike = None
    bits: Depth = 8
    padding: Padding = "clamp"
    overlays: bool = False
    square: bool = False
    icc: bool = False
    lenient: bool = False
    sample_color: SampleColor | None = None
    limits: Limits = DEFAULT_LIMITS
    source: str = "the caller"

    def __post_init__(self) -> None:
        """Refuse what no image can be drawn with, before any is read."""
        single_windows(self.window)
        if self.bits not in (8, 16):
            msg = "bits must be 8 or 16"
            raise ValueError(msg)
        if self.padding not in ("clamp", "background"):
            msg = "padding must be 'clamp' or 'background'"
            raise ValueError(msg)
        if self.sample_color not in (None, "rgb", "ybr"):
            msg = "sample_color must be 'rgb', 'ybr' or None"
            raise ValueError(msg)
