"""What pixels take of memory is bounded, and where there is less, an error says so.

Child processes of little memory read and show frames: none of them may be ended by its
decoder, and everything that fits into the bound that the documentation states must work.
"""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("the bound is the Linux kernel's", allow_module_level=True)

SIDE: Final = 1024
# docs/security.md states it: what showing a frame takes, for each of its samples.
BYTES_A_SAMPLE: Final = 16
_GROUND: Final = 48 << 20
CHILD: Final = """
import resource, sys
import numpy as np
import dicomkit as dk
from importlib import import_module


for module in ("libjpeg", "PIL.JpegImagePlugin", "imagecodecs"):
    import_module(module)
# Its codecs are loaded when they are first asked for.
imagecodecs = import_module("imagecodecs")
imagecodecs.jpeg2k_decode, imagecodecs.jpegls_decode, imagecodecs.packbits_decode
imagecodecs.jpeg8_decode, imagecodecs.jpegxl_decode, getattr(imagecodecs, "htj2k_decode", None)
# Code takes memory, too, when it is loaded.
import_module("dicomkit.image.encapsulated")
path, space, action = sys.argv[1], int(sys.argv[2]), sys.argv[3]
dk.DicomKitError, dk.read_dataset, getattr(dk, action)
size = resource.getpagesize() * int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (size + space, size + space))
try:
    getattr(dk, action)(dk.read_dataset(path))
    print("done")
except dk.DicomKitError as error:
    print(error.code)
"""
_Y, _X = np.mgrid[:SIDE, :SIDE]
GREY: Final = (20000 + 9000 * np.sin(_X / 97) * np.cos(_Y / 53) + (_X * 7 + _Y * 13) % 31).astype(
    np.uint16
)
COLOR: Final = np.stack([GREY >> 8, 255 - (GREY >> 8), GREY >> 9], axis=-1).astype(np.uint8)


def _written(pixels: np.ndarray, syntax: str, data: bytes, path: Path) -> Path:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    ds.Rows = ds.Columns = SIDE
    ds.SamplesPerPixel = 3 if pixels.ndim > 2 else 1
    ds.PhotometricInterpretation = "RGB" if pixels.ndim > 2 else "MONOCHROME2"
    ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = 8 * pixels.itemsize
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, 0
    ds.PixelData = encapsulate([data]) if UID(syntax).is_encapsulated else data
    ds["PixelData"].VR = "OB" if UID(syntax).is_encapsulated else "OW"
    dcmwrite(path, ds, enforce_file_format=True)
    return path


def _jpeg(pixels: np.ndarray) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", progressive=True)
    return buffer.getvalue()


def _jpeg2000(pixels: np.ndarray) -> bytes:
    utils = pytest.importorskip("openjpeg.utils")
    interpretation = 1 if pixels.ndim > 2 else 2
    return bytes(
        utils.encode_array(
            pixels,
            bits_stored=8 * pixels.itemsize,
            photometric_interpretation=interpretation,
            use_mct=False,
        )
    )


def _jpeg_ls(pixels: np.ndarray) -> bytes:
    charls = pytest.importorskip("jpeg_ls")
    return bytes(charls.encode_buffer(pixels.tobytes(), SIDE, SIDE, 1, 16, 0, 0))


def _lossless(pixels: np.ndarray) -> bytes:
    imagecodecs = pytest.importorskip("imagecodecs")
    return bytes(imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=1, bitspersample=16))


def _high_throughput(pixels: np.ndarray) -> bytes:
    imagecodecs = pytest.importorskip("imagecodecs")
    if getattr(imagecodecs, "HTJ2K", None) is None:
        pytest.skip("imagecodecs has no encoder of HTJ2K")
    return bytes(imagecodecs.htj2k_encode(pixels))


def _jpeg_xl(pixels: np.ndarray) -> bytes:
    imagecodecs = pytest.importorskip("imagecodecs")
    return bytes(imagecodecs.jpegxl_encode(pixels, lossless=True))


def _rle(pixels: np.ndarray) -> bytes:
    """Code without a single run (PS3.5 G.3): the most that a segment takes."""
    segments = []
    for plane in (pixels >> 8, pixels & 255):
        flat = plane.astype(np.uint8).reshape(-1, 128)
        lengths = np.full((len(flat), 1), 127, np.uint8)
        segments.append(np.hstack([lengths, flat]).tobytes())
    head = np.zeros(16, "<u4")
    head[:3] = 2, 64, 64 + len(segments[0])
    return head.tobytes() + b"".join(segments)


FILES: Final[dict[str, tuple[np.ndarray, str, Callable[[np.ndarray], bytes]]]] = {
    "native": (GREY, ExplicitVRLittleEndian, np.ndarray.tobytes),
    "native colour": (COLOR, ExplicitVRLittleEndian, np.ndarray.tobytes),
    "deflated": (GREY, DeflatedExplicitVRLittleEndian, np.ndarray.tobytes),
    "JPEG": (COLOR, JPEGBaseline8Bit, _jpeg),
    "JPEG 2000": (GREY, JPEG2000Lossless, _jpeg2000),
    "JPEG 2000 colour": (COLOR, JPEG2000Lossless, _jpeg2000),
    "JPEG-LS": (GREY, JPEGLSLossless, _jpeg_ls),
    "RLE": (GREY, RLELossless, _rle),
    "JPEG Lossless": (GREY, JPEGLosslessSV1, _lossless),
    "HTJ2K": (GREY, HTJ2KLossless, _high_throughput),
    "HTJ2K colour": (COLOR, HTJ2KLossless, _high_throughput),
    # pydicom writes no file in the syntaxes of JPEG XL; the stream decides.
    "JPEG XL": (GREY, JPEG2000Lossless, _jpeg_xl),
    "JPEG XL colour": (COLOR, JPEG2000Lossless, _jpeg_xl),
}


def _outcome(path: Path, space: int, action: str) -> str:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(space), action],
        capture_output=True,
        text=True,
        # Nothing else, as what measures coverage would take memory, too.
        env={
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        check=False,
    )
    return child.stdout.strip() or f"status {child.returncode}: {child.stderr[-400:]}"


@pytest.mark.parametrize("name", FILES)
def test_a_frame_takes_no_more_than_is_documented(name: str, tmp_path: Path) -> None:
    pytest.importorskip("imagecodecs")
    pixels, syntax, encode = FILES[name]
    path = _written(pixels, syntax, encode(pixels), tmp_path / "frame.dcm")
    enough = _GROUND + BYTES_A_SAMPLE * pixels.size
    assert _outcome(path, enough, "render") == "done"
    # What is left of an interpreter's own memory lets some of these succeed.
    for space in (2 << 20, 8 << 20, 16 << 20):
        assert _outcome(path, space, "render") in {"done", "limit"}
