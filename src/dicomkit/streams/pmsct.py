"""PMSCT_RLE1, the compression of Elscint's and Philips' CT scanners, in a private element.

No standard describes it. GDCM, Orthanc and dcm2niix decode it alike: run lengths of bytes, and
below them differences of 16-bit samples.
"""

from __future__ import annotations

import numpy as np

__all__ = ["decode_pmsct"]

_RUN = b"\xa5"
_SAMPLE = b"\x5a"
# What begins with the marker of a run, or of a whole sample, takes so many bytes.
_CODE_BYTES = 3


def decode_pmsct(data: bytes, count: int) -> bytes:
    r"""Decode samples of 16 bits.

    Parameters
    ----------
    data : bytes
        What was coded: A5, n, b stands for n + 1 bytes b, every other byte for itself. Of what
        comes out, 5A, l, h stands for the sample h x 256 + l, every other byte for the
        difference from the sample before, as a signed number.
    count : int
        How many samples are wanted.

    Returns
    -------
    bytes
        As many of them as there are, little endian.

    Examples
    --------
    >>> np.frombuffer(decode_pmsct(b"\x5a\x00\x04\xff\xa5\x02\x01", 9), "<u2")
    array([1024, 1023, 1024, 1025, 1026], dtype=uint16)
    """
    codes = _without_runs(data, _CODE_BYTES * count)
    whole = _places(codes)
    stop = len(codes)
    if len(whole) and whole[-1] + _CODE_BYTES > stop:
        # It was cut off.
        stop, whole = int(whole[-1]), whole[:-1]
    octets = np.frombuffer(codes, np.uint8, stop)
    first = np.ones(stop, np.bool_)
    first[whole + 1] = first[whole + 2] = False
    steps = octets.view(np.int8).astype(np.int64)
    steps[whole] = 0
    # At a whole sample, the sum of all steps goes on from that sample instead.
    sums = np.cumsum(np.where(first, steps, 0))
    samples = octets[whole + 1].astype(np.int64) + (octets[whole + 2].astype(np.int64) << 8)
    base = np.zeros(stop, np.int64)
    base[whole] = samples - sums[whole]
    since = np.zeros(stop, np.int64)
    since[whole] = whole
    values = sums + base[np.maximum.accumulate(since)] if stop else sums
    return values[first][:count].astype("<u2").tobytes()


def _without_runs(data: bytes, most: int) -> bytes:
    """Unfold runs of bytes, no further than somebody needs."""
    parts: list[bytes] = []
    at = size = 0
    while at < len(data) and size < most:
        run = data.find(_RUN, at)
        if run < 0:
            run = len(data)
        parts.append(data[at:run])
        repeated = data[run + 2 : run + 3] * (data[run + 1] + 1) if run + 2 < len(data) else b""
        parts.append(repeated)
        size += run - at + len(repeated)
        at = run + _CODE_BYTES
    return b"".join(parts)[:most]


def _places(codes: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Find where whole samples are coded: the marker's value may lie inside of one, too."""
    places: list[int] = []
    at = codes.find(_SAMPLE)
    while at >= 0:
        places.append(at)
        at = codes.find(_SAMPLE, at + _CODE_BYTES)
    return np.array(places, np.int64)
