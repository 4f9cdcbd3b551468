"""Native pixel data: words in a row (PS3.5 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dicomkit.errors import InconsistentError, TruncatedError
from dicomkit.transforms.bits import container

if TYPE_CHECKING:
    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.streams.header import PixelBytes
    from dicomkit.transforms.bits import Cells

__all__ = ["decode_native"]

_WHOLE_WORDS = (8, 16, 32, 64)


def decode_native(
    data: PixelBytes,
    image: ImageDescription,
    index: int = 0,
    *,
    big_endian: bool = False,
    swapped: bool = False,
    lenient: bool = False,
) -> tuple[Cells, int]:
    """Take one frame's words out of native pixel data.

    Parameters
    ----------
    data : bytes or FileBytes
        The frames, one behind the other.
    image : ImageDescription
        What the dataset says of them.
    index : int
        Which frame.
    big_endian : bool
        Whether words of 16 bits or more have their most significant byte first.
    swapped : bool
        Whether smaller samples lie in 16-bit words whose bytes are swapped: OW in a big
        endian transfer syntax.
    lenient : bool
        Put 0 for what is not there instead of refusing the frame.

    Returns
    -------
    cells : ndarray, shape (rows, columns[, samples])
        Unsigned integers, or the floats of float pixel data, in the machine's byte order;
        a read-only view of `data` where the words lie there just so.
    missing : int
        How many bytes of the frame were not there; 0 unless `lenient`.

    Raises
    ------
    TruncatedError
        The data end before the frame does.
    InconsistentError
        Pixels that share their chroma do not come in pairs.
    """
    if image.is_subsampled and image.columns % 2:
        msg = "YBR_FULL_422 needs an even number of columns: two pixels share their chroma"
        raise InconsistentError(msg)
    bits = image.frame_bits
    first = index * bits
    stop = -(-(first + bits) // 8)
    missing = max(stop - max(len(data), first // 8), 0)
    if missing and not lenient:
        msg = f"the pixel data end {missing} bytes before the frame does"
        raise TruncatedError(msg)
    if missing or not isinstance(data, bytes):
        # From a whole word on, and to the end of one, so that swapped words stay whole.
        start = first // 16 * 2
        data = data[start : stop + stop % 2].ljust(stop - start, b"\0")
        first %= 16
    if swapped and image.bits_allocated <= 8:  # noqa: PLR2004 - bytes, or bits in bytes
        # The words that the frame touches, each turned round.
        word = first // 16
        words = np.frombuffer(_even(data[2 * word : 2 * -(-(first + bits) // 16)]), np.uint16)
        data = words.byteswap().tobytes()
        first -= 16 * word
    cells = _words(data, image, first, bits, big_endian=big_endian)
    return _arranged(cells, image), missing


def _even(data: bytes) -> bytes:
    return data + bytes(len(data) % 2)


def _words(
    data: bytes, image: ImageDescription, first: int, bits: int, *, big_endian: bool
) -> Cells:
    """Give the samples of a frame in a row, wherever its first bit lies."""
    size = image.bits_allocated
    count = bits // size
    kind: np.dtype[Any] = np.dtype(image.kind) if image.kind != "integer" else container(size)
    if size in _WHOLE_WORDS:
        stored = kind.newbyteorder(">" if big_endian else "<")
        return np.frombuffer(data, stored, count, first // 8).astype(kind, copy=False)
    if size % 8 == 0:
        return _padded(data, kind, size // 8, count, first // 8, big_endian=big_endian)
    packed = np.frombuffer(data, np.uint8, -(-(first % 8 + bits) // 8), first // 8)
    # PS3.5 8.1.1: samples follow each other from the least significant bit on.
    single = np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + bits]
    if size == 1:
        return single
    samples = np.zeros(count, kind)
    for place, plane in enumerate(single.reshape(count, size).T):
        samples |= plane.astype(kind) << kind.type(place)
    return samples


def _padded(
    data: bytes, kind: np.dtype[Any], size: int, count: int, first: int, *, big_endian: bool
) -> Cells:
    """Widen words of three, five, six or seven bytes."""
    short = np.frombuffer(data, np.uint8, count * size, first).reshape(count, size)
    wide = np.zeros((count, kind.itemsize), np.uint8)
    wide[:, :size] = short[:, ::-1] if big_endian else short
    cells = wide.view(kind.newbyteorder("<"))[:, 0]
    return cells.astype(kind)


def _arranged(cells: Cells, image: ImageDescription) -> Cells:
    rows, columns, samples = image.rows, image.columns, image.samples
    if samples == 1:
        return cells.reshape(rows, columns)
    if image.is_subsampled:
        pairs = cells.reshape(-1, 4)
        full = np.empty((len(pairs), 2, 3), cells.dtype)
        full[:, :, 0] = pairs[:, :2]
        # The chroma belongs to the first pixel of a pair; the second has it repeated.
        full[:, :, 1:] = pairs[:, None, 2:]
        return full.reshape(rows, columns, 3)
    if image.planar:
        return np.ascontiguousarray(cells.reshape(samples, rows, columns).transpose(1, 2, 0))
    return cells.reshape(rows, columns, samples)
