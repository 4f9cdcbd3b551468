"""Asking for memory before a decoder does, which may end the process where there is none."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from dicomkit.errors import LimitError

__all__ = ["make_sure_of_room"]

# Measured with every decoder: OpenJPEG's 32-bit planes, all of them twice, are the most.
_BYTES_A_SAMPLE = 8
_AT_LEAST = 1 << 18


def make_sure_of_room(samples: int, sample_bytes: int) -> None:
    """Take the memory that decoding a frame needs, and give it back at once.

    Nothing is written to it, so that it costs next to nothing. A decoder that is refused
    memory half way through crashes, aborts or says that the picture is damaged.

    Parameters
    ----------
    samples : int
        Rows times columns times samples per pixel.
    sample_bytes : int
        How many bytes one of them takes in the end.

    Raises
    ------
    LimitError
        The system has not got as much.
    """
    with suppress(MemoryError):
        np.empty(samples * (_BYTES_A_SAMPLE + sample_bytes) + _AT_LEAST, np.uint8)
        return
    msg = f"there is not enough memory to decode a frame of {samples} samples"
    raise LimitError(msg)
