"""Streams that contradict their datasets and have one sure reading all the same."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from pydicom.encaps import encapsulate
from tests.streams import runs
from tests.streams.lossless import lossless_jpeg

import dicomkit as dk
from dicomkit.errors import DecodeError, InconsistentError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.pixels import Encoders, MakeDataset, Values

JPEG = "1.2.840.10008.1.2.4.50"
LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
JPEG_2000 = "1.2.840.10008.1.2.4.91"
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"


def codes(ds: Dataset) -> list[str]:
    return [note.code for note in dk.open_image(ds).frame(0).notes]


# The depth of colour (PS3.5 8.2) ---------------------------------------------------------------


def baseline(rgb: tuple[int, int, int]) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (16, 16), rgb).save(buffer, "JPEG", quality=100, subsampling=0)
    return buffer.getvalue()


@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("color", [(255, 255, 255), (0, 0, 0), (128, 128, 128)])
def test_colour_of_8_bits_under_a_deeper_header(
    dataset: MakeDataset, bits: int, color: tuple[int, int, int]
) -> None:
    ds = dataset(
        encapsulate([baseline(color)]),
        JPEG,
        Rows=16,
        Columns=16,
        SamplesPerPixel=3,
        PhotometricInterpretation="YBR_FULL_422",
        BitsAllocated=16,
        BitsStored=bits,
    )
    assert (dk.stored_values(ds) == color).all()
    assert (dk.render(ds) == color).all()
    assert "depth_contradicted" in codes(ds)


@pytest.mark.usefixtures("core_only")
@pytest.mark.parametrize("bits", [8, 10])
def test_colour_of_12_bits_under_a_shallower_header_and_the_core_alone(
    dataset: MakeDataset, bits: int
) -> None:
    values = np.zeros((2, 3, 3), np.uint16)
    values[0] = [[0, 4095, 2048], [1, 1024, 3000], [255, 256, 4000]]
    ds = dataset(
        encapsulate([lossless_jpeg(values, 12)]),
        LOSSLESS,
        SamplesPerPixel=3,
        BitsAllocated=16,
        BitsStored=bits,
    )
    assert_array_equal(dk.stored_values(ds), values)
    # 255 x 2048 / 4095 = 127.5 and a bit.
    assert dk.render(ds)[0, 0].tolist() == [0, 255, 128]


def test_colour_of_jpeg_2000_decides_both_ways(dataset: MakeDataset, encoders: Encoders) -> None:
    values = np.full((32, 40, 3), (3, 2, 1), np.uint16)
    values[0] = 0, 1023, 512
    for bits in (8, 10, 12):
        ds = dataset(
            encapsulate([encoders.jpeg2000(values, 10)]),
            JPEG_2000_LOSSLESS,
            Rows=32,
            Columns=40,
            SamplesPerPixel=3,
            BitsAllocated=16,
            BitsStored=bits,
        )
        assert_array_equal(dk.stored_values(ds), values)
        assert dk.render(ds)[0, 0].tolist() == [0, 255, 128]
        assert codes(ds).count("depth_contradicted") == (bits != 10)


def test_samples_deeper_than_their_words_are_refused(dataset: MakeDataset) -> None:
    values = np.zeros((2, 3, 3), np.uint16)
    ds = dataset(encapsulate([lossless_jpeg(values, 12)]), LOSSLESS, SamplesPerPixel=3)
    with pytest.raises(InconsistentError, match="12 bits where Bits Allocated says 8"):
        dk.stored_values(ds)


# Colour without a component transform (PS3.3 C.7.6.3.1.2) --------------------------------------


@pytest.mark.parametrize(
    ("photometric", "sample", "picture"),
    [
        # Y, CB and CR of white, of mid grey and of (254, 0, 0).
        ("YBR_ICT", (255, 128, 128), (255, 255, 255)),
        ("YBR_ICT", (128, 128, 128), (128, 128, 128)),
        ("YBR_ICT", (76, 85, 255), (254, 0, 0)),
        # 8 bits hold no difference of two samples of 8 bits: these are no YBR_RCT, but RGB.
        ("YBR_RCT", (76, 85, 255), (76, 85, 255)),
    ],
)
def test_jpeg_2000_that_transformed_nothing(
    dataset: MakeDataset,
    encoders: Encoders,
    photometric: str,
    sample: tuple[int, int, int],
    picture: tuple[int, int, int],
) -> None:
    values = np.full((32, 40, 3), sample, np.uint8)
    ds = dataset(
        encapsulate([encoders.jpeg2000(values, 8, mct=False)]),
        JPEG_2000,
        Rows=32,
        Columns=40,
        SamplesPerPixel=3,
        PhotometricInterpretation=photometric,
    )
    assert (dk.stored_values(ds) == picture).all()
    assert "photometric_contradicted" in codes(ds)


@pytest.mark.parametrize("photometric", ["YBR_RCT", "YBR_ICT", "RGB"])
def test_jpeg_2000_that_transformed(
    dataset: MakeDataset, encoders: Encoders, photometric: str
) -> None:
    values = np.full((32, 40, 3), (254, 7, 99), np.uint8)
    ds = dataset(
        encapsulate([encoders.jpeg2000(values, 8, mct=True)]),
        JPEG_2000_LOSSLESS,
        Rows=32,
        Columns=40,
        SamplesPerPixel=3,
        PhotometricInterpretation=photometric,
    )
    assert (dk.stored_values(ds) == (254, 7, 99)).all()
    assert codes(ds) == []


# Rows and columns exchanged --------------------------------------------------------------------


def exchanged(values: Values) -> Values:
    """Give the same samples in the same order, called columns x rows."""
    return values.reshape(values.shape[1], values.shape[0], *values.shape[2:])


@pytest.mark.parametrize("coder", ["JPEG Lossless", "JPEG-LS", "JPEG 2000"])
@pytest.mark.parametrize("samples", [1, 3])
def test_a_lossless_stream_in_the_datasets_shape(
    dataset: MakeDataset, encoders: Encoders, coder: str, samples: int
) -> None:
    shape = (33, 56, 3)[: 2 + (samples > 1)]
    values = np.random.default_rng(samples).integers(0, 60, shape, np.uint8)
    data, syntax = {
        "JPEG Lossless": (lossless_jpeg(exchanged(values), 8), LOSSLESS),
        "JPEG-LS": (encoders.jpeg_ls(exchanged(values), 8), JPEG_LS),
        "JPEG 2000": (encoders.jpeg2000(exchanged(values), 8), JPEG_2000_LOSSLESS),
    }[coder]
    ds = dataset(encapsulate([data]), syntax, Rows=33, Columns=56, SamplesPerPixel=samples)
    assert_array_equal(dk.stored_values(ds), values)
    assert codes(ds) == ["size_exchanged"]


@pytest.mark.parametrize(("rows", "columns"), [(5, 8), (7, 6), (35, 1)])
def test_other_sizes_are_not_exchanged(dataset: MakeDataset, rows: int, columns: int) -> None:
    data = lossless_jpeg(np.zeros((7, 5), np.uint8), 8)
    ds = dataset(encapsulate([data]), LOSSLESS, Rows=rows, Columns=columns)
    with pytest.raises(InconsistentError):
        dk.stored_values(ds)


def test_a_lossy_stream_is_not_put_into_another_shape(dataset: MakeDataset) -> None:
    buffer = BytesIO()
    Image.new("L", (16, 8)).save(buffer, "JPEG")
    ds = dataset(encapsulate([buffer.getvalue()]), JPEG, Rows=16, Columns=8)
    with pytest.raises(InconsistentError):
        dk.stored_values(ds)


# RLE with the least significant bytes first (PS3.5 G.2) ----------------------------------------


def rle(*planes: bytes) -> bytes:
    return runs.rle(*map(runs.literal, planes))


def planes(values: list[int], size: int = 2) -> list[bytes]:
    """Give the bytes of words, those of the most significant ones first."""
    words = [(value % (1 << 8 * size)).to_bytes(size, "big") for value in values]
    return [bytes(word[n] for word in words) for n in range(size)]


TWELVE = [0, 1, 255, 256, 2048, 4095]


def grey(dataset: MakeDataset, stream: bytes, stored: int, **elements: object) -> Dataset:
    size = {"BitsAllocated": 16, "BitsStored": stored}
    return dataset(encapsulate([stream]), RLE, **(size | elements))


def test_rle_turned_round_is_proved_by_unused_bits(dataset: MakeDataset) -> None:
    high, low = planes(TWELVE)
    turned = grey(dataset, rle(low, high), 12)
    assert dk.stored_values(turned).ravel().tolist() == TWELVE
    assert codes(turned) == ["segments_turned"]
    right = grey(dataset, rle(high, low), 12)
    assert dk.stored_values(right).ravel().tolist() == TWELVE
    assert codes(right) == []


def test_rle_turned_round_with_a_sign(dataset: MakeDataset) -> None:
    values = [0, -1, -2048, 2047, 300, -300]
    high, low = planes(values)
    turned = grey(dataset, rle(low, high), 12, PixelRepresentation=1)
    assert dk.stored_values(turned).ravel().tolist() == values
    assert codes(turned) == ["segments_turned"]
    right = grey(dataset, rle(high, low), 12, PixelRepresentation=1)
    assert dk.stored_values(right).ravel().tolist() == values
    assert codes(right) == []


def test_rle_turned_round_of_four_bytes(dataset: MakeDataset) -> None:
    values = [0, 1, 70_000, (1 << 20) - 1, 65_536, 77]
    turned = grey(dataset, rle(*reversed(planes(values, 4))), 20, BitsAllocated=32)
    assert dk.stored_values(turned).ravel().tolist() == values
    assert codes(turned) == ["segments_turned"]


@pytest.mark.parametrize(
    ("stored", "values"),
    [
        # All bits are used; either order leaves the unused ones empty; neither does.
        (16, TWELVE),
        (12, [0x0102, 0x0304, 1, 2, 3, 0x0F0F]),
        (12, [0xFFFF, 0x00FF, 0, 0, 0, 0]),
    ],
)
def test_without_proof_the_standards_order_holds(
    dataset: MakeDataset, stored: int, values: list[int]
) -> None:
    ds = grey(dataset, rle(*planes(values)), stored)
    assert dk.stored_values(ds).ravel().tolist() == [value % (1 << stored) for value in values]
    assert codes(ds) == []


def test_an_overlay_in_unused_bits_proves_nothing(dataset: MakeDataset) -> None:
    """PS3.5 8.1.2: values of 0 to 15 beside a bit of an overlay would pass for turned ones."""
    values = [1, 2, 3, 0x1004, 0x1005, 0x100F]
    ds = grey(dataset, rle(*planes(values)), 12)
    ds.add_new(0x60000100, "US", 16)
    ds.add_new(0x60000102, "US", 12)
    assert dk.stored_values(ds).ravel().tolist() == [1, 2, 3, 4, 5, 15]


# Deflated frames -------------------------------------------------------------------------------


def test_deflated_frames_in_a_zlib_wrapper(dataset: MakeDataset) -> None:
    values = bytes(range(6))
    raw = zlib.compress(values)[2:-4]
    for data, found in ((raw, []), (zlib.compress(values), ["deflate_wrapped"])):
        ds = dataset(encapsulate([data]), DEFLATED_FRAMES)
        assert dk.stored_values(ds).ravel().tolist() == [0, 1, 2, 3, 4, 5]
        assert codes(ds) == found
    ds = dataset(encapsulate([b"\x78\x9c\xff\xff\xff\xff"]), DEFLATED_FRAMES)
    with pytest.raises(DecodeError, match="could not be inflated"):
        dk.stored_values(ds)


# Names that lie --------------------------------------------------------------------------------


def test_rgb_of_full_size_called_ybr_full_422(dataset: MakeDataset) -> None:
    values = bytes([254, 0, 0] * 8)
    ds = dataset(
        values,
        Rows=2,
        Columns=4,
        SamplesPerPixel=3,
        PhotometricInterpretation="YBR_FULL_422",
    )
    notes = dk.open_image(ds).frame(0).notes
    assert [note.code for note in notes] == ["subsampling_contradicted"]
    assert "sample_color='rgb'" in notes[0].message
    assert (dk.stored_values(ds, sample_color="rgb") == (254, 0, 0)).all()


def test_where_a_picture_is_if_only_its_icon_is_there(dataset: MakeDataset) -> None:
    icon = dataset(bytes(range(6)))
    ds = dataset(b"")
    del ds.PixelData
    with pytest.raises(dk.NoPixelsError) as caught:
        dk.render(ds)
    assert "Icon Image Sequence" not in caught.value.message
    ds.IconImageSequence = [icon]
    with pytest.raises(dk.NoPixelsError, match="Icon Image Sequence"):
        dk.render(ds)
    assert dk.stored_values(ds.IconImageSequence[0]).ravel().tolist() == [0, 1, 2, 3, 4, 5]


# One budget for all frames --------------------------------------------------------------------


def visits(side: int, scans: int) -> bytes:
    """Make a progressive JPEG, coded by arithmetic, whose scans are all empty (T.81 B.2)."""

    def segment(marker: int, *body: int) -> bytes:
        return bytes([0xFF, marker, 0, len(body) + 2, *body])

    frame = segment(0xCA, 8, *divmod(side, 256), *divmod(side, 256), 1, 1, 0x11, 0)
    first, more = segment(0xDA, 1, 1, 0, 0, 0, 0), segment(0xDA, 1, 1, 0, 1, 63, 0)
    return b"".join(
        (b"\xff\xd8", segment(0xDB, 0, *[1] * 64), frame, first, more * scans, b"\xff\xd9")
    )


@pytest.mark.parametrize(("frames", "refused"), [(1, False), (1000, True)])
def test_frames_share_what_none_of_them_needs(
    dataset: MakeDataset, frames: int, *, refused: bool
) -> None:
    """A thousand frames of 80 000 visits in 500 bytes each would take minutes."""
    ds = dataset(
        encapsulate([visits(256, 80)] * frames), JPEG, Rows=256, Columns=256, NumberOfFrames=frames
    )
    if refused:
        with pytest.raises(dk.LimitError, match="no picture"):
            dk.stored_values(ds, 0)
    else:
        assert dk.stored_values(ds).shape == (256, 256)


def test_thousand_usual_frames_are_within_it(dataset: MakeDataset) -> None:
    buffer = BytesIO()
    Image.new("L", (256, 256)).save(buffer, "JPEG", progressive=True)
    ds = dataset(
        encapsulate([buffer.getvalue()] * 1000), JPEG, Rows=256, Columns=256, NumberOfFrames=1000
    )
    assert dk.stored_values(ds, 999).shape == (256, 256)
