"""Exports that paint a segmentation over what it lies on, and nothing else."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless
from tests.films import watch
from tests.segmentations import picture_on, segmentation

import dicomkit as dk
from dicomkit.__main__ import main
from dicomkit.display.options import PictureOptions
from dicomkit.regions.files import SegmentationFile

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

GRID = dk.Grid((3, 10, 12), np.array([[0, 0, 1, -9], [0, 1, 0, 5], [3, 0, 0, 40], [0, 0, 0, 1]]))
FINER = GRID.with_spacing((3, 0.5, 0.5))
MASK = np.zeros(GRID.shape, bool)
MASK[1, 2:7, 2:7] = True
RED = (255, 0, 0)


@pytest.fixture
def exam(tmp_path: Path) -> Path:
    """Write three slices, one of which the segmentation shows, and three that it is not of."""
    folder = tmp_path / "exam"
    folder.mkdir()
    pictures = {f"slice-{k}": picture_on(GRID, k) for k in range(3)}
    pictures["another-patient"] = picture_on(GRID, 1, FrameOfReferenceUID="1.2.3")
    pictures["finer"] = picture_on(FINER, 1)
    pictures["no-place"] = picture_on(GRID, 1)
    del pictures["no-place"].ImagePositionPatient
    for number, (name, ds) in enumerate(pictures.items()):
        ds.InstanceNumber = number
        ds.WindowCenter, ds.WindowWidth = 50, 101
        ds.save_as(folder / name, enforce_file_format=True)
    seg = segmentation({1: MASK}, GRID)
    seg.save_as(folder / "segmentation", enforce_file_format=True)
    return folder


def exported(
    exam: Path, output: Path, **options: int
) -> tuple[dict[str, npt.NDArray[np.uint8]], dk.ExportReport]:
    report = dk.export_fileset(
        exam,
        output,
        format="png",
        layout="{relative_path}",
        segmentation=exam / "segmentation",
        **options,  # type: ignore[arg-type]
    )
    found = {}
    for entry in report.entries:
        with PIL.Image.open(output / entry.pictures[0]) as picture:
            found[entry.source] = np.asarray(picture)
    return found, report


@pytest.mark.parametrize("workers", [1, 2])
def test_what_belongs_to_a_picture_is_painted_on_it(
    exam: Path, tmp_path: Path, workers: int
) -> None:
    found, report = exported(exam, tmp_path / "out", workers=workers)
    assert report.ok
    for name, picture in found.items():
        plain = dk.render(dk.read_dataset(exam / name))
        if name == "slice-1":
            np.testing.assert_array_equal(picture, dk.paint(plain, {1: MASK[1]}, {1: RED}))
            assert picture.shape == (10, 12, 3)
        else:
            np.testing.assert_array_equal(picture, plain)
    noted = {
        entry.source for entry in report.entries if "segmentation_elsewhere" in str(entry.notes)
    }
    # What lies beside it is no surprise; what shares space with it, or may do so, is.
    assert noted == {"another-patient", "finer", "no-place"}


def test_an_export_goes_on_with_the_same_segmentation(exam: Path, tmp_path: Path) -> None:
    _, first = exported(exam, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.png")}
    _, second = exported(exam, tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert second.manifest == first.manifest
    header = json.loads((tmp_path / "out" / first.manifest).read_text().splitlines()[0])
    assert str(exam / "segmentation") in json.dumps(header)
    # Another one makes other pictures.
    seg = segmentation({1: ~MASK}, GRID)
    seg.save_as(exam / "segmentation", enforce_file_format=True)
    found, third = exported(exam, tmp_path / "out", overwrite=True)
    assert third.manifest != first.manifest
    assert found["slice-0"].ndim == 3


def test_pixels_become_square_with_their_paint(exam: Path, tmp_path: Path) -> None:
    ds = dk.read_dataset(exam / "slice-1")
    tall = dk.Grid(GRID.shape, GRID.affine * [1, 2, 1, 1])
    picture_on(tall, 1).save_as(exam / "slice-1", enforce_file_format=True)
    segmentation({1: MASK}, tall).save_as(exam / "segmentation", enforce_file_format=True)
    found, _ = exported(exam, tmp_path / "out", square=True)
    assert found["slice-1"].shape == (20, 12, 3)
    assert ds.Rows == 10


def test_what_is_no_segmentation_is_refused_before_anything_is_written(
    exam: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with pytest.raises(dk.InconsistentError, match="no segmentation"):
        dk.export_fileset(exam, output, segmentation=exam / "slice-1")
    with pytest.raises(dk.ReadError):
        dk.export_fileset(exam, output, segmentation=exam / "missing")
    with pytest.raises(ValueError, match="8 bits"):
        dk.export_fileset(exam, output, segmentation=exam / "segmentation", format="png", bits=16)
    assert not output.exists()


def test_a_segmentation_that_needs_a_decoder_is_not_plain(exam: Path) -> None:
    file = SegmentationFile.at(exam / "segmentation", dk.Limits())
    assert file.is_plain
    seg = dk.read_dataset(exam / "segmentation")
    seg.file_meta.TransferSyntaxUID = RLELossless
    seg.PixelData = encapsulate([seg.PixelData])
    seg.save_as(exam / "coded", enforce_file_format=True)
    assert not SegmentationFile(str(exam / "coded")).is_plain
    assert SegmentationFile(str(exam / "missing")).is_plain


def test_the_choice_travels_small(exam: Path) -> None:
    options = PictureOptions(segmentation=SegmentationFile.at(exam / "segmentation", dk.Limits()))
    options.segmentation.image()  # type: ignore[union-attr]
    data = pickle.dumps(options)
    assert len(data) < 1000
    assert pickle.loads(data) == options  # noqa: S301 - made just now


def test_the_command_paints_too(exam: Path, tmp_path: Path) -> None:
    seg, output = str(exam / "segmentation"), tmp_path / "one.png"
    assert main(["show", str(exam / "slice-1"), "--segmentation", seg, "-o", str(output)]) == 0
    expected = dk.paint(dk.render(dk.read_dataset(exam / "slice-1")), {1: MASK[1]}, {1: RED})
    with PIL.Image.open(output) as picture:
        np.testing.assert_array_equal(np.asarray(picture), expected)
    words = ["export", str(exam), str(tmp_path / "all"), "--format", "png", "--segmentation", seg]
    assert main([*words, "--layout", "{relative_path}"]) == 0
    with PIL.Image.open(tmp_path / "all" / "slice-1.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), expected)


def test_the_command_says_what_it_did_not_paint(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["show", str(exam / "finer"), "--segmentation", str(exam / "segmentation")]
    assert main(words) == 0
    assert "segmentation_elsewhere" in capsys.readouterr().out
    assert main([*words[:3], str(exam / "slice-1")]) == 1
    assert "no segmentation" in capsys.readouterr().err


def test_a_film_is_painted_where_the_segmentation_lies(exam: Path, tmp_path: Path) -> None:
    for name in ("another-patient", "finer", "no-place"):
        (exam / name).unlink()
    report = dk.export_fileset(
        exam, tmp_path / "out", film="apng", segmentation=exam / "segmentation"
    )
    (name,) = {one for entry in report.entries for one in entry.pictures if "apng" in one}
    frames = watch(tmp_path / "out" / name).frames
    assert len(frames) == 3
    for k, frame in enumerate(frames):
        plain = dk.render(dk.read_dataset(exam / f"slice-{k}"))
        painted = dk.paint(plain, {1: MASK[1]}, {1: RED})
        expected = painted if k == 1 else np.repeat(plain[..., np.newaxis], 3, 2)
        np.testing.assert_array_equal(frame, expected)
