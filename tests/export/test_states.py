"""Presentation states in an export: each is one more picture of what it references."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import ColorSoftcopyPresentationStateStorage
from tests.states import annotation, area, item, layer, make_state, reference, text, voi

import dicomkit as dk
from dicomkit.export.naming.layout import DEFAULT_LAYOUT, parse_layout
from dicomkit.export.plan import plan_exam
from dicomkit.fileset.walker import FileSetWalker

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset
    from tests.export.conftest import Lab

FOLDER = "P1/20010101/4"


def state(lab: Lab, number: int, *images: Dataset, **elements: Any) -> Dataset:  # noqa: ANN401
    """Make a state of the lab's patient and study."""
    one = lab.ct(1)
    own = {
        "SOPInstanceUID": f"{one.SOPInstanceUID}.{number}.9",
        "PatientID": "P1",
        "StudyDate": "20010101",
        "StudyInstanceUID": one.StudyInstanceUID,
        "InstanceNumber": number,
        "SeriesNumber": 8,
    }
    ds = make_state(*images, **(own | elements))
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


@pytest.fixture
def shown(lab: Lab, exam: Path) -> Path:
    """Give an exam with two states: of images 1 and 2, and of image 2 and two of 900's frames."""
    images = lab.ct(1), lab.ct(2)
    windows = {"RescaleSlope": 1, "RescaleIntercept": -1024}
    first = state(lab, 1, *images, SoftcopyVOILUTSequence=[voi(0, 500)], **windows)
    lab.save(first, exam / "PR" / "B")
    references = [reference(images[1]), reference(lab.ct(900, frames=3), [1, 3])]
    second = state(lab, 2, references=references, ImageRotation=90, PresentationLUTShape="INVERSE")
    lab.save(second, exam / "PR" / "A")
    return exam


PICTURES = [
    f"{FOLDER}/{name}.png" for name in ("1_ps1", "2_ps1", "2_ps2", "900_ps1_f0001", "900_ps1_f0003")
]


def export(exam: Path, out: Path, **options: Any) -> dk.ExportReport:  # noqa: ANN401
    return dk.export_fileset(exam, out, format="png", presentation_states=True, **options)


def opened(path: Path) -> Any:  # noqa: ANN401 - an array
    with Image.open(path) as image:
        return np.asarray(image)


def test_each_state_is_one_more_picture(lab: Lab, shown: Path, out: Path) -> None:
    report = export(shown, out)
    assert report.ok
    assert sorted(name for name in lab.pictures(out) if "_ps" in name) == PICTURES
    ds = lab.ct(2)
    for number, name in ((2, "2_ps2"), (1, "2_ps1")):
        file = "A" if number == 2 else "B"
        known = dk.presentation_state(dk.read_dataset(shown / "PR" / file))
        expected = dk.render(ds, presentation=known)
        assert np.array_equal(opened(out / f"{FOLDER}/{name}.png"), expected)
    frames = lab.ct(900, frames=3)
    known = dk.presentation_state(dk.read_dataset(shown / "PR" / "A"))
    assert np.array_equal(
        opened(out / f"{FOLDER}/900_ps1_f0003.png"), dk.render(frames, 2, presentation=known)
    )


def test_the_report_gives_a_state_its_pictures_and_an_image_its_own(shown: Path, out: Path) -> None:
    report = export(shown, out)
    entries = {entry.source: entry for entry in report.entries}
    assert len(entries) == len(report.entries) == 10
    assert entries["CT/I002"].pictures == (f"{FOLDER}/2.png",)
    assert entries["PR/B"].pictures == tuple(PICTURES[:2])
    assert entries["PR/A"].pictures == tuple(PICTURES[2:])
    assert (entries["PR/A"].status, entries["SR/I901"].status) == ("written", "skipped")
    assert report.pictures == 9 + 5


