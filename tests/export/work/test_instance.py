from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import RLELossless

from dicomkit.export.work.instance import Exporter, export_batch
from dicomkit.export.work.tasks import Deferred, Failure, Finished, Outcome, Picture
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset
    from tests.export.conftest import Lab


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def export(
    lab: Lab,
    ds: Dataset,
    output: Path,
    suffix: str = ".png",
    limits: Limits = DEFAULT_LIMITS,
    **options: object,
) -> list[Outcome]:
    """Export one dataset as the file ``a``."""
    path = lab.save(ds, output.parent / "input" / "a")
    exporter = Exporter(lab.settings(path.parent, output, suffix, limits=limits))
    return list(exporter.export(lab.tasks(["a"], **options)[0]))


def rle_frame(lab: Lab) -> bytes:
    """Encode a frame of 64 x 64 pixels."""
    ds = lab.ct(1, side=64)
    ds.compress(RLELossless)
    return next(generate_frames(ds.PixelData, number_of_frames=1))


def notes(outcomes: list[Outcome]) -> list[str]:
    return [note.code for one in outcomes if isinstance(one, Picture) for note in one.notes]


def test_a_single_frame_gives_one_picture_without_number(lab: Lab, output: Path) -> None:
    picture, finished = export(lab, lab.ct(3), output)
    assert isinstance(picture, Picture)
    data = (output / "out" / "a.png").read_bytes()
    assert (picture.index, picture.frame, picture.frames) == (0, 0, 1)
    assert (picture.path, picture.size) == ("out/a.png", len(data))
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert "center 40, width 400" in picture.pipeline
    assert finished == Finished(0)
    assert list(lab.tree(output)) == ["out/a.png"]


def test_every_frame_gives_a_picture_of_its_own(lab: Lab, output: Path) -> None:
    *made, _ = export(lab, lab.ct(3, frames=3), output)
    assert [one.path for one in made if isinstance(one, Picture)] == [
        "out/a_f0001.png",
        "out/a_f0002.png",
        "out/a_f0003.png",
    ]
    assert len(set(lab.tree(output).values())) == 3


def test_frames_that_are_done_are_left_out(lab: Lab, output: Path) -> None:
    path = lab.save(lab.ct(3, frames=3), output.parent / "a")
    task = replace(lab.tasks(["a"])[0], index=7, done=frozenset({0, 2}))
    made = list(Exporter(lab.settings(path.parent, output)).export(task))
    picture, finished = made
    assert isinstance(picture, Picture)
    assert (picture.index, picture.frame, finished) == (7, 1, Finished(7))


def test_options_reach_the_renderer(lab: Lab, output: Path) -> None:
    export(lab, lab.ct(3), output, bits=16, window="bone")
    with Image.open(output / "out" / "a.png") as picture:
        assert np.asarray(picture).dtype == np.uint16


def test_a_batch_is_its_tasks_in_order(lab: Lab, tmp_path: Path) -> None:
    for name in ("a", "b"):
        lab.save(lab.ct(3), tmp_path / name)
    made = export_batch(lab.tasks(["b", "a"]), lab.settings(tmp_path, tmp_path / "output"))
    assert [type(one) for one in made] == [Picture, Finished] * 2
    assert [one.path for one in made if isinstance(one, Picture)] == ["out/b.png", "out/a.png"]


def test_native_pixels_need_no_process_of_their_own(lab: Lab, tmp_path: Path) -> None:
    exporter = Exporter(lab.settings(lab.real("CT_small.dcm").parent, tmp_path))
    for name, deferred in {
        "CT_small.dcm": False,
        "image_dfl.dcm": False,
        "MR_small_bigendian.dcm": False,
        "MR_small_implicit.dcm": False,
        "MR_small_RLE.dcm": True,
        "JPEG2000.dcm": True,
    }.items():
        made = list(exporter.export(lab.tasks([name])[0], native_only=True))
        assert (made == [Deferred(0)]) is deferred, name
    assert "out/MR_small_RLE.dcm.png" not in lab.tree(tmp_path)


