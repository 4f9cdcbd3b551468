"""From bytes to words to stored values, one frame at a time."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.pixel_data import open_pixels
from dicomkit.errors import DecodeError, InconsistentError, LimitError, TruncatedError
from dicomkit.image.image import opened
from dicomkit.image.reader import fetch_words
from dicomkit.image.words import Words, to_stored
from dicomkit.streams.header import StreamHeader

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from tests.pixels import Encoders, MakeDataset, MakeImage, Values

    Ramp = np.ndarray[Any, np.dtype[np.uint16]]

FRAMED, DEFLATED = "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"


def fetch(ds: Dataset, *, lenient: bool = False, color: Any = None) -> Words:  # noqa: ANN401 - a literal
    return fetch_words(open_pixels(ds, describe_image(ds)), 0, lenient=lenient, color=color)


def codes(words: Words) -> list[str]:
    return [note.code for note in words.notes]


def deflated(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


def compressed(
    make: MakeDataset, stream: bytes, syntax: str, values: Values, **more: object
) -> Dataset:
    shape = {"Rows": values.shape[0], "Columns": values.shape[1]}
    if values.ndim == 3:
        shape["SamplesPerPixel"] = 3
    return make(encapsulate([stream]), syntax, **shape | more)


@pytest.mark.parametrize(("syntax", "pack"), [(FRAMED, bytes), (DEFLATED, deflated)])
def test_native_frames_in_items(
    dataset: MakeDataset, syntax: str, pack: Callable[[bytes], bytes]
) -> None:
    words = fetch(dataset(encapsulate([pack(b"\1\2\3\4\5\6")]), syntax))
    assert_array_equal(words.cells, [[1, 2, 3], [4, 5, 6]])
    assert words.header is None


def test_a_deflate_bomb_is_not_inflated_further_than_the_frame(dataset: MakeDataset) -> None:
    words = fetch(dataset(encapsulate([deflated(bytes(10_000_000))]), DEFLATED))
    assert words.cells.size == 6


def test_what_is_not_deflated(dataset: MakeDataset) -> None:
    with pytest.raises(DecodeError, match="inflated"):
        fetch(dataset(encapsulate([b"\xff\xff\xff\xff"]), DEFLATED))


@pytest.mark.parametrize("syntax", [FRAMED, DEFLATED])
def test_an_item_that_is_too_short(dataset: MakeDataset, syntax: str) -> None:
    frame = deflated(b"\1\2\3\4") if syntax == DEFLATED else b"\1\2\3\4"
    ds = dataset(encapsulate([frame]), syntax)
    with pytest.raises(TruncatedError):
        fetch(ds)
    words = fetch(ds, lenient=True)
    assert_array_equal(words.cells, [[1, 2, 3], [4, 0, 0]])
    assert codes(words) == ["truncated"]


def rle(segment: bytes) -> bytes:
    return struct.pack("<16L", 1, 64, *[0] * 14) + segment


@pytest.mark.parametrize(
    ("syntax", "noted"), [(RLELossless, []), (JPEG2000, ["syntax_contradicted"])]
)
def test_rle_frames(dataset: MakeDataset, syntax: str, noted: list[str]) -> None:
    words = fetch(dataset(encapsulate([rle(b"\xfb\7")]), syntax))
    assert_array_equal(words.cells, np.full((2, 3), 7))
    assert codes(words) == noted


def test_half_an_rle_frame(dataset: MakeDataset) -> None:
    ds = dataset(encapsulate([rle(b"\xff\7")]), RLELossless)
    with pytest.raises(TruncatedError):
        fetch(ds)
    words = fetch(ds, lenient=True)
    assert_array_equal(words.cells, [[7, 7, 0], [0, 0, 0]])
    assert codes(words) == ["truncated"]


@pytest.mark.parametrize("syntax", [RLELossless, JPEGBaseline8Bit, JPEGLSLossless])
def test_a_stream_under_another_name(
    dataset: MakeDataset, encoders: Encoders, ramp: Ramp, syntax: str
) -> None:
    ds = compressed(dataset, encoders.jpeg2000(ramp, 12), syntax, ramp, BitsAllocated=16)
    words = fetch(ds)
    assert_array_equal(words.cells, ramp)
    assert codes(words) == ["syntax_contradicted"]
    assert "JPEG-2000, not" in words.notes[0].message


@pytest.mark.parametrize("data", [b"neither", b"\xff\xd8\xff"])
def test_neither_stream_nor_rle(dataset: MakeDataset, data: bytes) -> None:
    with pytest.raises((DecodeError, TruncatedError)):
        fetch(dataset(encapsulate([data]), JPEG2000))
    with pytest.raises((DecodeError, TruncatedError)):
        fetch(dataset(encapsulate([data]), RLELossless))


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"Rows": 31}, "32 rows where the dataset says 31"),
        ({"Columns": 39}, "40 columns where the dataset says 39"),
        ({"SamplesPerPixel": 3}, "1 components where the dataset says 3"),
        ({"BitsAllocated": 8}, "12 bits where Bits Allocated says 8"),
    ],
)
def test_headers_are_compared_before_decoding(
    dataset: MakeDataset,
    encoders: Encoders,
    ramp: Ramp,
    elements: dict[str, int],
    message: str,
) -> None:
    stream = encoders.jpeg2000(ramp, 12)
    # Nothing behind the main header could be decoded.
    coded = stream.index(b"\xff\x93") + 2
    broken = stream[:coded] + bytes(len(stream) - coded - 2) + stream[-2:]
    ds = compressed(dataset, broken, JPEG2000, ramp, **{"BitsAllocated": 16} | elements)
    with pytest.raises(InconsistentError, match=message):
        fetch(ds)
    with pytest.raises(InconsistentError, match=message):
        fetch(ds, lenient=True)


@pytest.mark.parametrize("shape", [(34, 40), (32, 50), (40, 48)])
def test_a_tile_at_the_edge_of_a_slide_lies_top_left(
    dataset: MakeDataset, encoders: Encoders, ramp: Ramp, shape: tuple[int, int]
) -> None:
    rows, columns = shape
    stream = encoders.jpeg2000(ramp, 12)
    ds = compressed(dataset, stream, JPEG2000, ramp, Rows=rows, Columns=columns, BitsAllocated=16)
    with pytest.raises(InconsistentError, match="where the dataset says"):
        fetch(ds)
    found = fetch(ds, lenient=True)
    assert codes(found) == ["frame_smaller"]
    assert "32 x 40" in found.notes[0].message
    assert found.cells.shape == shape
    np.testing.assert_array_equal(found.cells[:32, :40], ramp)
    assert found.cells.sum() == ramp.sum()


def test_what_a_smaller_frame_of_colour_does_not_reach_is_black(
    real: Callable[[str], Dataset],
) -> None:
    ds = real("SC_rgb_dcmtk_+eb+cy+np.dcm")
    rows, columns = ds.Rows, ds.Columns
    ds.Rows, ds.Columns = rows + 8, columns + 16
    with opened(ds, lenient=True) as image:
        frame = image.frame(0)
    assert "frame_smaller" in {note.code for note in frame.notes}
    assert frame.values.shape == (rows + 8, columns + 16, 3)
    assert frame.values[:rows, :columns].any()
    assert not frame.values[rows:].any()
    assert not frame.values[:, columns:].any()


def test_a_stream_that_claims_a_huge_picture(real: Callable[[str], Dataset]) -> None:
    ds = real("SC_rgb_small_odd_jpeg.dcm")
    at = ds.PixelData.index(b"\xff\xc0") + 5
    claim = (30_000).to_bytes(2, "big") * 2
    ds.PixelData = ds.PixelData[:at] + claim + ds.PixelData[at + 4 :]
    with pytest.raises(InconsistentError, match="30000 rows"):
        fetch(ds)
    # The dataset may lie along with it.
    ds.Rows = ds.Columns = 15_000
    half = (15_000).to_bytes(2, "big") * 2
    ds.PixelData = ds.PixelData[:at] + half + ds.PixelData[at + 4 :]
    with pytest.raises(LimitError, match="that is no picture"):
        fetch(ds)


def test_a_stream_that_announces_more_than_it_holds(
    dataset: MakeDataset, encoders: Encoders, ramp: Ramp
) -> None:
    stream = encoders.jpeg2000(ramp, 12)
    # SIZ's tile size, behind SOC, the marker, Lsiz, Rsiz and two corners: one sample each.
    tiny = stream[:24] + struct.pack(">2L", 1, 1) + stream[32:]
    ds = compressed(dataset, tiny, JPEG2000, ramp, BitsAllocated=16)
    for lenient in (False, True):
        with pytest.raises(TruncatedError, match="1280 tiles"):
            fetch(ds, lenient=lenient)


@pytest.mark.parametrize("syntax", [None, FRAMED, RLELossless])
def test_next_to_nothing_of_a_large_frame(dataset: MakeDataset, syntax: str | None) -> None:
    elements = {"Rows": 20_000, "Columns": 20_000}
    data = rle(b"\xff\7") if syntax == RLELossless else b"\1\2"
    ds = dataset(encapsulate([data]), syntax, **elements) if syntax else dataset(data, **elements)
    with pytest.raises(TruncatedError):
        fetch(ds)
    with pytest.raises(LimitError, match="no picture"):
        fetch(ds, lenient=True)


def test_streams_without_their_end(real: Callable[[str], Dataset]) -> None:
    ds = real("MR_small_jpeg_ls_lossless.dcm")
    ds.PixelData = encapsulate([ds.PixelData[16:-200]])
    with pytest.raises(TruncatedError, match="ends too early"):
        fetch(ds)
    words = fetch(ds, lenient=True)
    assert words.cells.shape == (64, 64)
    assert codes(words) == ["truncated"]


def test_a_caller_may_know_the_colour_better(dataset: MakeDataset) -> None:
    ds = dataset(b"\x80\x80\xff" * 6, SamplesPerPixel=3)
    assert fetch(ds).color == "rgb"
    assert fetch(ds, color="ybr").color == "ybr"
    assert fetch(dataset(bytes(6)), color="ybr").color is None


@pytest.mark.parametrize(("color", "expected"), [(None, "rgb"), ("rgb", "rgb"), ("ybr", "rgb")])
def test_jpeg_comes_out_as_rgb(real: Callable[[str], Dataset], color: str, expected: str) -> None:
    assert fetch(real("SC_rgb_jpeg_dcmtk.dcm"), color=color).color == expected


# To stored values ------------------------------------------------------------------------------


def header(precision: int, *, kind: Any = "jpeg-lossless", **more: Any) -> StreamHeader:  # noqa: ANN401 - fields
    return StreamHeader(kind, 1, 1, 1, precision, complete=True, start=0, body=0, stop=0, **more)


def stored(make: MakeImage, cells: Values, head: StreamHeader | None, **fields: object) -> Any:  # noqa: ANN401 - tuple
    values, notes = to_stored(Words(cells, None, head, ()), make(**fields))
    return values.tolist(), values.dtype.name, [note.code for note in notes]


def test_native_words_are_masked_and_signed(image: MakeImage) -> None:
    cells = np.array([0x1FFF, 0x0801], np.uint16)
    fields = {"bits_allocated": 16, "bits_stored": 12}
    assert stored(image, cells, None, **fields) == ([4095, 2049], "uint16", [])
    assert stored(image, cells, None, signed=True, **fields) == ([-1, -2047], "int16", [])


def test_floats_stay_as_they_are(image: MakeImage) -> None:
    cells = np.array([np.nan, -1.5], np.float32)
    values, notes = to_stored(Words(cells, None, None, ()), image(kind="float32"))
    assert values is cells
    assert notes == ()


@pytest.mark.parametrize(
    ("fields", "head", "cells", "expected"),
    [
        # Depths agree: nothing happens, but for the sign that no JPEG knows.
        ({"bits_stored": 12}, header(12), [4095], 4095),
        ({"bits_stored": 12, "signed": True}, header(12), [0xFFF], -1),
        # The stream is as deep as the words: bits beside the samples go.
        ({"bits_stored": 12}, header(16), [0xF123], 0x123),
        ({"bits_stored": 12, "high_bit": 15}, header(16), [0xF123], 0xF12),
        ({"bits_stored": 12, "signed": True}, header(16), [0xF800], -2048),
        # High Bit may lie outside of what was coded.
        ({"bits_stored": 10, "high_bit": 15}, header(12), [0xFFC], 0x3FF),
        # The stream is shallower: its own depth holds the sign.
        ({"bits_stored": 16, "signed": True}, header(12), [0xFFF], -1),
        ({"bits_stored": 16}, header(12), [0xFFF], 4095),
        ({"bits_stored": 12}, header(8), [200], 200),
        # Lossy samples may lie outside of Bits Stored: held, not masked.
        ({"bits_stored": 12}, header(16, lossy=True), [4097], 4095),
        ({"bits_stored": 12, "signed": True}, header(16, lossy=True), [0xF7FF], -2048),
    ],
)
def test_samples_of_another_depth(
    image: MakeImage,
    fields: dict[str, object],
    head: StreamHeader,
    cells: list[int],
    expected: int,
) -> None:
    found = stored(image, np.array(cells, np.uint16), head, bits_allocated=16, **fields)
    assert found == ([expected], "int16" if "signed" in fields else "uint16", [])


@pytest.mark.parametrize("lossy", [True, False])
@pytest.mark.parametrize(
    ("precision", "cell", "signed", "expected"),
    [(10, 1000, False, 1000), (10, 0x3FF, True, -1), (16, 1000, False, None)],
)
def test_jpeg_2000_deeper_than_bits_stored(
    image: MakeImage, precision: int, cell: int, expected: int | None, *, signed: bool, lossy: bool
) -> None:
    """PS3.5 8.2.4: the stream controls its decoding; 16 bits are those of whole words."""
    cells = np.array([cell], "<u2")
    head = header(precision, kind="jpeg-2000", lossy=lossy, signed=signed)
    fields = {"bits_allocated": 16, "bits_stored": 8, "signed": signed}
    values, _, notes = stored(image, cells, head, **fields)
    if expected is None:
        assert (values, notes) == ([255 if lossy else 1000 & 255], [])
    else:
        assert (values, notes) == ([expected], ["depth_contradicted"])


@pytest.mark.parametrize(
    ("cell", "coded_signed", "signed", "expected"),
    [(0x1830, False, True, -2000), (-2000, True, False, 0x1830), (-2000, True, True, -2000)],
)
def test_the_sign_of_jpeg_2000(
    image: MakeImage, cell: int, expected: int, *, coded_signed: bool, signed: bool
) -> None:
    """PS3.5 8.2.4: the two shall agree; two's complement of the depth is right either way."""
    cells = np.array([cell], "<i2" if coded_signed else "<u2")
    head = header(13, kind="jpeg-2000", signed=coded_signed)
    found = stored(image, cells, head, bits_allocated=16, bits_stored=13, signed=signed)
    noted = ["sign_contradicted"] if coded_signed != signed else []
    assert found == ([expected], "int16" if signed else "uint16", noted)


@pytest.mark.parametrize(("allocated", "name"), [(8, "uint8"), (16, "uint16"), (32, "uint32")])
def test_values_are_as_wide_as_bits_allocated(image: MakeImage, allocated: int, name: str) -> None:
    cells = np.array([7], np.uint8)
    assert stored(image, cells, header(8), bits_allocated=allocated) == ([7], name, [])


@pytest.mark.parametrize(
    ("allocated", "bits_stored", "precision"), [(8, 8, 8), (16, 16, 8), (16, 8, 8)]
)
def test_colour_turns_about_the_middle_of_the_samples(
    image: MakeImage, allocated: int, bits_stored: int, precision: int
) -> None:
    """C.7.6.3.1.2: 128 stands for no colour in 8 bits, whatever the words' width."""
    described = image(
        samples=3, photometric="YBR_FULL", bits_allocated=allocated, bits_stored=bits_stored
    )
    cells = np.array([[[90, 128, 128]]], f"u{allocated // 8}")
    values, _ = to_stored(Words(cells, "ybr", header(precision), ()), described)
    assert values.tolist() == [[[90, 90, 90]]]
