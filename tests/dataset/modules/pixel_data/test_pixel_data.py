"""What pixel data are, by the transfer syntax and by the data themselves."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    MPEG2MPML,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.pixel_data import open_pixels
from dicomkit.dataset.modules.syntaxes import Packing
from dicomkit.errors import InconsistentError, LimitError, NoPixelsError, UnsupportedError
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from tests.pixels import MakeDataset, MakeImage

    from dicomkit.dataset.modules.pixel_data import PixelSource

PRIVATE = "1.2.3.4"
STREAM = b"\xff\xd8\xff\xe0\x00\x02\xff\xd9"


def opened(ds: Dataset) -> PixelSource:
    return open_pixels(ds, describe_image(ds))


def codes(source: PixelSource) -> list[str]:
    return [note.code for note in source.notes]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_native(dataset: MakeDataset, syntax: str) -> None:
    source = opened(dataset(bytes(6), syntax))
    assert (source.packing, source.items) == (Packing.NATIVE, None)
    assert not source.big_endian
    assert codes(source) == []


@pytest.mark.parametrize(("vr", "swapped"), [("OW", True), ("OB", False)])
def test_big_endian_words(dataset: MakeDataset, vr: str, *, swapped: bool) -> None:
    ds = dataset(bytes(6), ExplicitVRBigEndian)
    ds["PixelData"].VR = vr
    source = opened(ds)
    assert source.big_endian
    assert source.swapped is swapped


@pytest.mark.parametrize(
    ("syntax", "packing"),
    [
        (JPEGBaseline8Bit, Packing.STREAM),
        (RLELossless, Packing.RLE),
        ("1.2.840.10008.1.2.1.98", Packing.FRAMED),
        ("1.2.840.10008.1.2.8.1", Packing.DEFLATED),
    ],
)
def test_items(dataset: MakeDataset, syntax: str, packing: Packing) -> None:
    source = opened(dataset(encapsulate([STREAM]), syntax))
    assert source.packing is packing
    assert source.items is not None
    assert source.items.frame(0) == (STREAM, ())


def test_the_extended_offset_table_is_used(dataset: MakeDataset) -> None:
    data = encapsulate([STREAM, STREAM], has_bot=False)
    tables = {"ExtendedOffsetTable": bytes(16), "ExtendedOffsetTableLengths": bytes(16)}
    source = opened(dataset(data, JPEGBaseline8Bit, NumberOfFrames=2, **tables))
    assert source.items is not None
    assert [note.code for note in source.items.frame(1)[1]] == ["offset_table_ignored"]


@pytest.mark.parametrize("value", [b"", None])
def test_an_empty_element(dataset: MakeDataset, value: bytes | None) -> None:
    ds = dataset(b"")
    ds.PixelData = value
    with pytest.raises(NoPixelsError, match="empty"):
        opened(ds)


def test_no_element(dataset: MakeDataset) -> None:
    ds = dataset(b"\0\0")
    del ds.PixelData
    with pytest.raises(NoPixelsError):
        opened(ds)


def test_jpip(dataset: MakeDataset) -> None:
    with pytest.raises(UnsupportedError, match="JPIP Referenced"):
        opened(dataset(bytes(6), "1.2.840.10008.1.2.4.94"))


def test_video_that_is_none(dataset: MakeDataset) -> None:
    with pytest.raises(InconsistentError, match="in items, but they are not"):
        opened(dataset(bytes(5), MPEG2MPML))


def test_limits(dataset: MakeDataset) -> None:
    ds = dataset(bytes(6), Rows=5000, Columns=5000)
    with pytest.raises(LimitError):
        open_pixels(ds, describe_image(ds, Limits(frame_bytes=24_999_999)))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, PRIVATE])
@pytest.mark.parametrize("table", [8, 0])
def test_streams_that_no_syntax_announced(dataset: MakeDataset, syntax: str, table: int) -> None:
    source = opened(dataset(encapsulate([STREAM], has_bot=False)[8 - table :], syntax))
    assert source.packing is Packing.STREAM
    assert codes(source) == ["encapsulation_unannounced"]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, PRIVATE])
def test_rle_that_no_syntax_announced(dataset: MakeDataset, syntax: str) -> None:
    frame = struct.pack("<16L", 1, 64, *[0] * 14) + b"\x05\1\2\3\4\5\6\0"
    source = opened(dataset(encapsulate([frame], has_bot=False), syntax))
    assert source.packing is Packing.RLE
    assert codes(source) == ["encapsulation_unannounced"]


def test_a_stream_that_is_as_long_as_native_pixels_would_be(dataset: MakeDataset) -> None:
    data = encapsulate([STREAM], has_bot=False)
    assert opened(dataset(data, Rows=1, Columns=len(data))).packing is Packing.STREAM


@pytest.mark.parametrize(
    "data",
    [
        b"\xfe\xff\x00\xe0\x00\x00",
        b"\xfe\xff\x00\xe0" + bytes(4) + STREAM,
        b"\xfe\xff\x00\xe0" + bytes(8) + STREAM,
        encapsulate([b"no stream"]),
    ],
)
def test_pixels_that_only_look_like_items(dataset: MakeDataset, data: bytes) -> None:
    assert opened(dataset(data)).packing is Packing.NATIVE


@pytest.mark.parametrize("length", [6, 7])
def test_an_unknown_syntax_whose_pixels_are_native(dataset: MakeDataset, length: int) -> None:
    assert opened(dataset(bytes(length), PRIVATE)).packing is Packing.NATIVE


@pytest.mark.parametrize("length", [5, 8])
def test_an_unknown_syntax_with_anything_else(dataset: MakeDataset, length: int) -> None:
    with pytest.raises(UnsupportedError, match="private"):
        opened(dataset(bytes(length), PRIVATE))


def test_a_stream_without_items(dataset: MakeDataset) -> None:
    source = opened(dataset(STREAM, JPEGBaseline8Bit))
    assert source.packing is Packing.STREAM
    assert source.items is not None
    assert source.items.frame(0) == (STREAM, ())
    assert codes(source) == ["encapsulation_missing"]


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000])
def test_native_pixels_under_a_compressed_syntax(dataset: MakeDataset, syntax: str) -> None:
    source = opened(dataset(bytes(6), syntax))
    assert source.packing is Packing.NATIVE
    assert codes(source) == ["encapsulation_missing"]


def test_neither_items_nor_anything_known(dataset: MakeDataset) -> None:
    with pytest.raises(InconsistentError, match="but they are not"):
        opened(dataset(bytes(5), JPEG2000))


def test_floats_are_native_whatever_is_said(dataset: MakeDataset) -> None:
    ds = dataset(b"\0\0", JPEG2000)
    del ds.PixelData
    ds.FloatPixelData = bytes(24)
    source = opened(ds)
    assert (source.packing, source.image.kind) == (Packing.NATIVE, "float32")


@pytest.mark.parametrize(("surplus", "noted"), [(0, []), (1, []), (2, ["surplus_bytes"])])
def test_bytes_behind_the_last_frame(dataset: MakeDataset, surplus: int, noted: list[str]) -> None:
    assert codes(opened(dataset(bytes(6 + surplus)))) == noted


@pytest.mark.parametrize(
    ("length", "photometric", "noted"),
    [(16, "YBR_FULL_422", []), (24, "YBR_FULL", ["subsampling_contradicted"])],
)
def test_chroma_for_every_pixel(
    dataset: MakeDataset, length: int, photometric: str, noted: list[str]
) -> None:
    ds = dataset(
        bytes(length), SamplesPerPixel=3, Columns=4, PhotometricInterpretation="YBR_FULL_422"
    )
    source = opened(ds)
    assert source.image.photometric == photometric
    assert codes(source) == noted


@pytest.mark.parametrize(
    ("allocated", "length", "found"),
    [(12, 10, 12), (12, 9, 12), (12, 12, 16), (12, 13, 16), (12, 14, 12), (1, 6, 8), (1, 2, 1)],
)
def test_samples_in_whole_bytes(
    dataset: MakeDataset, allocated: int, length: int, found: int
) -> None:
    """Six samples: packed, or each in a word of its own."""
    source = opened(dataset(bytes(length), BitsAllocated=allocated, BitsStored=allocated))
    assert source.image.bits_allocated == found
    assert ("allocation_contradicted" in codes(source)) == (found != allocated)


def test_the_size_of_all_frames(image: MakeImage) -> None:
    assert image(frames=3, bits_allocated=1).native_bytes == 3
    assert image(frames=2, samples=3, bits_allocated=16).native_bytes == 72


def test_an_icon_has_no_file_meta(real: Callable[[str], Dataset], dataset: MakeDataset) -> None:
    icon = dataset(bytes(6))
    del icon.file_meta
    holder = real("MR_small.dcm")
    holder.IconImageSequence = [icon]
    assert opened(holder.IconImageSequence[0]).packing is Packing.NATIVE
