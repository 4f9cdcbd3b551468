"""One frame or all of them: the frame axis, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from dicomkit.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomkit.limits import Limits
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["checked_frame", "gathered"]

_Array = TypeVar("_Array", bound="AnyArray")


def checked_frame(frame: int, frames: int) -> int:
    """Give the frame's index back, or raise IndexError where the image has no such frame."""
    if not 0 <= frame < frames:
        msg = f"frame {frame} was asked for, but the image has {frames}, counted from 0"
        raise IndexError(msg)
    return frame


def gathered(
    make: Callable[[int], _Array], frames: int, frame: int | None, limits: Limits
) -> _Array:
    """Make one frame, or all of them one by one along a new first axis.

    A single-frame image has no frame axis, as `Dataset.pixel_array` has none.
    """
    if frame is not None:
        return make(checked_frame(frame, frames))
    first = make(0)
    if frames == 1:
        return first
    if first.nbytes * frames > limits.total_bytes:
        msg = (
            f"all {frames} frames would take {first.nbytes * frames} bytes, over the limit of "
            f"{limits.total_bytes}; ask for one frame at a time"
        )
        raise LimitError(msg)
    result = cast("_Array", np.empty((frames, *first.shape), first.dtype))
    result[0] = first
    for index in range(1, frames):
        result[index] = make(index)
    return result
