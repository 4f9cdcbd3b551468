"""How far views reach, so that one window can stand for several."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.display.views import find_view, shows_labels, single_windows
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.ranges import window_between, window_ends
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from dicomkit.display.views import SingleWindow, WindowLike
    from dicomkit.image.image import Image

__all__ = ["Extent", "count_dependent", "view_extents", "with_windows"]


@dataclass(frozen=True, slots=True)
class Extent:
    """From where to where one view reaches, or several together.

    Attributes
    ----------
    low, high : float
        Where the first of them is just black and the last one just white, in the units
        after the Modality step.
    sigmoid : bool
        Whether all of them are sigmoids.
    common : Window, or None
        What all of them are; None if they differ.
    """

    low: float
    high: float
    sigmoid: bool
    common: Window | None

    def __or__(self, other: Extent) -> Extent:
        """Give the extent of both together, whose order does not matter."""
        return Extent(
            min(self.low, other.low),
            max(self.high, other.high),
            self.sigmoid and other.sigmoid,
            self.common if self.common == other.common else None,
        )

    @property
    def window(self) -> Window:
        """The window that reaches as far, for values after the Modality step."""
        if self.common is not None:
            return self.common
        width = self.high - self.low
        if self.sigmoid and 0 < width < math.inf:
            return Window(self.low / 2 + self.high / 2, width, "SIGMOID")
        return window_between(self.low, self.high)


def count_dependent(window: WindowLike) -> int:
    """Count the windows that may mean another view for every image.

    Examples
    --------
    >>> count_dependent("brain"), count_dependent(None), count_dependent(("bone", 0, "auto"))
    (0, 1, 2)
    """
    return sum(map(_depends, single_windows(window)))


def _depends(single: SingleWindow) -> bool:
    if isinstance(single, str):
        return single in ("auto", "full")
    return not isinstance(single, Window | LookupTable)


def view_extents(image: Image, frame: int, window: WindowLike) -> tuple[Extent, ...] | None:
    """Give the extents of a greyscale frame's views, as far as they depend on the image.

    Returns
    -------
    tuple of Extent, or None
        One, or up to three for red, green and blue; empty if the frame has no values to
        show. None if a view has no ends, as a table and the colours of labels have none.

    Raises
    ------
    DicomKitError, IndexError
        As `find_view`.
    """
    gray = image.gray(frame)
    if shows_labels(gray, window):
        return None
    extents = []
    for single in filter(_depends, single_windows(window)):
        view = find_view(image, frame, gray, single)
        if view.is_blank:
            return ()
        if not isinstance(view.transform, Window):
            return None
        low, high = window_ends(view.transform)
        if not (math.isfinite(low) and math.isfinite(high)):
            return None
        extents.append(Extent(low, high, view.transform.function == "SIGMOID", view.transform))
    return tuple(extents)


def with_windows(window: WindowLike, windows: tuple[Window, ...]) -> WindowLike:
    """Put certain windows in the place of those that depend on the image.

    Examples
    --------
    >>> with_windows(("auto", "bone", None), (Window(1, 2), Window(3, 4)))[2]
    Window(center=3, width=4, function='LINEAR')
    """
    rest = iter(windows)
    first, *others = (next(rest) if _depends(one) else one for one in single_windows(window))
    return (first, *others) if others else first