def test_what_lies_about_its_pixels_is_not_decoded_here(lab: Lab, tmp_path: Path) -> None:
    frames = encapsulate([bytes.fromhex("ffd8ffe0") + bytes(60)])
    lab.save(lab.ct(PixelData=frames), tmp_path / "items")
    exporter = Exporter(lab.settings(tmp_path, tmp_path / "output"))
    assert list(exporter.export(lab.tasks(["items"])[0], native_only=True)) == [Deferred(0)]


def test_a_profile_is_not_parsed_here(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(ICCProfile=b"any "), tmp_path / "profile")
    exporter = Exporter(lab.settings(tmp_path, tmp_path / "output"))
    for icc in (False, True):
        made = list(exporter.export(lab.tasks(["profile"], icc=icc)[0], native_only=True))
        assert (made == [Deferred(0)]) is icc


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "not_dicom"), (b"text" * 99, "not_dicom"), (None, "read")]
)
def test_a_file_that_cannot_be_read_is_a_failure(
    lab: Lab, output: Path, content: bytes | None, code: str
) -> None:
    if content is not None:
        (output.parent / "a").write_bytes(content)
    made = list(Exporter(lab.settings(output.parent, output)).export(lab.tasks(["a"])[0]))
    failure, finished = made
    assert isinstance(failure, Failure)
    assert (failure.frame, failure.code, failure.fatal) == (None, code, False)
    assert finished == Finished(0)


def test_an_instance_without_pixels_says_so(lab: Lab, output: Path) -> None:
    failure, _ = export(lab, lab.ct(3, PixelData=None), output)
    assert isinstance(failure, Failure)
    assert (failure.frame, failure.code) == (None, "no_pixels")


def test_missing_frames_cost_those_frames(lab: Lab, output: Path) -> None:
    ds = lab.ct(3, frames=3)
    ds.NumberOfFrames = 5
    made = export(lab, ds, output)
    assert [type(one) for one in made] == [Picture] * 3 + [Failure] * 2 + [Finished]
    assert [one.frame for one in made if isinstance(one, Failure)] == [3, 4]
    assert {one.code for one in made if isinstance(one, Failure)} <= {"truncated", "inconsistent"}


def test_a_frame_count_that_lies_does_not_cost_a_million_attempts(lab: Lab, output: Path) -> None:
    ds = lab.ct(3, frames=3)
    ds.NumberOfFrames = 900_000
    made = export(lab, ds, output)
    assert len([one for one in made if isinstance(one, Failure)]) == 16
    assert made[-1] == Finished(0, untried=900_000 - 3 - 16)


def test_nor_a_million_black_pictures_where_one_is_lenient(lab: Lab, output: Path) -> None:
    ds = lab.ct(3, frames=3)
    ds.NumberOfFrames = 900_000
    path = lab.save(ds, output.parent / "input" / "a")
    exporter = Exporter(lab.settings(path.parent, output, lenient=True))
    made = list(exporter.export(lab.tasks(["a"])[0]))
    assert len([one for one in made if isinstance(one, Picture)]) == 3 + 16
    assert made[-1] == Finished(0, untried=900_000 - 3 - 16)


def test_damaged_frames_do_not_cost_those_behind_them(lab: Lab, output: Path) -> None:
    good, bad = rle_frame(lab), b"\x0f" + bytes(63)
    ds = lab.ct(3, frames=40, side=64)
    ds.PixelData = encapsulate([*[bad] * 20, *[good] * 20])
    ds.file_meta.TransferSyntaxUID = RLELossless
    made = export(lab, ds, output)
    assert [one.frame for one in made if isinstance(one, Failure)] == list(range(20))
    assert [one.frame for one in made if isinstance(one, Picture)] == list(range(20, 40))
    # A run that goes on behind some of them comes to the same.
    task = replace(lab.tasks(["a"])[0], done=frozenset(range(20, 30)))
    exporter = Exporter(lab.settings(output.parent / "input", output))
    made = list(exporter.export(task))
    assert [one.frame for one in made if isinstance(one, Picture)] == list(range(30, 40))


