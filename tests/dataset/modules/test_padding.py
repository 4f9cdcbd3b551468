"""Pixel padding; the clause is PS3.3 C.7.5.1.1.2."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.padding import padding_mask
from dicomkit.transforms.padding import PaddingMask

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]


def mask(ds: Dataset, frame: int = 0) -> PaddingMask | None:
    return padding_mask(ds, frame, describe_image(ds), [])


def test_a_value_alone_pads_itself(image: Make) -> None:
    assert mask(image(PixelPaddingValue=b"\x05\x00")) == PaddingMask(5, 5)


@pytest.mark.parametrize("order", [("PixelPaddingValue", "PixelPaddingRangeLimit")] * 2)
@pytest.mark.parametrize("ends", [(3, 10), (10, 3)])
def test_value_and_limit_come_in_either_order(
    image: Make, order: tuple[str, str], ends: tuple[int, int]
) -> None:
    words = {key: struct.pack("<H", end) for key, end in zip(order, ends, strict=True)}
    assert mask(image(**words)) == PaddingMask(3, 10)


def test_a_limit_without_a_value_pads_nothing(image: Make) -> None:
    assert mask(image(PixelPaddingRangeLimit=b"\x05\x00")) is None
    assert mask(image()) is None


@pytest.mark.parametrize("samples", [3, 4])
def test_padding_is_of_greyscale_only(image: Make, samples: int) -> None:
    ds = image(SamplesPerPixel=samples, PhotometricInterpretation="RGB", PixelPaddingValue=0)
    assert mask(ds) is None


@pytest.mark.parametrize(
    ("signed", "word", "expected"),
    [
        (1, b"\x30\xf8", -2000),
        (0, b"\x30\xf8", 63536),
        (1, b"\xff\x7f", 32767),
        (1, b"\x00\x80", -32768),
        (0, b"\x00\x00", 0),
    ],
)
def test_a_word_is_read_as_the_pixels_are(
    image: Make, signed: int, word: bytes, expected: int
) -> None:
    ds = image(PixelRepresentation=signed, PixelPaddingValue=word)
    assert mask(ds) == PaddingMask(expected, expected)


@pytest.mark.parametrize(("signed", "value", "expected"), [(1, 63536, -2000), (0, -2000, 63536)])
def test_so_is_a_number_that_was_set_in_memory(
    image: Make, signed: int, value: int, expected: int
) -> None:
    ds = image(PixelRepresentation=signed)
    ds.add_new("PixelPaddingValue", "SS" if value < 0 else "US", value)
    assert mask(ds) == PaddingMask(expected, expected)


@pytest.mark.parametrize(
    ("allocated", "stored", "signed", "value", "expected"),
    [
        # -1 beside unsigned bytes is the byte with all bits set.
        (8, 8, 0, -1, 255),
        (8, 8, 1, 255, -1),
        # 0xF830, of which pixels of 12 bits keep 0x830.
        (16, 12, 1, 63536, -2000),
        (16, 12, 0, -2000, 0x830),
        (16, 12, 0, 63536, 0x830),
        # 0xFFF is -1 in 12 bits.
        (16, 12, 1, 4095, -1),
        (16, 12, 0, 4095, 4095),
        (32, 32, 1, -2000, -2000),
    ],
)
def test_a_value_of_the_other_sign_is_the_same_bits(  # noqa: PLR0917 - a table
    image: Make, allocated: int, stored: int, signed: int, value: int, expected: int
) -> None:
    ds = image(
        BitsAllocated=allocated,
        BitsStored=stored,
        HighBit=stored - 1,
        PixelRepresentation=signed,
        PixelData=bytes(6 * allocated // 8),
    )
    ds.add_new("PixelPaddingValue", "SS" if value < 0 else "US", value)
    assert mask(ds) == PaddingMask(expected, expected)


@pytest.mark.parametrize(
    ("pixels", "keywords"),
    [
        ("FloatPixelData", ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit")),
        (
            "DoubleFloatPixelData",
            ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
        ),
    ],
)
def test_real_pixels_have_attributes_of_their_own(
    image: Make, pixels: str, keywords: tuple[str, str]
) -> None:
    ds = image(**{pixels: bytes(48), "PixelData": None, "PixelPaddingValue": 7})
    assert mask(ds) is None
    setattr(ds, keywords[0], -1.5)
    assert mask(ds) == PaddingMask(-1.5, -1.5)
    setattr(ds, keywords[1], -9.5)
    assert mask(ds) == PaddingMask(-9.5, -1.5)


def test_a_broken_value_is_noted_and_pads_nothing(image: Make) -> None:
    notes: list[Note] = []
    ds = image(PixelPaddingValue=b"\x05")
    assert padding_mask(ds, 0, describe_image(ds), notes) is None
    assert [note.code for note in notes] == ["attribute_ignored"]


def test_c_7_6_16_a_frame_may_have_padding_of_its_own(dataset: Make, image: Make) -> None:
    own = dataset(PixelPaddingValue=b"\x09\x00")
    group = dataset(PixelValueTransformationSequence=[own])
    ds = image(
        NumberOfFrames=2,
        PixelPaddingValue=b"\x05\x00",
        PerFrameFunctionalGroupsSequence=[group, dataset()],
    )
    assert mask(ds, 0) == PaddingMask(9, 9)
    assert mask(ds, 1) == PaddingMask(5, 5)
    del own["PixelPaddingValue"]
    assert mask(ds, 0) == PaddingMask(5, 5)
