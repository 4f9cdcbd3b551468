"""Files in the transfer syntaxes of JPEG XL, which are younger than pydicom's dictionary."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from pydicom import dcmwrite
from pydicom.encaps import encapsulate
from pydicom.uid import HTJ2KLossless, RLELossless

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.pixels import MakeDataset, Values

imagecodecs: Any = pytest.importorskip("imagecodecs")

LOSSLESS, RECOMPRESSED, LOSSY = (f"1.2.840.10008.1.2.4.{n}" for n in (110, 111, 112))
GREY = (np.arange(48 * 40, dtype=np.uint16) * 2 % 4096).reshape(48, 40)
COLOR = np.stack([GREY >> 4, GREY >> 5, 255 - (GREY >> 4)], -1).astype(np.uint8)


def coded(values: Values, bits: int, **options: Any) -> bytes:  # noqa: ANN401 - the encoder's
    return bytes(imagecodecs.jpegxl_encode(values, bitspersample=bits, **options))


def file_of(dataset: MakeDataset, frames: list[bytes], syntax: str, **elements: Any) -> Dataset:  # noqa: ANN401 - elements of many types
    """Write a file and read it again, so that nothing but its bytes counts."""
    # pydicom does not write what it does not know.
    known = RLELossless if len(syntax) == len(RLELossless) else HTJ2KLossless
    ds = dataset(encapsulate(frames), known, Rows=48, Columns=40, **elements)
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    buffer = BytesIO()
    dcmwrite(buffer, ds, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return dk.read_dataset(buffer.getvalue().replace(known.encode(), syntax.encode()))


@pytest.mark.parametrize("signed", [0, 1])
def test_lossless_grey(dataset: MakeDataset, signed: int) -> None:
    ds = file_of(
        dataset,
        [coded(GREY, 12, lossless=True)],
        LOSSLESS,
        BitsAllocated=16,
        BitsStored=12,
        PixelRepresentation=signed,
    )
    expected = GREY.astype(int)
    if signed:
        expected = np.where(expected > 2047, expected - 4096, expected)
    assert_array_equal(dk.stored_values(ds), expected)
    assert dk.open_image(ds).frame(0).notes == ()


def test_several_frames_of_several_fragments(dataset: MakeDataset) -> None:
    streams = [coded(GREY >> shift, 12, lossless=True) for shift in (0, 1, 2)]
    ds = file_of(dataset, streams, LOSSLESS, BitsAllocated=16, BitsStored=12, NumberOfFrames=3)
    ds.PixelData = encapsulate(streams, fragments_per_frame=2, has_bot=False)
    assert_array_equal(dk.stored_values(ds), [GREY, GREY >> 1, GREY >> 2])


def test_lossless_colour_is_what_the_dataset_says(dataset: MakeDataset) -> None:
    stream = coded(COLOR, 8, lossless=True)
    ds = file_of(dataset, [stream], LOSSLESS, SamplesPerPixel=3)
    assert_array_equal(dk.stored_values(ds), COLOR)
    stream = coded(np.full_like(COLOR, (76, 85, 255)), 8, lossless=True)
    ds = file_of(
        dataset, [stream], LOSSLESS, SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL"
    )
    assert (dk.stored_values(ds) == (254, 0, 0)).all()


def test_lossy_colour_is_rgb(dataset: MakeDataset) -> None:
    stream = coded(np.full_like(COLOR, (254, 0, 0)), 8, level=95)
    ds = file_of(dataset, [stream], LOSSY, SamplesPerPixel=3, PhotometricInterpretation="XYB")
    assert np.abs(dk.render(ds).astype(int) - (254, 0, 0)).max() <= 4
    assert dk.open_image(ds).frame(0).notes == ()


@pytest.mark.usefixtures("core_only")
@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        (LOSSLESS, "JPEG XL Lossless"),
        (RECOMPRESSED, "JPEG XL JPEG Recompression"),
        (LOSSY, "JPEG XL"),
    ],
)
def test_without_the_extra_the_error_names_it(dataset: MakeDataset, syntax: str, name: str) -> None:
    ds = file_of(dataset, [coded(GREY, 12, lossless=True)], syntax, BitsAllocated=16, BitsStored=12)
    with pytest.raises(dk.UnsupportedError) as caught:
        dk.stored_values(ds)
    assert f"({name})" in caught.value.message
    assert 'pip install "dicomkit[codecs]"' in caught.value.message
    assert "private" not in caught.value.message


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.999", "1.2.840.10008.1.2.9"])
def test_what_the_standard_may_add_is_never_called_private(
    dataset: MakeDataset, syntax: str
) -> None:
    with pytest.raises(dk.UnsupportedError, match="of DICOM's") as caught:
        dk.stored_values(file_of(dataset, [b"abcd"], syntax))
    assert "private" not in caught.value.message