def test_the_plan_and_the_names_of_images_are_the_same_without_states(
    shown: Path, tmp_path: Path
) -> None:
    layout = parse_layout(DEFAULT_LAYOUT)
    plain = plan_exam(FileSetWalker(shown), layout, tmp_path).instances
    plan = plan_exam(FileSetWalker(shown), layout, tmp_path, presentation_states=True).instances
    images = [one for one in plan if not one.state]
    assert images == [one for one in plain if not one.source.startswith("PR/")]
    assert [(one.source, one.stem, one.state) for one in plan if one.state] == [
        ("CT/I001", f"{FOLDER}/1_ps1", "PR/B"),
        ("CT/I002", f"{FOLDER}/2_ps1", "PR/B"),
        ("CT/I002", f"{FOLDER}/2_ps2", "PR/A"),
        ("MF/I900", f"{FOLDER}/900_ps1", "PR/A"),
    ]


def test_without_the_option_states_are_skipped(lab: Lab, shown: Path, out: Path) -> None:
    report = dk.export_fileset(shown, out, format="png")
    assert lab.codes(report)["PR/A"] == "no_pixels"
    assert not [name for name in lab.pictures(out) if "_ps" in name]


def test_the_manifest_says_which_state_a_picture_shows(shown: Path, out: Path) -> None:
    report = export(shown, out)
    lines = [json.loads(line) for line in (out / report.manifest).read_text().splitlines()]
    assert lines[0]["presentation_states"] is True
    of_states = [line for line in lines if "presentation_state" in line]
    assert [(line["path"], line["presentation_state"]) for line in of_states] == [
        (PICTURES[0], "PR/B"),
        (PICTURES[2], "PR/A"),
        (PICTURES[1], "PR/B"),
        (PICTURES[3], "PR/A"),
        (PICTURES[4], "PR/A"),
    ]
    assert all("[the presentation state]" in line["pipeline"] for line in of_states)
    assert all(line["state_stamp"] for line in of_states)


