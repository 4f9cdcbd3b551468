"""One window for many images, so that brightness does not flicker from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import NoPixelsError, UnitsError
from dicomkit.image.image import ImageLike, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.transforms.arrays import SupportsArray
from dicomkit.transforms.ranges import reach, window_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dicomkit.image.image import Image
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.window import Window

__all__ = ["series_window"]


def series_window(
    datasets: Iterable[ImageLike] | SupportsArray,
    /,
    *,
    percentiles: tuple[float, float] = (0.5, 99.5),
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Window:
    """Compute one window for all frames of a series.

    Parameters
    ----------
    datasets : iterable of pydicom.dataset.Dataset or Image, or Volume
        Greyscale images whose values have the same meaning. One is held at a time. Of a
        volume or an array, the slices along the first axis; what is padding in it is not
        known, unless it was read as NaN.
    percentiles : (float, float)
        Which values of a frame the window must reach, from 0 to 100; ``(0, 100)`` is the
        full range. Padding and values that are not finite do not count.
    lenient, limits
        As in `stored_values`.

    Returns
    -------
    Window
        From the lowest to the highest of these values in any frame, in the units after
        the Modality step: a ``window`` for `render`.

    Raises
    ------
    DicomKitError
        A dataset cannot be decoded, one image is in colour or in other units than the rest
        (``units``), or there are no values (``no_pixels``).
    ValueError
        The percentiles do not ascend.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> dk.series_window([ds], percentiles=(0, 100))
    Window(center=136.0, width=2064.0, function='LINEAR')
    """
    ends: list[float] = []
    units: set[str | None] = set()
    if isinstance(datasets, SupportsArray):
        ends.extend(_ends_of_slices(np.asarray(datasets), percentiles))
    else:
        for ds in datasets:
            with opened(ds, lenient=lenient, limits=limits) as image:
                ends.extend(_ends(image, percentiles, units))
    if not ends:
        msg = "no image has a value that a window could show"
        raise NoPixelsError(msg)
    return window_between(min(ends), max(ends))


def _ends_of_slices(array: AnyArray, percentiles: tuple[float, float]) -> Iterator[float]:
    """Yield the lowest and the highest value to be reached in each slice of a volume."""
    if array.ndim > 3:  # noqa: PLR2004 - slices, rows, columns
        msg = "a volume in colour has no window"
        raise UnitsError(msg)
    for plane in array:
        yield from reach(plane[np.isfinite(plane)], percentiles) or ()


def _ends(
    image: Image, percentiles: tuple[float, float], units: set[str | None]
) -> Iterator[float]:
    """Yield the lowest and the highest value to be reached in each frame, all in one unit."""
    if not image.is_gray:
        msg = "a colour image has no window"
        raise UnitsError(msg)
    for frame in range(len(image)):
        gray = image.gray(frame)
        units.add(gray.modality.units)
        if len(units) > 1:
            msg = "values in other units than those before them have no window in common"
            raise UnitsError(msg, frame=frame)
        yield from reach(gray.meaningful(image.frame(frame).values), percentiles) or ()
