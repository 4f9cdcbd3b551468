"""Datasets of compressed streams that no encoder at hand writes, coded by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLosslessSV1, MultiFrameGrayscaleByteSecondaryCaptureImageStorage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["STREAM_MAKERS"]

_SIDE: Final = 64
_BITS: Final = 8
_PREDICTOR: Final = b"\1\0\0"


def _lossless_jpeg_that_wraps() -> Dataset:
    return _dataset(_coded(_stored(), nearest=True))


def _one_component_called_ybr() -> Dataset:
    ds = _dataset(_coded(_stored(), nearest=False))
    ds.PhotometricInterpretation = "YBR_FULL"
    return ds


def _stored() -> NDArray[np.int64]:
    # Dark and bright stripes beside each other, so that differences are large.
    y, x = np.mgrid[:_SIDE, :_SIDE]
    return np.asarray(3 * x + y // 8 + 190 * (x % 5 == 0)) % (1 << _BITS)


def _dataset(stream: bytes) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    ds.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.9"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = _SIDE
    ds.BitsAllocated = ds.BitsStored = _BITS
    ds.HighBit, ds.PixelRepresentation = _BITS - 1, 0
    ds.WindowCenter, ds.WindowWidth = 128, 256
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    ds.PixelData = encapsulate([stream])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return ds


def _coded(stored: NDArray[np.int64], *, nearest: bool) -> bytes:
    """Code as T.81 annex H has it: predictor 1, a code of five bits for each category."""
    before = np.roll(stored, 1, axis=1)
    before[1:, 0], before[0, 0] = stored[:-1, 0], 1 << (_BITS - 1)
    differences = stored - before
    if nearest:
        # Sums are formed modulo 65 536 (H.2.1), so one of eight bits may run over.
        half = 1 << (_BITS - 1)
        differences = (differences + half) % (2 * half) - half
    bits = "".join(map(_code, differences.ravel().tolist()))
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    size = _SIDE.to_bytes(2, "big") * 2
    table = b"\xff\xc4\0\x23\0" + bytes([0, 0, 0, 0, 16] + [0] * 11) + bytes(range(16))
    frame = b"\xff\xc3\0\x0b" + bytes([_BITS]) + size + b"\1\1\x11\0"
    scan = b"\xff\xda\0\x08\1\1\0" + _PREDICTOR
    return b"\xff\xd8" + table + frame + scan + coded + b"\xff\xd9"


def _code(difference: int) -> str:
    category = abs(difference).bit_length()
    more = difference if difference > 0 else difference + (1 << category) - 1
    return f"{category:05b}" + (f"{more:0{category}b}" if category else "")


STREAM_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _lossless_jpeg_that_wraps,
    _one_component_called_ybr,
)
"""What makes each dataset; the functions' names say what is in it."""