def test_a_second_run_renders_nothing_and_reports_the_same(
    lab: Lab, shown: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export(shown, out)
    before = lab.tree(out)
    monkeypatch.setattr(
        "dicomkit.export.work.instance.render_frame", lambda *_: pytest.fail("rendered")
    )
    assert export(shown, out) == first
    assert lab.tree(out) == before


def test_what_is_missing_is_made_again(lab: Lab, shown: Path, out: Path) -> None:
    first = export(shown, out)
    before = lab.tree(out)
    for name in (PICTURES[1], PICTURES[4]):
        (out / name).unlink()
    assert export(shown, out) == first
    assert lab.tree(out) == before


def test_a_state_that_has_changed_is_drawn_anew(lab: Lab, shown: Path, out: Path) -> None:
    export(shown, out)
    before = lab.pictures(out)
    ps = dk.read_dataset(shown / "PR" / "A")
    ps.ImageRotation = 180
    ps.PresentationLUTShape = "IDENTITY"
    lab.save(ps, shown / "PR" / "A")
    report = export(shown, out)
    assert report.ok
    after = lab.pictures(out)
    assert sorted(name for name in before if before[name] != after[name]) == PICTURES[2:]


def test_the_states_own_window_counts(lab: Lab, shown: Path, out: Path) -> None:
    export(shown, out / "a")
    export(shown, out / "b", window="bone", series_window=True)
    a, b = lab.pictures(out / "a"), lab.pictures(out / "b")
    assert a[PICTURES[0]] == b[PICTURES[0]]
    assert a[f"{FOLDER}/1.png"] != b[f"{FOLDER}/1.png"]


def test_series_windows_know_nothing_of_states(lab: Lab, shown: Path, out: Path) -> None:
    export(shown, out / "a")
    export(shown, out / "b", series_window=True)
    a, b = lab.pictures(out / "a"), lab.pictures(out / "b")
    assert {name: a[name] for name in PICTURES} == {name: b[name] for name in PICTURES}


@pytest.mark.parametrize("workers", [1, 2])
def test_texts_are_drawn_only_where_they_are_asked_for(
    lab: Lab, exam: Path, out: Path, workers: int
) -> None:
    name = "DOE^JANE"
    words = text(name, AnchorPointAnnotationUnits="PIXEL", AnchorPoint=[2.0, 2.0])
    ps = state(
        lab,
        1,
        lab.ct(1),
        ContentLabel=name[:3],
        GraphicLayerSequence=[layer("L")],
        GraphicAnnotationSequence=[annotation(words, name="L")],
    )
    lab.save(ps, exam / "PR" / "1")
    plain = export(exam, out / "a", workers=workers)
    drawn = export(exam, out / "b", graphics=True, workers=workers)
    assert lab.pictures(out / "a")[PICTURES[0]] != lab.pictures(out / "b")[PICTURES[0]]
    for report, folder in ((plain, "a"), (drawn, "b")):
        said = (out / folder / report.manifest).read_text() + str(report) + repr(report)
        assert "DOE" not in said
        assert "1 text" in said


def test_what_becomes_of_states_that_cannot_be_drawn(lab: Lab, exam: Path, out: Path) -> None:
    """Each is in the report once, and costs itself alone."""
    image = lab.ct(1)
    known = {
        "colour": state(lab, 1, image, SOPClassUID=ColorSoftcopyPresentationStateStorage),
        "elsewhere": state(lab, 2, item(SOPInstanceUID="1.2.3.4")),
        "frames": state(lab, 3, references=[reference(image, 5)]),
        "huge": state(
            lab,
            4,
            image,
            lab.ct(2),
            DisplayedAreaSelectionSequence=[
                area((1, 1), (2**30, 2**30), "SCALE TO FIT", None, reference(image))
            ],
        ),
        "report": state(lab, 5, lab.ct(901)),
    }
    for name, ps in known.items():
        lab.save(ps, exam / "PR" / name)
    report = export(exam, out)
    codes = lab.codes(report)
    assert {name: codes[f"PR/{name}"] for name in known} == {
        "colour": "unsupported",
        "elsewhere": "no_image",
        "frames": "inconsistent",
        "huge": "limit",
        "report": "no_pixels",
    }
    statuses = {entry.source: entry.status for entry in report.entries}
    assert [statuses[f"PR/{name}"] for name in known] == [
        "failed",
        "skipped",
        "failed",
        "failed",
        "skipped",
    ]
    huge = next(entry for entry in report.entries if entry.source == "PR/huge")
    assert huge.pictures == (f"{FOLDER}/2_ps1.png",)
    assert len(report.entries) == len(statuses) == 8 + len(known)
    assert len(lab.pictures(out)) == 9 + 1


def test_a_name_that_ends_like_that_of_a_state_gets_another(
    lab: Lab, tmp_path: Path, out: Path
) -> None:
    """No picture takes the name of another, whatever files are called."""
    lab.save(lab.ct(1), tmp_path / "exam" / "a")
    lab.save(lab.ct(2), tmp_path / "exam" / "a_ps1")
    lab.save(state(lab, 1, lab.ct(1)), tmp_path / "exam" / "state")
    report = export(tmp_path / "exam", out, layout="{relative_path}")
    assert report.ok
    names = sorted(lab.pictures(out))
    assert len(names) == 3
    assert names[:2] == ["a.png", "a_ps1.png"]
    assert names[2].startswith("a_ps1~")


def test_into_the_sources_own_folder_and_again(lab: Lab, shown: Path) -> None:
    first = export(shown, shown, layout="{relative_path}")
    before = lab.tree(shown)
    assert export(shown, shown, layout="{relative_path}") == first
    assert lab.tree(shown) == before
    assert first.ok


def test_states_are_pictures_beside_films(shown: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = dk.export_fileset(shown, out, format="png", film="gif", presentation_states=True)
    made = {name for entry in report.entries for name in entry.pictures}
    assert made >= {*PICTURES, f"{FOLDER}/900.gif"}
    assert report.ok
    assert (
        dk.export_fileset(shown, out, format="png", film="gif", presentation_states=True) == report
    )
