"""Whatever identifies a patient, pictures stay in the output folder and never share a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from tests.bad.files import with_values

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE: Final = (
    b"../../x",
    b"..\\..\\x",
    b"/etc/cron.d/x",
    b"C:\\x",
    b"CON",
    b"con.txt",
    b"NUL\0byte",
    b"two\nlines",
    b"tab\there",
    b"x" * 300,
    b"x" * 301,
    b".",
    b"..",
    b"...",
    b".hidden",
    b"dot.",
    b"",
    b" ",
    b"~",
    b"$HOME",
    b"`id`",
    b"a b",
    b"a/b",
    b"a:b",
    b"A:B",
    b"name",
    b"Name",
    b"NAME",
    b"\xff\xfe\xfd",
    b"-rf",
    b"a*?",
)
LAYOUT: Final = "{patient_id}/{study_id}/{instance_number}"


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an image for each of the identities, in the patient's and the study's place."""
    folder = tmp_path_factory.mktemp("exam")
    for number, value in enumerate(HOSTILE):
        uid = b"1.2.3.%d" % number
        identity = {"PatientID": value, "StudyID": value, "SOPInstanceUID": uid}
        (folder / f"{number:02}").write_bytes(with_values("MR_small.dcm", **identity))
    return folder


@pytest.mark.parametrize("layout", [LAYOUT, "{study_id}{patient_id}", "{patient_id}"])
def test_hostile_identities_give_distinct_names_inside(
    layout: str, exam: Path, tmp_path: Path
) -> None:
    output = tmp_path / "pictures"
    report = dk.export_fileset(exam, output, layout=layout, workers=1)
    assert report.ok
    pictures = [picture for entry in report.entries for picture in entry.pictures]
    assert len(pictures) == len(HOSTILE)
    assert len({picture.casefold() for picture in pictures}) == len(HOSTILE)
    for picture in pictures:
        place = (output / picture).resolve()
        assert place.is_relative_to(output)
        assert place.stat().st_size > 100
        assert all(len(part) <= 80 and part.isascii() for part in place.relative_to(output).parts)
    # Nothing was written anywhere else.
    assert {path.name for path in tmp_path.iterdir()} == {"pictures"}


def test_a_link_at_a_pictures_place_is_not_followed(exam: Path, tmp_path: Path) -> None:
    output, victim = tmp_path / "pictures", tmp_path / "victim"
    planned = dk.export_fileset(exam, output, workers=1)
    picture = output / planned.entries[0].pictures[0]
    picture.unlink()
    victim.write_text("mine", encoding="ascii")
    picture.symlink_to(victim)
    again = dk.export_fileset(exam, output, workers=1)
    assert victim.read_text(encoding="ascii") == "mine"
    assert [entry.code for entry in again.failed] == ["exists"]


def test_a_linked_folder_in_the_output_is_not_written_through(exam: Path, tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "pictures", tmp_path / "elsewhere"
    first = dk.export_fileset(exam, tmp_path / "plan", workers=1).entries[0].pictures[0]
    output.mkdir()
    elsewhere.mkdir()
    (output / first.split("/")[0]).symlink_to(elsewhere)
    report = dk.export_fileset(exam, output, workers=1)
    assert [*elsewhere.iterdir()] == []
    assert "unsafe_path" in {entry.code for entry in report.failed}