def test_limits_reach_the_reader(lab: Lab, output: Path) -> None:
    failure, _ = export(lab, lab.ct(3), output, limits=Limits(frame_bytes=100))
    assert isinstance(failure, Failure)
    assert failure.code == "limit"


def test_another_file_at_the_name_stays(lab: Lab, output: Path) -> None:
    (output / "out").mkdir(parents=True)
    (output / "out" / "a.png").write_bytes(b"theirs")
    failure, _ = export(lab, lab.ct(3), output)
    assert isinstance(failure, Failure)
    assert (failure.frame, failure.code, failure.fatal) == (0, "exists", False)
    assert lab.tree(output) == {"out/a.png": b"theirs"}


def test_a_view_that_the_file_lacks_is_a_failure_of_the_window(lab: Lab, output: Path) -> None:
    failure, _ = export(lab, lab.ct(3), output, window=5)
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == ("window", "the file offers no such view")


def test_a_depth_that_the_format_lacks_for_colour_is_named(lab: Lab, tmp_path: Path) -> None:
    source = lab.real("SC_rgb_small_odd.dcm")
    exporter = Exporter(lab.settings(source.parent, tmp_path, ".tif"))
    failure, _ = exporter.export(lab.tasks([source.name], bits=16)[0])
    assert isinstance(failure, Failure)
    assert failure.code == "unsupported"
    assert "TIFF holds no RGB of 16 bits" in failure.message


def test_unforeseen_errors_say_nothing_of_the_file(
    lab: Lab, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        msg = "Canary^Tweety"
        raise KeyError(msg)

    monkeypatch.setattr("dicomkit.export.work.instance.render_frame", broken)
    failure, _ = export(lab, lab.ct(3), output)
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == ("error", "unforeseen: KeyError")


def test_no_memory_is_a_limit(lab: Lab, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("dicomkit.export.work.instance.render_frame", broken)
    failure, _ = export(lab, lab.ct(3), output)
    assert isinstance(failure, Failure)
    assert failure.code == "limit"


def test_a_full_disk_ends_the_instance_and_says_that_it_is_fatal(
    lab: Lab, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    path = lab.save(lab.ct(3, frames=3), output.parent / "input" / "a")
    monkeypatch.setattr("os.write", full)
    made = list(Exporter(lab.settings(path.parent, output)).export(lab.tasks(["a"])[0]))
    failure, _ = made
    assert isinstance(failure, Failure)
    assert (failure.frame, failure.code, failure.fatal) == (0, "write", True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"BurnedInAnnotation": "YES"}, ["burned_in"]),
        ({"BurnedInAnnotation": "NO", "Modality": "US"}, []),
        ({"Modality": "US"}, ["may_be_burned_in"]),
        ({"Modality": "OT"}, ["may_be_burned_in"]),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"}, ["may_be_burned_in"]),
        ({"Modality": None}, []),
    ],
    ids=str,
)
def test_burned_in_annotation_is_noted(
    lab: Lab, output: Path, changes: dict[str, Any], expected: list[str]
) -> None:
    assert notes(export(lab, lab.ct(3, **changes), output)) == expected


def test_the_renderers_notes_come_along(lab: Lab, output: Path) -> None:
    assert "window_ignored" in " ".join(notes(export(lab, lab.ct(3, WindowWidth=0), output)))


def test_more_columns_than_the_format_holds_is_a_limit(lab: Lab, output: Path) -> None:
    ds = lab.ct(3, Rows=1, Columns=16_384, PixelData=bytes(2 * 16_384))
    failure, _ = export(lab, ds, output, ".webp")
    assert isinstance(failure, Failure)
    assert failure.code == "limit"
    assert "at most 16383 pixels" in failure.message
