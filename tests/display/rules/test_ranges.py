"""The range of an image without a view: one for all of its frames, and none for what has a meaning.

Every expectation is worked out by hand from the clause of PS3.3 in the test's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID
from tests.display.rules.pictures import codes

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.7"
BYTE_CAPTURE, WORD_CAPTURE = (f"1.2.840.10008.5.1.4.1.1.7.{end}" for end in (2, 3))


def frames(ds: Dataset, **options: Any) -> list[list[int]]:  # noqa: ANN401
    """Render each frame by itself, and hold all ways to a frame together."""
    whole = dk.render(ds, **options)
    found = []
    for index in range(dk.frame_count(ds)):
        one = dk.render(ds, index, **options)
        assert np.array_equal(whole[index], one)
        pipeline = dk.display_pipeline(ds, index, **options)
        assert np.array_equal(pipeline(dk.stored_values(ds, index)), one)
        found.append(one.ravel().tolist())
    return found


def sources(ds: Dataset) -> set[str]:
    return {
        step.source
        for index in range(dk.frame_count(ds))
        for step in dk.display_pipeline(ds, index).steps
        if step.role == "VOI"
    }


# ---- One range for all frames --------------------------------------------------------------


def test_a_cine_does_not_flicker(grey: MakeImage) -> None:
    ds = grey([[[0, 255]], [[0, 100]], [[0, 40]]], "u1")
    assert frames(ds) == [[0, 255], [0, 100], [0, 40]]
    assert sources(ds) == {"computed: the full range of the values of all 3 frames"}


def test_tiles_have_no_seams(grey: MakeImage) -> None:
    """Four tiles of 0 to 63, 64 to 127, ...: a ramp over all of them."""
    tiles = np.arange(256).reshape(4, 8, 8)
    assert [one for tile in frames(grey(tiles, "u1")) for one in tile] == list(range(256))


def test_a_cold_plane_of_a_dose_stays_dark(grey: MakeImage) -> None:
    hot, cold = [[0, 60000]], [[0, 600]]
    ds = grey([cold, hot], "u4", Modality="RTDOSE", DoseGridScaling="1e-3")
    assert frames(ds) == [[0, 3], [0, 255]]


def test_a_constant_frame_among_others_has_its_place(grey: MakeImage) -> None:
    assert frames(grey([[[50, 50]], [[0, 100]]])) == [[128, 128], [0, 255]]
    assert frames(grey([[[50, 50]], [[50, 50]]])) == [[0, 0], [0, 0]]


def test_full_and_auto_are_the_frames_own(grey: MakeImage) -> None:
    ds = grey([[[0, 100]], [[50, 250]]])
    assert frames(ds, window="full") == frames(ds, window="auto") == [[0, 255], [0, 255]]


def test_padding_and_what_is_not_finite_do_not_count_in_any_frame(grey: MakeImage) -> None:
    ds = grey([[[0, 100]], [[50, 9999]]], PixelPaddingValue=9999)
    assert frames(ds) == [[0, 255], [128, 255]]
    real = grey([[[0, 0.5]], [[np.inf, np.nan]]], "f4")
    assert frames(real) == [[0, 255], [255, 0]]


def test_each_frame_is_rescaled_before_it_counts(grey: MakeImage, item: Any) -> None:  # noqa: ANN401
    """Stored 0 and 100 times 1 and 2: 0 to 200."""
    ds = grey([[[0, 100]], [[0, 100]]])
    ds.PerFrameFunctionalGroupsSequence = [
        item(PixelValueTransformationSequence=[item(RescaleSlope=slope, RescaleIntercept=0)])
        for slope in (1, 2)
    ]
    assert frames(ds) == [[0, 128], [0, 255]]


def test_frames_with_views_of_their_own_do_not_ask_for_it(grey: MakeImage, item: Any) -> None:  # noqa: ANN401
    ds = grey([[[0, 100]], [[0, 50]]])
    voi = item(WindowCenter=25.5, WindowWidth=51)
    ds.PerFrameFunctionalGroupsSequence = [item(FrameVOILUTSequence=[voi]), item()]
    assert frames(ds) == [[0, 255], [0, 128]]


def test_smallest_and_largest_pixel_value_are_not_believed(grey: MakeImage) -> None:
    ds = grey([0, 100], SmallestImagePixelValue=0, LargestImagePixelValue=278)
    assert dk.render(ds).tolist() == [[0, 255]]


def test_frames_that_cannot_be_decoded_are_left_out(grey: MakeImage) -> None:
    ds = grey([[[0, 200]], [[0, 100]], [[0, 50]]], "u1")
    ds.file_meta = coded_as("1.2.840.10008.1.2.5")
    ds.PixelData = encapsulate([*map(rle, ([0, 200], [0, 100])), b"no RLE"])
    assert [dk.render(ds, index).ravel().tolist() for index in range(2)] == [[0, 255], [0, 128]]
    assert codes(ds) == ["range_incomplete"]
    with pytest.raises(dk.DicomKitError) as caught:
        dk.render(ds, 2)
    assert caught.value.frame == 2


def rle(pixels: list[int]) -> bytes:
    """Code two pixels as one RLE segment of two literal bytes (PS3.5 annex G)."""
    segment = bytes([1, *pixels, 0])
    return (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56) + segment


def coded_as(syntax: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    return meta


# ---- What has a meaning of its own ---------------------------------------------------------


@pytest.mark.parametrize("frame", [0, 1])
def test_one_bit_is_black_or_white_even_where_all_are_the_same(grey: MakeImage, frame: int) -> None:
    ds = grey(np.full((2, 1, 8), 0), "u1", BitsAllocated=1, BitsStored=1, HighBit=0)
    ds.PixelData = b"\x00\xff"
    assert set(frames(ds)[frame]) == {255 * frame}
    ds.PhotometricInterpretation = "MONOCHROME1"
    assert set(frames(ds)[frame]) == {255 - 255 * frame}


def segmentation(grey: MakeImage, stored: npt.ArrayLike, kind: str, **more: object) -> Dataset:
    ds = grey(stored, "u1", SegmentationType=kind, Modality="SEG", **more)
    ds.SOPClassUID = LABEL_MAP if kind == "LABELMAP" else SEGMENTATION
    return ds


def test_c_8_20_2_a_binary_segmentation_is_not_stretched(grey: MakeImage) -> None:
    ds = segmentation(grey, [[[1, 1]], [[0, 0]], [[0, 1]]], "BINARY")
    assert frames(ds) == [[255, 255], [0, 0], [0, 255]]


def test_c_8_20_2_fractions_are_stored_over_maximum_fractional_value(grey: MakeImage) -> None:
    ds = segmentation(grey, [[[0, 25]], [[50, 100]]], "FRACTIONAL", MaximumFractionalValue=100)
    # 25 and 50 of 100 are 63.75 and 127.5 of 255.
    assert frames(ds) == [[0, 64], [128, 255]]
    ds.MaximumFractionalValue = 255
    assert frames(ds) == [[0, 25], [50, 100]]
    for impossible in (None, 0):
        ds.MaximumFractionalValue = impossible
        assert frames(ds) == [[0, 25], [50, 100]]
        assert codes(ds) == ["fraction_assumed", "units_elsewhere"]


def colored(ds: Dataset, *colors: tuple[int, tuple[int, int, int]]) -> Dataset:
    """Describe segments of a label map, each with the CIELab value of a colour."""
    segments = []
    for number, value in colors:
        item = pydicom.Dataset()
        item.SegmentNumber, item.RecommendedDisplayCIELabValue = number, list(value)
        segments.append(item)
    ds.SegmentSequence = Sequence(segments)
    return ds


# As DCMTK's IODCIELabUtil writes them.
RED, DARK_RED, BLACK = (34886, 53484, 50172), (16732, 45246, 42677), (0, 32896, 32896)


@pytest.mark.parametrize("background", [0, 9, 255])
def test_c_8_20_2_a_label_map_is_drawn_in_its_segments_colours(
    grey: MakeImage, background: int
) -> None:
    stored = [[[background, 1, 2]], [[2, 7, background]]]
    ds = segmentation(grey, stored, "LABELMAP", PixelPaddingValue=background)
    colored(ds, (7, BLACK), (2, DARK_RED), (1, RED))
    first, second = ([*map(tuple, np.reshape(one, (-1, 3)))] for one in frames(ds))
    assert first == [(0, 0, 0), (255, 0, 0), (128, 0, 0)]
    # A colour as dark as the background is the file's choice.
    assert second == [(128, 0, 0), (0, 0, 0), (0, 0, 0)]
    (step, _) = dk.display_pipeline(ds).steps
    assert (step.role, step.source) == ("Palette", "the file, Segment Sequence")


def test_labels_without_a_colour_can_be_told_apart(grey: MakeImage) -> None:
    ds = segmentation(grey, [[0, *range(1, 13)]], "LABELMAP", PixelPaddingValue=0)
    colors = [tuple(pixel) for pixel in dk.render(ds)[0].tolist()]
    assert colors[0] == (0, 0, 0)
    assert len(set(colors)) == 13
    # None is lost on black.
    assert min(max(color) for color in colors[1:]) > 100


def test_a_window_of_the_callers_shows_labels_in_grey(grey: MakeImage) -> None:
    ds = segmentation(grey, [[0, 1, 3]], "LABELMAP", PixelPaddingValue=0)
    assert dk.render(ds, window=dk.Window(2, 4, "LINEAR_EXACT")).tolist() == [[0, 64, 191]]
    assert dk.render(ds, window="full").ndim == 2


def test_a_label_map_that_names_no_background_has_0(grey: MakeImage) -> None:
    ds = segmentation(grey, [0, 3, 3], "LABELMAP")
    assert dk.render(ds)[0, 0].tolist() == [0, 0, 0]
    assert codes(ds) == ["background_assumed"]


def test_a_label_map_without_labels_is_black(grey: MakeImage) -> None:
    ds = segmentation(grey, [0, 0], "LABELMAP", PixelPaddingValue=0)
    assert not dk.render(ds).any()


def test_a_label_map_in_16_bits_is_the_same(grey: MakeImage) -> None:
    ds = segmentation(grey, [0, 1], "LABELMAP", PixelPaddingValue=0)
    picture = dk.render(colored(ds, (1, RED)), bits=16)
    assert picture.tolist() == [[[0, 0, 0], [65535, 0, 0]]]


def test_numbers_that_no_segment_can_have_are_a_range(grey: MakeImage) -> None:
    ds = grey([[0, 5, 2_000_000_000]], "u4", SegmentationType="LABELMAP", Modality="SEG")
    assert dk.render(ds).tolist() == [[0, 0, 255]]


@pytest.mark.parametrize("clause", ["A.8.3.4", "A.8.4.4"])
def test_multi_frame_secondary_captures_hold_p_values(grey: MakeImage, clause: str) -> None:
    if clause == "A.8.3.4":
        ds = grey([[[0, 100]], [[200, 200]]], "u1", SOPClassUID=BYTE_CAPTURE)
        assert frames(ds) == [[0, 100], [200, 200]]
    else:
        ds = grey([[[0, 1000]], [[4095, 0]]], "u2", SOPClassUID=WORD_CAPTURE, BitsStored=12)
        assert frames(ds) == [[0, 62], [255, 0]]
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    assert frames(ds)[0] == [0, 255]


# ---- Real files ----------------------------------------------------------------------------


MULTI_FRAME = [
    "emri_small.dcm",
    "emri_small_RLE.dcm",
    "emri_small_jpeg_2k_lossless.dcm",
    "color3d_jpeg_baseline.dcm",
    "rtdose.dcm",
    "liver.dcm",
    "SC_rgb_2frame.dcm",
    "SC_rgb_rle_2frame.dcm",
    "OBXXXX1A_2frame.dcm",
    "examples_ybr_color.dcm",
]


@pytest.mark.parametrize("name", MULTI_FRAME)
def test_every_way_to_a_frame_gives_the_same_picture(name: str, tmp_path: Path) -> None:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    ds = dk.read_dataset(path)
    whole = dk.render(ds)
    image = dk.open_image(ds)
    report = dk.export_fileset(path, tmp_path / "out", format="png", layout="{sop_instance_uid}")
    written = sorted(tmp_path.joinpath("out").glob("*.png"))
    assert report.ok
    assert len(written) == len(whole) == dk.frame_count(ds) > 1
    for index, file in enumerate(written):
        assert np.array_equal(whole[index], dk.render(ds, index))
        assert np.array_equal(whole[index], dk.render(image, index))
        assert np.array_equal(whole[index], png(file))
        if image.is_gray or whole.ndim == 4:
            pipeline = dk.display_pipeline(ds, index)
            assert np.array_equal(whole[index], pipeline(dk.stored_values(ds, index)))


def png(path: Path) -> npt.NDArray[np.uint8]:
    import PIL.Image

    with PIL.Image.open(path) as picture:
        return np.asarray(picture)
