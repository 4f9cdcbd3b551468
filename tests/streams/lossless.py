"""An encoder of JPEG Lossless (ITU-T T.81 annex H), written to be read beside the clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["differences_of", "lossless_jpeg"]

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
# Seventeen categories, each with a code of five bits; the code of all ones stays free.
_TABLE = bytes([0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
_WRAP = 1 << 16


def lossless_jpeg(
    values: NDArray[np.integer[Any]],
    precision: int,
    *,
    predictor: int = 1,
    point: int = 0,
    restart_rows: int = 0,
    interleaved: bool = True,
) -> bytes:
    """Code samples.

    Parameters
    ----------
    values : ndarray, shape (rows, columns[, components])
    precision : int
        P: the bits of a sample.
    predictor : int
        Ss: the selection value, 1 to 7.
    point : int
        Al: Pt, the point transform.
    restart_rows : int
        Rows in a restart interval; 0 for none.
    interleaved : bool
        One scan for all components, or one for each.
    """
    planes = np.atleast_3d(values).astype(np.int64).transpose(2, 0, 1)
    count, rows, columns = planes.shape
    coded = [differences_of(plane, precision, predictor, point, restart_rows) for plane in planes]
    parts = [_SOI, _segment(0xC4, b"\0" + _TABLE)]
    names = bytes(range(1, count + 1))
    size = rows.to_bytes(2, "big") + columns.to_bytes(2, "big")
    frame = b"".join(bytes([name, 0x11, 0]) for name in names)
    parts.append(_segment(0xC3, bytes([precision]) + size + bytes([count]) + frame))
    if restart_rows:
        # A restart interval counts MCUs: a sample of each component.
        parts.append(_segment(0xDD, (restart_rows * columns).to_bytes(2, "big")))
    scans = [range(count)] if interleaved else [range(n, n + 1) for n in range(count)]
    for scan in scans:
        heads = b"".join(bytes([names[n], 0]) for n in scan)
        parts.append(
            _segment(0xDA, bytes([len(scan)]) + heads + bytes([predictor, 0, point])),
        )
        together = np.stack([coded[n] for n in scan], -1)
        step = restart_rows or rows
        for number, start in enumerate(range(0, rows, step)):
            if number:
                parts.append(bytes([0xFF, 0xD0 + (number - 1) % 8]))
            parts.append(_entropy_coded(together[start : start + step]))
    return b"".join((*parts, _EOI))


def differences_of(
    plane: NDArray[np.integer[Any]], precision: int, predictor: int, point: int, restart_rows: int
) -> NDArray[np.integer[Any]]:
    """Predict each sample from its neighbours and give what is left, modulo 65 536 (H.1.2.1)."""
    # A.4: the point transform divides by 2^Pt.
    x = plane >> point
    ra = np.roll(x, 1, axis=1)
    rb = np.roll(x, 1, axis=0)
    rc = np.roll(rb, 1, axis=1)
    # Table H.1.
    predicted = {
        1: ra,
        2: rb,
        3: rc,
        4: ra + rb - rc,
        5: ra + ((rb - rc) >> 1),
        6: rb + ((ra - rc) >> 1),
        7: (ra + rb) >> 1,
    }[predictor]
    # The first sample of a line is predicted from the one above it.
    predicted[:, 0] = rb[:, 0]
    # The first line, and that of each restart interval, from the left; its first sample from
    # half of the range: 2^(P - Pt - 1).
    for row in range(0, len(x), restart_rows or len(x)):
        predicted[row] = ra[row]
        predicted[row, 0] = 1 << (precision - point - 1)
    differences: NDArray[np.integer[Any]] = (x - predicted) % _WRAP
    return differences


def _entropy_coded(differences: NDArray[np.integer[Any]]) -> bytes:
    """Code each difference as its category and then its bits (H.1.2.2), and stuff bytes."""
    bits = []
    for value in differences.ravel().tolist():
        # -32 767 to 32 768.
        difference = value - _WRAP if value > _WRAP // 2 else value
        size = abs(difference).bit_length()
        bits.append(f"{size:05b}")
        # Category 16 is 32 768 alone, and has no further bits.
        if 0 < size < 16:
            more = difference if difference > 0 else difference + (1 << size) - 1
            bits.append(f"{more:0{size}b}")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body
