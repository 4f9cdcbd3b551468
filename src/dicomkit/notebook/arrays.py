"""An array as a picture: values that have left their dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.display.build import voi_step
from dicomkit.display.views import SingleWindow, View, WindowLike, single_windows
from dicomkit.notebook.marks import view_text
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import to_uint8
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.ranges import auto_window
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from dicomkit.display.pipeline import Picture
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["array_picture"]

_GRAY_AXES, _COLOR_AXES, _RGB = 2, 3, 3


def array_picture(array: AnyArray, window: WindowLike) -> tuple[Picture, str]:
    """Give an array as a picture of 8 bits, and say what was done with it.

    Raises
    ------
    TypeError
        It does not hold real numbers.
    ValueError
        It has another shape, or no such window.
    """
    if array.dtype.kind not in "biuf":
        msg = f"an array to show holds real numbers, not {array.dtype}"
        raise TypeError(msg)
    color = array.ndim == _COLOR_AXES and array.shape[-1] == _RGB
    if not (color or array.ndim == _GRAY_AXES) or not array.size:
        msg = (
            "an array to show has the shape (rows, columns) or (rows, columns, 3), "
            f"not {array.shape}; of several frames, show array[0]"
        )
        raise ValueError(msg)
    if color:
        return _colors(array, window), f"RGB of {array.dtype}"
    if window is None and array.dtype == np.uint8:
        return array, "uint8"
    step = voi_step([_view(array, single) for single in single_windows(window)])
    return to_uint8(step(array)), "\n".join(view_text(step))


def _colors(array: AnyArray, window: WindowLike) -> Picture:
    if window is not None:
        msg = "an array of colours has no window"
        raise ValueError(msg)
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind == "f":
        return to_uint8(array)
    if array.dtype == np.uint16:
        return to_uint8(array, (0, np.iinfo(np.uint16).max))
    msg = f"colours are uint8, uint16, or real numbers from 0 to 1, not {array.dtype}"
    raise TypeError(msg)


def _view(array: AnyArray, window: SingleWindow) -> View:
    if isinstance(window, Window | LookupTable):
        return View(window, "the caller")
    values = array.astype(np.uint8) if array.dtype.kind == "b" else array
    if window is None or window == "auto":
        return View(auto_window(values), "computed: all but the extreme values")
    if window == "full":
        full = auto_window(values, percentiles=(0, 100))
        return View(full, "computed: the full range of the values")
    if isinstance(window, str):
        return View(WINDOWS[window], f"preset {window}")
    msg = "an array offers no views: pass a Window, a preset's name, 'auto' or 'full'"
    raise ValueError(msg)
