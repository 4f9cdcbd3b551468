"""The ``window`` option: checked before the work, described in the manifest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from dicomkit.display.views import WindowLike

__all__ = ["check_window", "describe_window"]

_CHANNELS = 3
_COMPUTED = ("auto", "full")


def check_window(window: WindowLike) -> None:
    """Refuse a window that no image could have.

    Parameters
    ----------
    window : WindowLike
        As in `render`.

    Raises
    ------
    TypeError
        If it is none of the things that a window may be.
    ValueError
        If no preset has its name, its index is negative, or there are not three of them.

    Examples
    --------
    >>> check_window("brain")
    """
    if isinstance(window, (list, tuple)):
        if len(window) != _CHANNELS:
            msg = f"several windows are three, for red, green and blue; got {len(window)}"
            raise ValueError(msg)
        for channel in window:
            _check_single(channel)
    else:
        _check_single(window)


def _check_single(window: object) -> None:
    if isinstance(window, str):
        if window not in WINDOWS and window not in _COMPUTED:
            msg = f"no window is called {window!r}; known are {', '.join([*_COMPUTED, *WINDOWS])}"
            raise ValueError(msg)
    elif isinstance(window, int):
        if window < 0:
            msg = f"a file's views count from 0; got {window}"
            raise ValueError(msg)
    elif window is not None and not isinstance(window, (Window, LookupTable)):
        msg = f"a window is a Window, a LookupTable, a name or an index, not {window!r}"
        raise TypeError(msg)


def describe_window(window: WindowLike) -> object:
    """Describe a window so that JSON can hold it and equal ones read the same.

    Parameters
    ----------
    window : WindowLike
        As in `render`.

    Returns
    -------
    None, int, str or list
        The window in words.

    Examples
    --------
    >>> describe_window(Window(40, 80))
    "Window(center=40, width=80, function='LINEAR')"
    """
    if isinstance(window, LookupTable):
        digest = hashlib.sha256(window.entries.astype("<u2").tobytes()).hexdigest()
        return f"LookupTable(first={window.first}, bits={window.bits}, sha256={digest})"
    if isinstance(window, Window):
        return repr(window)
    if window is None or isinstance(window, (str, int)):
        return window
    return [describe_window(channel) for channel in window]
