"""What the tests of pixel data share: real files, small images and small streams."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from dicomkit.dataset.modules.image_pixel import ImageDescription
from dicomkit.image.image import opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.streams.decoders import decode_stream, parse_stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from dicomkit.image.reader import DecodedFrame
    from dicomkit.streams.decoders import DecodedStream
    from dicomkit.streams.header import SampleColor


Values = np.ndarray[Any, np.dtype[Any]]


class MakeImage(Protocol):
    """Describe a small image; keywords change what is not 2 rows of 3 unsigned 8-bit pixels."""

    def __call__(self, **changes: object) -> ImageDescription: ...


class MakeDataset(Protocol):
    """Make a dataset around pixel data; keywords are elements that differ."""

    def __call__(self, data: bytes, syntax: str = ..., /, **elements: object) -> Dataset: ...


def _read(name: str) -> Dataset:
    path = get_testdata_file(name, download=False)
    if not isinstance(path, str):
        pytest.fail(f"{name} is not among the installed test files")
    return dcmread(path, force=True)


@pytest.fixture(scope="session")
def real() -> Callable[[str], Dataset]:
    """Read one of pydicom's or pydicom-data's files by name."""
    return _read


@pytest.fixture(scope="session")
def stream() -> Callable[[str], bytes]:
    """Give the first frame's compressed stream of a real file."""

    def first(name: str) -> bytes:
        ds = _read(name)
        count = int(ds.get("NumberOfFrames", 1))
        return next(generate_frames(ds.PixelData, number_of_frames=count))

    return first


@pytest.fixture(scope="session")
def image() -> MakeImage:
    """Give a maker of image descriptions."""

    def make(**changes: Any) -> ImageDescription:  # noqa: ANN401 - fields of many types
        bits = changes.get("bits_allocated", 8)
        stored = changes.get("bits_stored", bits)
        fields: dict[str, Any] = {
            "rows": 2,
            "columns": 3,
            "frames": 1,
            "samples": 1,
            "photometric": "RGB" if changes.get("samples") == 3 else "MONOCHROME2",
            "bits_allocated": bits,
            "bits_stored": stored,
            "high_bit": stored - 1,
            "signed": False,
            "planar": 0,
            "kind": "integer",
            "transfer_syntax": str(ExplicitVRLittleEndian),
        }
        return ImageDescription(**fields | changes)

    return make


@pytest.fixture(scope="session")
def dataset() -> MakeDataset:
    """Give a maker of datasets."""

    def make(data: bytes, syntax: str = str(ExplicitVRLittleEndian), /, **elements: Any) -> Dataset:  # noqa: ANN401 - elements of many types
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = UID(syntax)
        ds.Rows, ds.Columns = 2, 3
        bits = elements.get("BitsAllocated", 8)
        ds.BitsAllocated = bits
        ds.BitsStored = elements.get("BitsStored", bits)
        ds.HighBit = ds.BitsStored - 1
        ds.PixelRepresentation = 0
        ds.SamplesPerPixel = elements.get("SamplesPerPixel", 1)
        ds.PhotometricInterpretation = "RGB" if ds.SamplesPerPixel == 3 else "MONOCHROME2"
        if ds.SamplesPerPixel == 3:
            ds.PlanarConfiguration = 0
        ds.PixelData = data
        ds["PixelData"].VR = "OW"
        for keyword, value in elements.items():
            setattr(ds, keyword, value)
        return ds

    return make


@dataclass(frozen=True)
class Encoders:
    """Make streams to decode, with other packages than those that decode them."""

    openjpeg: ModuleType
    charls: ModuleType

    def jpeg2000(self, values: Values, bits: int, *, mct: bool = False) -> bytes:
        """Code losslessly with OpenJPEG."""
        kind = 1 if values.ndim == 3 else 0
        encoded = self.openjpeg.encode_array(
            values, bits_stored=bits, photometric_interpretation=kind, use_mct=mct
        )
        return bytes(encoded)

    def jpeg_ls(self, values: Values, bits: int, *, near: int = 0, interleave: int = 0) -> bytes:
        """Code with CharLS; interleave 0 is by plane, 1 by line, 2 by pixel."""
        rows, columns, *samples = values.shape
        planes = values.transpose(2, 0, 1) if samples and interleave == 0 else values
        data = planes.tobytes()
        size = (rows, columns, *(samples or [1]), bits)
        return bytes(self.charls.encode_buffer(data, *size, near, interleave))


@pytest.fixture(scope="session")
def encoders() -> Encoders:
    """Give encoders, loaded before any test hides the decoders that they come with."""
    pytest.importorskip("imagecodecs")
    return Encoders(pytest.importorskip("openjpeg.utils"), pytest.importorskip("jpeg_ls"))


@pytest.fixture
def core_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the decoders that come with the codecs extra."""
    monkeypatch.setitem(sys.modules, "imagecodecs", None)


@pytest.fixture(params=["extras", "core"])
def installed(request: pytest.FixtureRequest) -> str:
    """Run a test with the codecs extra and without it."""
    request.getfixturevalue("encoders")
    if request.param == "core":
        request.getfixturevalue("core_only")
    return str(request.param)


@pytest.fixture(scope="session")
def ramp() -> np.ndarray[Any, np.dtype[np.uint16]]:
    """Give 12-bit content that no two neighbours share: 32 rows of 40 pixels."""
    y, x = np.mgrid[:32, :40]
    wave = 2000 + 1500 * np.sin(x / 7) * np.cos(y / 5) + (x * 37 + y * 101) % 23
    content: np.ndarray[Any, np.dtype[np.uint16]] = wave.astype(np.uint16)
    return content


def decode(data: bytes, color: SampleColor | None = None) -> DecodedStream:
    """Decode a stream by itself."""
    return decode_stream(data, parse_stream(data), color, "a syntax")


def read_frame(
    ds: Dataset,
    index: SupportsIndex,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> DecodedFrame:
    """Decode one frame and keep what was noticed."""
    with opened(ds, lenient=lenient, sample_color=sample_color, limits=limits) as image:
        return image.frame(image.index(index))


@pytest.fixture(scope="session")
def make_groups() -> Callable[..., Sequence]:
    """Make per-frame functional groups of slopes (PS3.3 C.7.6.16.2.9)."""

    def make(*slopes: float) -> Sequence:
        groups = []
        for slope in slopes:
            rescale, group = Dataset(), Dataset()
            rescale.RescaleSlope, rescale.RescaleIntercept = slope, 0
            group.PixelValueTransformationSequence = [rescale]
            groups.append(group)
        return Sequence(groups)

    return make
