"""What ``window=`` may be, and which view it means for a frame."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from dicomkit.dataset.modality import ModalityStep, modality_step
from dicomkit.dataset.pixel_padding import padding_mask
from dicomkit.dataset.voi import VoiOption, voi_views
from dicomkit.errors import UnitsError
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.ranges import auto_window, full_window
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.padding import PaddingMask

__all__ = ["GrayFrame", "SingleWindow", "View", "WindowLike", "single_windows"]

SingleWindow: TypeAlias = Window | LookupTable | str | int | None
WindowLike: TypeAlias = SingleWindow | Sequence[SingleWindow]

# A window belongs to the stored values where it covers at least half of their range and
# of the range that it covers of the rescaled ones it covers at least twice as much.
_GOOD_FIT = 0.5
_CLEARLY_BETTER = 2.0
_COMPUTED = ("auto", "full")
_COLORS = 3


def single_windows(window: WindowLike) -> tuple[SingleWindow, ...]:
    """Give the one window that is meant, or the three for red, green and blue.

    Raises
    ------
    ValueError
        No window has this name, or several are not three.
    TypeError
        A window is none of the things that it can be.
    """
    if isinstance(window, str) or not isinstance(window, Sequence):
        singles: tuple[SingleWindow, ...] = (window,)
    elif len(window) == _COLORS:
        singles = tuple(window)
    else:
        msg = f"several windows make red, green and blue: 3 are needed, not {len(window)}"
        if len(window) == len(("center", "width")):
            msg += "; a center and a width are a Window(center, width)"
        raise ValueError(msg)
    for single in singles:
        _check(single)
    return singles


def _check(window: SingleWindow) -> None:
    if window is None or isinstance(window, Window | LookupTable):
        return
    if isinstance(window, str):
        known = (*_COMPUTED, *WINDOWS)
        if window not in known:
            msg = f"no window is called {window!r}; known are {', '.join(known)}"
            raise ValueError(msg)
        return
    try:
        operator.index(window)
    except TypeError:
        kind = type(window).__name__
        msg = f"a window is a Window, a LookupTable, a name or a view's number, not {kind}"
        raise TypeError(msg) from None


@dataclass(frozen=True, slots=True)
class View:
    """The VOI step that a window means for one frame.

    Attributes
    ----------
    transform : Window or LookupTable
    source : str
    on_stored : bool
        Whether it is meant for stored values, without the Modality step.
    computed : bool
        Whether it was made of the frame's values.
    notes : tuple of Note
    """

    transform: Window | LookupTable
    source: str
    on_stored: bool = False
    computed: bool = False
    notes: tuple[Note, ...] = ()


class GrayFrame:
    """One greyscale frame: what the file says of it, and its values when a view needs them.

    Parameters
    ----------
    ds, frame, image
        The dataset, the frame's index, and the dataset's description.
    stored : callable
        Gives the frame's stored values. It is called only where a view depends on them.
    """

    def __init__(
        self, ds: Dataset, frame: int, image: ImageDescription, stored: Callable[[], AnyArray]
    ) -> None:
        notes: list[Note] = []
        self.modality: ModalityStep = modality_step(ds, frame, image)
        self.padding: PaddingMask | None = padding_mask(ds, frame, image, notes)
        self.options: tuple[VoiOption, ...]
        self.options, voi_notes = voi_views(ds, frame, signed_input=_can_be_negative(self, image))
        self.notes: tuple[Note, ...] = (*image.notes, *self.modality.notes, *notes, *voi_notes)
        self._stored = stored

    @property
    def displayed_modality(self) -> Rescale | LookupTable | None:
        """The Modality step as far as it is for display."""
        return self.modality.transform if self.modality.for_display else None

    def view(self, window: SingleWindow, source: str = "the caller") -> View:
        """Find the view that a window means; one that is given comes from a source.

        Raises
        ------
        IndexError
            The file offers fewer views.
        UnitsError
            A preset is asked for, but the values are not in Hounsfield units.
        """
        if window is None:
            return self._file_view(0) if self.options else self._full()
        if isinstance(window, Window | LookupTable):
            return View(window, source)
        if isinstance(window, str):
            return self._named(window)
        index = operator.index(window)
        if not 0 <= index < len(self.options):
            msg = f"view {index} was asked for, but the file offers {len(self.options)}"
            raise IndexError(msg)
        return self._file_view(index)

    def _named(self, name: str) -> View:
        if name == "full":
            return self._full()
        if name == "auto":
            source = "computed: all but the extreme values"
            return View(auto_window(self.meaningful), source, computed=True)
        if self.modality.units != "HU":
            msg = (
                f"the preset {name!r} is in Hounsfield units, but the values are not; "
                "pass a Window in the values' own units, or 'auto'"
            )
            raise UnitsError(msg)
        return View(WINDOWS[name], f"preset {name}")

    def _full(self) -> View:
        source = "computed: the full range of the values"
        return View(full_window(self._extremes), source, computed=True)

    def _file_view(self, index: int) -> View:
        option = self.options[index]
        transform = self.displayed_modality
        if (
            self.modality.doubtful_domain
            and isinstance(transform, Rescale)
            and isinstance(option.window, Window)
            and (transform.slope, transform.intercept) != (1, 0)
            and self._fits_stored(option.window, transform)
        ):
            note = Note(
                "window_domain",
                "the window fits the stored values, not the rescaled ones: rescale left out",
            )
            return View(option.window, option.source, on_stored=True, notes=(note,))
        return View(option.window, option.source)

    def _fits_stored(self, window: Window, rescale: Rescale) -> bool:
        values = self._unpadded
        if not values.size:
            return False
        stored = np.array([values.min(), values.max()], np.float64)
        in_stored = _overlap(window, stored)
        in_rescaled = _overlap(window, np.sort(rescale(stored)).astype(np.float64))
        return in_stored >= _GOOD_FIT and in_stored >= _CLEARLY_BETTER * in_rescaled

    @property
    def is_blank(self) -> bool:
        """Whether there is no value but padding and what is not finite."""
        return not self._unpadded.size

    @cached_property
    def _unpadded(self) -> AnyArray:
        """The stored values that mean something."""
        stored = self._stored()
        if self.padding is not None:
            stored = stored[~self.padding.covers(stored)]
        return stored[np.isfinite(stored)] if stored.dtype.kind == "f" else stored

    @property
    def _extremes(self) -> AnyArray:
        """Values after the Modality step that have the same range as all of them."""
        values, transform = self._unpadded, self.displayed_modality
        if isinstance(transform, LookupTable) or not values.size:
            return self.meaningful
        # A rescale is monotonic: only the ends of the range need it.
        ends = np.array([values.min(), values.max()])
        return ends if transform is None else transform(ends)

    @property
    def meaningful(self) -> AnyArray:
        """All values after the Modality step, without padding and what is not finite."""
        transform = self.displayed_modality
        if transform is None:
            return self._unpadded
        values = transform(self._unpadded)
        # A slope that is out of this world leaves float32.
        finite = np.isfinite(values)
        return values if finite.all() else values[finite]


def _can_be_negative(frame: GrayFrame, image: ImageDescription) -> bool:
    transform = frame.displayed_modality
    if transform is None or image.kind != "integer":
        return image.signed
    if isinstance(transform, LookupTable):
        return False
    # A rescale is monotonic: the ends of the range tell.
    ends = (transform.slope * end + transform.intercept for end in image.stored_range)
    return min(ends) < 0


def _overlap(window: Window, ends: AnyArray) -> float:
    """Give the share of the union of a window and a range that both cover."""
    low, high = window.center - window.width / 2, window.center + window.width / 2
    union = max(high, float(ends[1])) - min(low, float(ends[0]))
    common = min(high, float(ends[1])) - max(low, float(ends[0]))
    return max(common, 0.0) / union
