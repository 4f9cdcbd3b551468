"""The public functions: shapes, dtypes, counts, notes and errors."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRBigEndian, JPEG2000Lossless
from tests.pixels import read_frame

from dicomkit.errors import InconsistentError, NoPixelsError, TruncatedError
from dicomkit.image import encapsulated
from dicomkit.image.image import open_image, opened
from dicomkit.image.values import frame_count, stored_values
from dicomkit.streams import decoders

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from tests.pixels import Encoders, MakeDataset

    Real = Callable[[str], Dataset]
    Ramp = np.ndarray[Any, np.dtype[np.uint16]]


@pytest.fixture
def three(encoders: Encoders, ramp: Ramp) -> list[bytes]:
    """Code three frames that differ."""
    return [encoders.jpeg2000(ramp + 50 * n, 12) for n in range(3)]


def read_words(ds: Dataset, index: int) -> np.ndarray[Any, Any]:
    with opened(ds) as image:
        return image.frames.words(image.index(index))


def coded(make: MakeDataset, streams: list[bytes], frames: int) -> Dataset:
    data = encapsulate(streams)
    shape = {"Rows": 32, "Columns": 40, "BitsAllocated": 16, "BitsStored": 12}
    return make(data, JPEG2000Lossless, NumberOfFrames=frames, **shape)


def test_one_frame_has_no_frame_axis(dataset: MakeDataset) -> None:
    ds = dataset(bytes(range(6)))
    assert frame_count(ds) == 1
    assert stored_values(ds).shape == (2, 3)
    assert stored_values(ds, 0).shape == (2, 3)


@pytest.mark.parametrize("samples", [1, 3])
def test_several_frames_come_first(dataset: MakeDataset, samples: int) -> None:
    data = bytes(range(24 * samples))
    ds = dataset(data, SamplesPerPixel=samples, NumberOfFrames=4)
    expected = np.arange(24 * samples, dtype=np.uint8).reshape(
        (4, 2, 3, samples)[: 3 + samples // 3]
    )
    assert frame_count(ds) == 4
    assert_array_equal(stored_values(ds), expected)
    for index in range(4):
        assert_array_equal(stored_values(ds, index), expected[index])


@pytest.mark.parametrize("kind", ["FloatPixelData", "DoubleFloatPixelData"])
def test_floats(dataset: MakeDataset, kind: str) -> None:
    ds = dataset(b"\0\0")
    del ds.PixelData
    dtype = np.dtype("<f4" if kind == "FloatPixelData" else "<f8")
    values = np.array([0.5, -1, 2, 3, 4, 1e30] * 2, dtype)
    setattr(ds, kind, values.tobytes())
    ds.NumberOfFrames = 2
    found = stored_values(ds)
    assert_array_equal(found, values.reshape(2, 2, 3))
    assert found.dtype == dtype
    assert_array_equal(read_words(ds, 1), values.reshape(2, 2, 3)[1])


@pytest.mark.parametrize(
    ("elements", "data"),
    [
        ({"BitsAllocated": 1}, b"\x2d\x0b"),
        ({"BitsAllocated": 12}, bytes(18)),
        ({"SamplesPerPixel": 3, "PlanarConfiguration": 1}, bytes(range(36))),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL"}, bytes(range(36))),
        ({"BitsAllocated": 16, "BitsStored": 10, "HighBit": 13}, bytes(range(24))),
    ],
)
def test_all_frames_are_the_frames_one_by_one(
    dataset: MakeDataset, elements: dict[str, object], data: bytes
) -> None:
    ds = dataset(data, NumberOfFrames=2, **elements)
    whole = stored_values(ds)
    assert_array_equal(whole, [stored_values(ds, index) for index in range(2)])
    assert_array_equal(whole, list(open_image(ds)))


@pytest.mark.parametrize("vr", ["OB", "OW"])
def test_big_endian_frames(dataset: MakeDataset, vr: str) -> None:
    pixels = np.arange(12, dtype=np.uint8)
    data = pixels.view(np.uint16).byteswap().tobytes() if vr == "OW" else pixels.tobytes()
    ds = dataset(data, ExplicitVRBigEndian, NumberOfFrames=2)
    ds["PixelData"].VR = vr
    assert_array_equal(stored_values(ds), pixels.reshape(2, 2, 3))


def test_compressed_frames(dataset: MakeDataset, three: list[bytes], ramp: Ramp) -> None:
    ds = coded(dataset, three, 3)
    assert_array_equal(stored_values(ds), [ramp, ramp + 50, ramp + 100])
    assert_array_equal(stored_values(ds, 2), ramp + 100)
    assert_array_equal(stored_values(ds, np.int64(1)), ramp + 50)


def test_colour_is_rgb_unless_the_caller_knows_better(dataset: MakeDataset) -> None:
    """C.7.6.3.1.2: R = 81 + 1.402 * 112, G = 81 - .344136 * -38 - .714136 * 112, B likewise."""
    ds = dataset(bytes([81, 90, 240]) * 6, SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL")
    assert stored_values(ds)[0, 0].tolist() == [238, 14, 14]
    assert stored_values(ds, sample_color="rgb")[0, 0].tolist() == [81, 90, 240]
    ds.PhotometricInterpretation = "RGB"
    assert stored_values(ds, 0, sample_color="ybr")[0, 0].tolist() == [238, 14, 14]
    assert open_image(ds, sample_color="ybr")[0][0, 0].tolist() == [238, 14, 14]


def test_palette_colour_stays_indices(real: Real) -> None:
    values = stored_values(real("OBXXXX1A.dcm"))
    assert (values.shape, values.dtype.name) == ((600, 800), "uint8")


def test_only_the_frame_that_was_asked_for_is_decoded(
    dataset: MakeDataset, three: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    decode = decoders.decode_stream

    def spy(data: bytes, *rest: Any) -> object:  # noqa: ANN401 - passed on
        asked.append(data)
        return decode(data, *rest)

    monkeypatch.setattr(encapsulated, "decode_stream", spy)
    ds = coded(dataset, three, 3)
    read_frame(ds, 1)
    assert asked == [three[1] + bytes(len(three[1]) % 2)]
    iterator = iter(open_image(ds))
    next(iterator)
    assert len(asked) == 2


@pytest.mark.parametrize("index", [-1, 1, 100])
@pytest.mark.parametrize("function", [stored_values, read_frame, read_words])
def test_there_is_no_such_frame(
    dataset: MakeDataset, function: Callable[[Dataset, int], object], index: int
) -> None:
    with pytest.raises(IndexError, match=f"frame {index} was asked for, but the image has 1"):
        function(dataset(bytes(6)), index)


@pytest.mark.parametrize("index", ["0", 0.0])
def test_a_frame_number_is_an_integer(dataset: MakeDataset, index: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(TypeError):
        stored_values(dataset(bytes(6)), index)


def test_fewer_frames_than_declared(dataset: MakeDataset, three: list[bytes], ramp: Ramp) -> None:
    ds = coded(dataset, three[:2], 4)
    with pytest.raises(InconsistentError, match="4 frames are declared but 2 are there"):
        stored_values(ds)
    assert_array_equal(stored_values(ds, 1), ramp + 50)
    with pytest.raises(InconsistentError) as caught:
        stored_values(ds, 3)
    assert caught.value.frame == 3
    iterator = iter(open_image(ds))
    assert len([next(iterator), next(iterator)]) == 2
    with pytest.raises(InconsistentError) as caught:
        next(iterator)
    assert caught.value.frame == 2
    found = stored_values(ds, lenient=True)
    assert_array_equal(found, [ramp, ramp + 50, 0 * ramp, 0 * ramp])


@pytest.mark.parametrize("declared", [1, 2])
def test_more_frames_than_declared(
    dataset: MakeDataset, three: list[bytes], ramp: Ramp, declared: int
) -> None:
    ds = coded(dataset, three, declared)
    with pytest.raises(InconsistentError, match=f"{declared} frames are declared but 3 are there"):
        stored_values(ds)
    assert_array_equal(stored_values(ds, 0), ramp)
    assert len(list(open_image(ds))) == declared
    expected = ramp if declared == 1 else [ramp, ramp + 50]
    assert_array_equal(stored_values(ds, lenient=True), expected)


@pytest.mark.parametrize("elements", [{}, {"SamplesPerPixel": 3, "PlanarConfiguration": 1}])
def test_native_frames_that_end_too_early(dataset: MakeDataset, elements: dict[str, int]) -> None:
    samples = elements.get("SamplesPerPixel", 1)
    data = bytes(range(15 * samples))
    ds = dataset(data, NumberOfFrames=4, **elements)
    with pytest.raises(TruncatedError, match=f"{9 * samples} bytes before the last of 4") as caught:
        stored_values(ds)
    assert caught.value.frame == 2
    assert stored_values(ds, 1).shape[:2] == (2, 3)
    with pytest.raises(TruncatedError) as caught:
        stored_values(ds, 2)
    assert caught.value.frame == 2
    found = stored_values(ds, lenient=True)
    assert_array_equal(found[:2], [stored_values(ds, 0), stored_values(ds, 1)])
    assert found[2].any()
    assert not found[3].any()


def test_notes_of_the_image_the_data_and_the_frame_come_together(dataset: MakeDataset) -> None:
    ds = dataset(bytes(10), BitsStored=99)
    assert [note.code for note in read_frame(ds, 0).notes] == [
        "bits_stored_assumed",
        "high_bit_assumed",
        "surplus_bytes",
    ]


def test_what_is_missing_is_noted(dataset: MakeDataset) -> None:
    found = read_frame(dataset(b"\1\2\3\4"), 0, lenient=True)
    assert found.values.tolist() == [[1, 2, 3], [4, 0, 0]]
    assert [note.code for note in found.notes] == ["truncated"]


def test_errors_name_the_frame_and_survive_pickling(
    dataset: MakeDataset, three: list[bytes]
) -> None:
    ds = coded(dataset, [three[0], three[1][:-500], three[2]], 3)
    for function in (read_frame, read_words):
        with pytest.raises(TruncatedError) as caught:
            function(ds, 1)
        assert pickle.loads(pickle.dumps(caught.value)).frame == 1  # noqa: S301 - our own
    with pytest.raises(TruncatedError, match="ends too early"):
        stored_values(ds)


def test_no_pixels(real: Real) -> None:
    for function in (frame_count, stored_values, lambda ds: next(iter(open_image(ds)))):
        with pytest.raises(NoPixelsError):
            function(real("rtplan.dcm"))


def test_words_keep_all_their_bits(dataset: MakeDataset) -> None:
    data = np.array([0xF001, 2, 3, 4, 5, 0x8FFF], "<u2").tobytes()
    ds = dataset(data, BitsAllocated=16, BitsStored=12)
    assert read_words(ds, 0).ravel().tolist() == [0xF001, 2, 3, 4, 5, 0x8FFF]
    assert stored_values(ds).ravel().tolist() == [1, 2, 3, 4, 5, 0xFFF]


def test_words_of_signed_streams_are_words(real: Real) -> None:
    found = read_words(real("MR_small_jp2klossless.dcm"), 0)
    assert found.dtype == np.uint16
    assert_array_equal(found.view(np.int16), stored_values(real("MR_small.dcm")))
