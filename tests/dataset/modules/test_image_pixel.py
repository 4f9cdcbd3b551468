"""The Image Pixel module; the clause is PS3.3 C.7.6.3.1."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

from dicomkit.dataset.modules.image_pixel import describe_image, pixel_keyword, transfer_syntax
from dicomkit.errors import InconsistentError, LimitError, NoPixelsError
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Dataset]

EXPLICIT, IMPLICIT, BIG = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.2",
)


def codes(ds: Dataset) -> list[str]:
    return [note.code for note in describe_image(ds).notes]


def test_a_plain_image(image: Make) -> None:
    found = describe_image(
        image(
            Rows=7,
            Columns=5,
            NumberOfFrames=3,
            BitsStored=12,
            HighBit=11,
            PixelRepresentation=1,
        )
    )
    assert (found.rows, found.columns, found.frames, found.samples) == (7, 5, 3, 1)
    assert (found.bits_allocated, found.bits_stored, found.high_bit) == (16, 12, 11)
    assert (found.photometric, found.kind, found.signed) == ("MONOCHROME2", "integer", True)
    assert found.planar == 0
    assert found.notes == ()


@pytest.mark.parametrize(
    ("bits", "signed", "expected"),
    [
        (1, 0, (0, 1)),
        (8, 0, (0, 255)),
        (12, 0, (0, 4095)),
        (16, 0, (0, 65535)),
        (1, 1, (0, 1)),
        (8, 1, (-128, 127)),
        (12, 1, (-2048, 2047)),
        (16, 1, (-32768, 32767)),
    ],
)
def test_the_stored_range_is_what_the_bits_hold(
    image: Make, bits: int, signed: int, expected: tuple[int, int]
) -> None:
    ds = image(BitsStored=bits, HighBit=bits - 1, PixelRepresentation=signed)
    assert describe_image(ds).stored_range == expected


# ---- Is it an image ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyword", "kind", "bits"),
    [("FloatPixelData", "float32", 32), ("DoubleFloatPixelData", "float64", 64)],
)
def test_c_7_6_24_and_25_real_pixels(image: Make, keyword: str, kind: str, bits: int) -> None:
    missing = dict.fromkeys(["BitsStored", "HighBit", "PixelRepresentation", "PixelData"])
    ds = image(**missing, **{keyword: bytes(bits // 8 * 6)})
    found = describe_image(ds)
    assert pixel_keyword(ds) == keyword
    assert found.kind == kind
    assert (found.bits_allocated, found.bits_stored) == (bits, bits)
    assert found.notes == ()


def test_without_pixels_there_is_no_image(image: Make) -> None:
    ds = image(PixelData=None)
    assert pixel_keyword(ds) is None
    with pytest.raises(NoPixelsError, match="no pixel data"):
        describe_image(ds)
    with pytest.raises(NoPixelsError):
        describe_image(Dataset())


# ---- Rows, columns, frames -----------------------------------------------------------------


@pytest.mark.parametrize("keyword", ["Rows", "Columns"])
@pytest.mark.parametrize("value", [None, 0, b"", b"\x05"])
def test_an_image_without_a_size_is_inconsistent(image: Make, keyword: str, value: object) -> None:
    with pytest.raises(InconsistentError, match=r"Rows or .* Columns is missing"):
        describe_image(image(**{keyword: value}))


@pytest.mark.parametrize(("value", "frames"), [(1, 1), (12, 12), (b" 3 ", 3), (None, 1), (b"", 1)])
def test_c_7_6_6_1_1_number_of_frames(image: Make, value: object, frames: int) -> None:
    found = describe_image(image(NumberOfFrames=value))
    assert found.frames == frames
    assert found.notes == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "frames_assumed"),
        (-4, "frames_assumed"),
        (b"1_0", "attribute_ignored"),
        (b"x", "attribute_ignored"),
    ],
)
def test_an_impossible_number_of_frames_is_one_and_noted(
    image: Make,
    value: object,
    code: str,
) -> None:
    ds = image(NumberOfFrames=value)
    assert describe_image(ds).frames == 1
    assert codes(ds) == [code]


# ---- Samples and colour --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("photometric", "samples"),
    [
        ("MONOCHROME1", 1),
        ("MONOCHROME2", 1),
        ("PALETTE COLOR", 1),
        ("RGB", 3),
        ("YBR_FULL", 3),
        ("YBR_FULL_422", 3),
        ("YBR_ICT", 3),
        ("YBR_RCT", 3),
    ],
)
def test_missing_samples_follow_from_the_photometric_interpretation(
    image: Make, photometric: str, samples: int
) -> None:
    ds = image(PhotometricInterpretation=photometric, SamplesPerPixel=None)
    assert describe_image(ds).samples == samples
    assert codes(ds) == ["samples_assumed"]
    ds = image(PhotometricInterpretation=photometric, SamplesPerPixel=samples)
    assert describe_image(ds).photometric == photometric
    assert codes(ds) == []


@pytest.mark.parametrize("photometric", ["MONOCHROME3", "ARGB", "GREY"])
def test_an_unknown_photometric_interpretation_of_one_sample_is_grey(
    image: Make, photometric: str
) -> None:
    ds = image(PhotometricInterpretation=photometric)
    assert describe_image(ds).photometric == "MONOCHROME2"
    assert codes(ds) == ["photometric_assumed"]


@pytest.mark.parametrize("photometric", [b"monochrome1 ", b"Monochrome1"])
def test_ps3_5_6_2_a_code_string_in_small_letters_is_read(image: Make, photometric: bytes) -> None:
    ds = image(PhotometricInterpretation=photometric)
    assert describe_image(ds).photometric == "MONOCHROME1"
    assert codes(ds) == []


@pytest.mark.parametrize(("samples", "photometric"), [(1, "MONOCHROME2"), (3, "RGB")])
def test_a_missing_photometric_interpretation_follows_from_the_samples(
    image: Make, samples: int, photometric: str
) -> None:
    ds = image(PhotometricInterpretation=None, SamplesPerPixel=samples)
    assert describe_image(ds).photometric == photometric
    assert codes(ds) == ["photometric_assumed"]


def test_both_missing_is_a_grey_image(image: Make) -> None:
    ds = image(PhotometricInterpretation=None, SamplesPerPixel=None)
    found = describe_image(ds)
    assert (found.samples, found.photometric) == (1, "MONOCHROME2")
    assert codes(ds) == ["samples_assumed", "photometric_assumed"]


@pytest.mark.parametrize("samples", [0, 2, 5, 65535])
def test_other_numbers_of_samples_are_inconsistent(image: Make, samples: int) -> None:
    with pytest.raises(InconsistentError, match="Samples per Pixel"):
        describe_image(image(SamplesPerPixel=samples))


@pytest.mark.parametrize(("value", "planar"), [(None, 0), (0, 0), (1, 1), (7, 0), (b"\x01", 0)])
def test_planar_configuration_is_0_unless_it_says_1(
    image: Make, value: object, planar: int
) -> None:
    ds = image(SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=value)
    assert describe_image(ds).planar == planar


# ---- Bits ----------------------------------------------------------------------------------


@pytest.mark.parametrize("allocated", [None, 0, 65, 65535])
def test_impossible_bits_allocated_are_inconsistent(image: Make, allocated: int | None) -> None:
    with pytest.raises(InconsistentError, match="Bits Allocated"):
        describe_image(image(BitsAllocated=allocated))


@pytest.mark.parametrize("stored", [None, 0, 17, 65535])
def test_impossible_bits_stored_are_all_that_are_allocated(image: Make, stored: int | None) -> None:
    ds = image(BitsStored=stored, HighBit=15)
    assert describe_image(ds).bits_stored == 16
    assert codes(ds) == ["bits_stored_assumed"]


@pytest.mark.parametrize("high", [None, 0, 10, 16, 65535])
def test_an_impossible_high_bit_is_the_lowest_possible(image: Make, high: int | None) -> None:
    """C.7.6.3.1: High Bit is Bits Stored - 1 in all but retired uses."""
    ds = image(BitsStored=12, HighBit=high)
    assert describe_image(ds).high_bit == 11
    assert codes(ds) == ["high_bit_assumed"]


@pytest.mark.parametrize("high", range(11, 16))
def test_an_unusual_high_bit_that_fits_is_taken(image: Make, high: int) -> None:
    ds = image(BitsStored=12, HighBit=high)
    assert describe_image(ds).high_bit == high
    assert codes(ds) == []


@pytest.mark.parametrize(("value", "signed"), [(None, False), (0, False), (1, True), (2, False)])
def test_pixel_representation_is_signed_only_where_it_says_1(
    image: Make, value: int | None, *, signed: bool
) -> None:
    assert describe_image(image(PixelRepresentation=value)).signed is signed


@pytest.mark.parametrize(
    ("elements", "syntax", "signed"),
    [
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, ExplicitVRLittleEndian, True),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, RLELossless, True),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, JPEGBaseline8Bit, False),
        (
            {"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL"},
            ExplicitVRLittleEndian,
            False,
        ),
        ({"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}, ExplicitVRLittleEndian, False),
    ],
)
def test_a_sign_without_meaning(
    image: Make, elements: dict[str, object], syntax: str, *, signed: bool
) -> None:
    ds = image(PixelRepresentation=1, PlanarConfiguration=0, **elements)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    assert describe_image(ds).signed is signed
    assert codes(ds) == ([] if signed else ["sign_ignored"])


# ---- Limits --------------------------------------------------------------------------------


def test_a_frame_is_measured_before_its_memory_is_taken(image: Make) -> None:
    ds = image(Rows=10, Columns=10, SamplesPerPixel=3, PhotometricInterpretation="RGB")
    assert describe_image(ds, Limits(frame_bytes=600)).rows == 10
    with pytest.raises(LimitError, match=r"600 bytes.*Limits\(frame_bytes=") as caught:
        describe_image(ds, Limits(frame_bytes=599))
    assert caught.value.code == "limit"


def test_samples_of_a_few_bits_take_a_byte_each(image: Make) -> None:
    ds = image(Rows=10, Columns=10, BitsAllocated=1, BitsStored=1, HighBit=0)
    assert describe_image(ds, Limits(frame_bytes=100)).bits_allocated == 1
    with pytest.raises(LimitError):
        describe_image(ds, Limits(frame_bytes=99))
    ds = image(Rows=10, Columns=10, BitsAllocated=12, BitsStored=12, HighBit=11)
    with pytest.raises(LimitError):
        describe_image(ds, Limits(frame_bytes=199))


def test_the_largest_claim_is_refused_by_default(image: Make) -> None:
    with pytest.raises(LimitError):
        describe_image(image(Rows=65535, Columns=65535))


def test_frames_are_limited(image: Make) -> None:
    ds = image(NumberOfFrames=11)
    assert describe_image(ds, Limits(frames=11)).frames == 11
    with pytest.raises(LimitError, match=r"Limits\(frames="):
        describe_image(ds, Limits(frames=10))


# ---- Transfer syntax -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ((True, True), IMPLICIT),
        ((False, True), EXPLICIT),
        ((False, False), BIG),
        ((None, None), EXPLICIT),
    ],
)
def test_a_transfer_syntax_that_is_not_stated_is_the_one_it_was_read_with(
    image: Make, encoding: tuple[Any, Any], expected: str
) -> None:
    ds = image()
    ds.set_original_encoding(*encoding)
    assert transfer_syntax(ds) == expected
    ds.file_meta = FileMetaDataset()
    assert transfer_syntax(ds) == expected
    assert describe_image(ds).transfer_syntax == expected


def test_a_stated_transfer_syntax_is_taken(image: Make) -> None:
    ds = image()
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    assert transfer_syntax(ds) == "1.2.840.10008.1.2.4.50"


def test_words_may_come_in_the_files_own_bytes(image: Make) -> None:
    assert describe_image(image(Rows=struct.pack("<H", 300))).rows == 300
