"""Whether a JPEG Lossless stream was used up by the picture that came out of it (ITU-T T.81).

libjpeg-turbo draws something for whatever it meets. But every sample takes a number of bits that
follows from the picture itself, so that one which was drawn from damaged data mostly accounts
for more bytes, or fewer, than are there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.streams.jpeg_segments import count_codes, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    import numpy.typing as npt

    from dicomkit.streams.header import StreamHeader
    from dicomkit.transforms.bits import Cells

    _Samples: TypeAlias = npt.NDArray[np.int32]

__all__ = ["is_used_up"]

_DHT, _DRI, _SOS = 0xC4, 0xDD, 0xDA
_EOI_BYTES = 2
_CATEGORIES = 17
_WRAP = 1 << 16
_HALF = _WRAP // 2
_LEFT = 1
# Table H.1, of the samples to the left, above, and above to the left.
_PREDICTORS: Mapping[int, Callable[[_Samples, _Samples, _Samples], _Samples]] = {
    2: lambda _a, b, _c: b,
    3: lambda _a, _b, c: c,
    4: lambda a, b, c: a + b - c,
    5: lambda a, b, c: a + ((b - c) >> 1),
    6: lambda a, b, c: b + ((a - c) >> 1),
    7: lambda a, b, _c: (a + b) >> 1,
}


def is_used_up(data: bytes, header: StreamHeader, samples: Cells) -> bool:
    """Tell whether the samples of a complete stream take as many bytes as its coded data have.

    Parameters
    ----------
    data : bytes
        The stream.
    header : StreamHeader
        Its header: of a plain JPEG Lossless stream.
    samples : ndarray of uint16, shape (rows, columns[, components])
        What came out of it as of one of 16 bits (see `as_16_bits`): that is every sum of
        differences, whether or not it wraps.

    Returns
    -------
    bool
        True for several scans, too, and for what encoders do not write: that is not looked at.
    """
    if header.late_lines or header.scans > 1:
        return True
    tables: dict[int, bytes] = {}
    restart, scan = 0, b""
    for marker, start, stop in segments(data):
        body = data[start:stop]
        if marker == _DHT:
            tables |= _tables(body)
        elif marker == _DRI:
            restart = int.from_bytes(body[:2], "big")
        elif marker == _SOS:
            scan = body
    chosen = [tables.get(place >> 4) for place in scan[2 : 1 + 2 * scan[0] : 2]]
    known = [table for table in chosen if table is not None]
    if len(known) != header.components or restart % header.columns:
        return True
    height = min(restart // header.columns or header.rows, header.rows)
    planes = samples.reshape(header.rows, header.columns, -1)
    bits = np.zeros(header.rows, np.int64)
    for number, table in enumerate(known):
        differences = _differences(planes[..., number], scan[-3], height)
        if differences is None:
            return True
        bits += np.take(_costs(table), differences).sum(axis=1, dtype=np.uint32)
    intervals = np.add.reduceat(bits, np.arange(0, header.rows, height))
    needed = int((-(-intervals // 8)).sum())
    # A zero behind a byte of ones says that it is data (F.1.2.3); restart markers stand between.
    coded = data[header.body : header.stop - _EOI_BYTES]
    found = len(coded) - count_codes(coded, 0, 0) - 2 * (len(intervals) - 1)
    # A byte may make the length even.
    return needed <= found <= needed + 1


def _tables(body: bytes) -> dict[int, bytes]:
    """Split a DHT segment: its tables, counts of codes and symbols, by their destinations."""
    found: dict[int, bytes] = {}
    while len(body) > _CATEGORIES:
        stop = _CATEGORIES + sum(body[1:_CATEGORIES])
        found[body[0] & 0x0F] = body[1:stop]
        body = body[stop:]
    return found


@lru_cache(maxsize=16)
def _costs(table: bytes) -> npt.NDArray[np.uint8]:
    """Give the bits that each difference takes: the code of its category, and what follows it."""
    lengths = np.zeros(_CATEGORIES, np.int64)
    symbols = iter(table[16:])
    for length, count in enumerate(table[:16], 1):
        for _, symbol in zip(range(count), symbols, strict=False):
            if symbol < _CATEGORIES:
                lengths[symbol] = length
    differences = np.arange(_WRAP)
    sizes = np.minimum(differences, _WRAP - differences)
    categories = np.frexp(sizes.astype(np.float64))[1]
    # H.1.2.2: 32 768 has nothing behind its code.
    more = np.where(categories < _CATEGORIES - 1, categories, 0)
    return (lengths[categories] + more).astype(np.uint8)


def _differences(x: Cells, predictor: int, height: int) -> npt.NDArray[np.uint16] | None:
    """Predict as table H.1 does, within intervals of so many rows; None for no predictor."""
    differences = np.empty(x.shape, np.uint16)
    if predictor == _LEFT:
        np.subtract(x[:, 1:], x[:, :-1], out=differences[:, 1:])
    elif predictor in _PREDICTORS:
        wide = x.astype(np.int32)
        left, above, corner = wide[1:, :-1], wide[:-1, 1:], wide[:-1, :-1]
        differences[1:, 1:] = wide[1:, 1:] - _PREDICTORS[predictor](left, above, corner)
        # The first line of an interval has nothing above it.
        differences[::height, 1:] = x[::height, 1:] - x[::height, :-1]
    else:
        return None
    differences[1:, 0] = x[1:, 0] - x[:-1, 0]
    differences[::height, 0] = x[::height, 0] - np.uint16(_HALF)
    return differences
