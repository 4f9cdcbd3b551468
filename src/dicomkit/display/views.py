"""What ``window=`` may be, and which view it means for a frame."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex, TypeAlias

import numpy as np

from dicomkit.errors import UnitsError
from dicomkit.image.image import as_index
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.ranges import reach, window_between
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from dicomkit.image.gray import GrayFrame
    from dicomkit.image.image import Image

__all__ = [
    "AUTO_PERCENTILES",
    "SingleWindow",
    "View",
    "WindowLike",
    "find_view",
    "lost_notes",
    "needs_pixels",
    "needs_range",
    "shows_labels",
    "single_windows",
    "view_between",
]

SingleWindow: TypeAlias = Window | LookupTable | str | SupportsIndex | None
WindowLike: TypeAlias = SingleWindow | Sequence[SingleWindow]

_COMPUTED = ("auto", "full")
_COLORS = 3
AUTO_PERCENTILES = (0.5, 99.5)


def single_windows(window: WindowLike) -> tuple[SingleWindow, ...]:
    """Give the one window that is meant, or the three for red, green and blue.

    Raises
    ------
    ValueError
        No window has this name, a view's number is negative, or several are not three.
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
    return tuple(map(_checked, singles))


def _checked(window: SingleWindow) -> SingleWindow:
    """Refuse what no image could be drawn with; a view's number becomes an int."""
    if window is None or isinstance(window, Window | LookupTable):
        return window
    if isinstance(window, str):
        known = (*_COMPUTED, *WINDOWS)
        if window not in known:
            msg = f"no window is called {window!r}; known are {', '.join(known)}"
            raise ValueError(msg)
        return window
    index = as_index(window)
    if index is None:
        kind = type(window).__name__
        msg = f"a window is a Window, a LookupTable, a name or a view's number, not {kind}"
        raise TypeError(msg)
    if index < 0:
        msg = f"a file's views count from 0; got {index}"
        raise ValueError(msg)
    return index


@dataclass(frozen=True, slots=True)
class View:
    """The VOI step that a window means for one frame.

    Attributes
    ----------
    transform : Window or LookupTable
        For values after the Modality step.
    source : str
        Where it comes from.
    is_blank : bool
        Whether it was made of values of which there are none.
    notes : tuple of Note
    """

    transform: Window | LookupTable
    source: str
    is_blank: bool = False
    notes: tuple[Note, ...] = ()


def needs_pixels(image: Image, frame: int, window: WindowLike) -> bool:
    """Tell whether a view of a frame depends on pixels."""
    computed = image.is_gray and any(one in _COMPUTED for one in single_windows(window))
    return computed or needs_range(image, frame, window)


def needs_range(image: Image, frame: int, window: WindowLike) -> bool:
    """Tell whether a view of a frame depends on the pixels of all frames."""
    if not image.is_gray or None not in single_windows(window):
        return False
    gray = image.gray(frame)
    return not gray.options and gray.stated is None and not shows_labels(gray, window)


def shows_labels(gray: GrayFrame, window: WindowLike) -> bool:
    """Tell whether a label map is shown in its segments' colours (PS3.3 C.8.20.2)."""
    alone = single_windows(window) == (None,)
    return alone and gray.is_label_map and not gray.options and gray.displayed_modality is None


def find_view(
    image: Image, frame: int, gray: GrayFrame, window: SingleWindow, source: str = "the caller"
) -> View:
    """Find the view that a window means; one that is given comes from a source.

    Raises
    ------
    IndexError
        The file offers fewer views.
    UnitsError
        A preset is asked for, but the values are not in Hounsfield units.
    DicomKitError
        It depends on pixels that cannot be decoded.
    """
    if isinstance(window, Window | LookupTable):
        return View(window, source)
    if isinstance(window, str):
        return _named(image, frame, gray, window)
    if window is None and not gray.options:
        return _stated(gray) or _of_all_frames(image, frame)
    index = 0 if window is None else operator.index(window)
    if index >= len(gray.options):
        msg = f"view {index} was asked for, but the file offers {len(gray.options)}"
        raise IndexError(msg)
    return View(gray.options[index].window, gray.options[index].source)


def _named(image: Image, frame: int, gray: GrayFrame, name: str) -> View:
    if name == "full":
        ends = gray.reach(image.frame(frame).values)
        of = "the values" if len(image) == 1 else "this frame's values"
        return view_between(ends, f"computed: the full range of {of}")
    if name == "auto":
        ends = reach(gray.meaningful(image.frame(frame).values), AUTO_PERCENTILES)
        return view_between(ends, "computed: all but the extreme values")
    if gray.modality.units != "HU":
        msg = (
            f"the preset {name!r} is in Hounsfield units, but the values are not; "
            "pass a Window in the values' own units, or 'auto'"
        )
        raise UnitsError(msg)
    return View(WINDOWS[name], f"preset {name}")


def _stated(gray: GrayFrame) -> View | None:
    """Give the view of values that have a meaning of their own, which is not stretched."""
    if gray.stated is None:
        return None
    ends = (float(gray.stated.low), float(gray.stated.high))
    if gray.displayed_modality is not None:
        low, high = gray.displayed_modality(np.array(ends)).tolist()
        ends = min(low, high), max(low, high)
    return view_between(ends, gray.stated.source)


def _of_all_frames(image: Image, frame: int) -> View:
    """Give the view that all frames of an image without one share, so that none flickers."""
    found = image.range_for(frame)
    notes = lost_notes(found.lost)
    of = "the values" if len(image) == 1 else f"the values of all {len(image)} frames"
    return view_between(found.ends, f"computed: the full range of {of}", notes)


def lost_notes(lost: int) -> tuple[Note, ...]:
    """Note that some frames do not count in the range of all."""
    if not lost:
        return ()
    frames = "1 frame" if lost == 1 else f"{lost} frames"
    message = f"{frames} cannot be decoded and do not count in the range of the others"
    return (Note("range_incomplete", message),)


def view_between(
    ends: tuple[float, float] | None, source: str, notes: tuple[Note, ...] = ()
) -> View:
    """Give the view from black to white between two values; a blank one where there are none."""
    return View(window_between(*(ends or (0, 0))), source, is_blank=ends is None, notes=notes)
