"""Plain pixels: what a few elements tell of them is what the whole file tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.conftest import real_file
from tests.dataset.corpus import corpus
from tests.volumes import classic, pixels_of

import dicomkit as dk
from dicomkit.dataset.files.headers import read_few
from dicomkit.dataset.modules.modality import modality_step
from dicomkit.dataset.modules.plain import PLAIN_TAGS, PlainPixels, plain_pixels
from dicomkit.image.plain import read_plain

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = dk.Limits()


def plain(path: Path) -> PlainPixels | None:
    return plain_pixels(read_few(path, PLAIN_TAGS), LIMITS)


def saved(folder: Path, behind: bytes = b"", **more: Any) -> Path:  # noqa: ANN401
    path = folder / "slice.dcm"
    classic(0, (0, 0, 0), **more).save_as(path, enforce_file_format=True)
    path.write_bytes(path.read_bytes() + behind)
    return path


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name)
def test_they_are_what_the_whole_file_says(path: Path) -> None:
    try:
        found = plain(path)
    except dk.DicomKitError:
        return
    if found is None:
        return
    image = dk.open_image(dk.read_dataset(path))
    assert found.image == image.description
    assert found.modality == modality_step(image.dataset, 0, image.description)
    read = read_plain(path, found)
    assert read is not None
    assert read.dtype == image.dtype
    assert np.array_equal(read, image[0])
    assert image.frame(0).notes == found.image.notes


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "no_meta.dcm", "693_UNCI.dcm"])
def test_common_files_have_them(name: str) -> None:
    assert plain(real_file(name)) is not None


@pytest.mark.parametrize(
    "name",
    ["MR_small_bigendian.dcm", "MR_small_RLE.dcm", "rtdose.dcm", "SC_rgb.dcm", "image_dfl.dcm"],
)
def test_what_is_otherwise_has_none(name: str) -> None:
    """Big endian, compressed, of many frames, in colour, deflated as a whole."""
    assert plain(real_file(name)) is None


TABLE = Dataset()
TABLE.LUTDescriptor, TABLE.ModalityLUTType = [2, 0, 16], "HU"
TABLE["LUTDescriptor"].VR = "US"
TABLE.add_new("LUTData", "US", [0, 1])


@pytest.mark.parametrize(
    "more",
    [
        {"PixelData": pixels_of(0).tobytes() + bytes(2)},
        {"PixelData": pixels_of(0).tobytes()[:-2]},
        {"BitsAllocated": 0},
        {"NumberOfFrames": 2},
        {"PhotometricInterpretation": "PALETTE COLOR"},
        {"ModalityLUTSequence": Sequence([TABLE])},
        {"SharedFunctionalGroupsSequence": Sequence([Dataset()])},
        {"RescaleSlope": 40 * ["1"]},
    ],
    ids=lambda more: next(iter(more)),
)
def test_what_needs_another_look_has_none(tmp_path: Path, more: dict[str, Any]) -> None:
    assert plain(saved(tmp_path)) is not None
    assert plain(saved(tmp_path, **more)) is None


# (7FE0,0010) again, and Rescale Slope: what comes later counts, so they are not what they seem.
AGAIN = b"\xe0\x7f\x10\x00OW\0\0\x02\0\0\0\0\0"
SLOPE = b"\x28\x00\x53\x10DS\x02\x007 "
PADDING = b"\xfc\xff\xfc\xffOB\0\0\x04\0\0\0\0\0\0\0"


def test_what_is_behind_them_may_say_more(tmp_path: Path) -> None:
    assert plain(saved(tmp_path, PADDING)) is not None
    for behind in (AGAIN, SLOPE, PADDING + AGAIN, PADDING + SLOPE, PADDING[:-1]):
        assert plain(saved(tmp_path, behind)) is None


def test_frames_over_the_limit_are_left_to_who_opens_them(tmp_path: Path) -> None:
    header = read_few(saved(tmp_path), PLAIN_TAGS)
    assert plain_pixels(header, dk.Limits(frame_bytes=69)) is None
    assert plain_pixels(header, dk.Limits(frame_bytes=70)) is not None


def test_compressed_frames_under_a_native_name_are_seen(tmp_path: Path) -> None:
    data = bytearray(saved(tmp_path).read_bytes())
    data[-70:-62] = b"\xfe\xff\x00\xe0\0\0\0\0"
    path = tmp_path / "slice.dcm"
    path.write_bytes(data)
    found = plain(path)
    assert found is not None
    assert read_plain(path, found) is None


def test_they_count_for_the_file_as_it_was(tmp_path: Path) -> None:
    found = plain(path := saved(tmp_path))
    assert found is not None
    assert read_plain(path, found) is not None
    later = found.state.timestamp
    assert later is not None
    moved = found._replace(state=found.state._replace(timestamp=later + 1))
    grown = found._replace(state=found.state._replace(size=found.state.size + 1))
    assert read_plain(path, moved) is read_plain(path, grown) is None
