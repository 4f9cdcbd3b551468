"""What lies in a folder beside images: zips, further DICOMDIRs, links, what cannot be looked at."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.fileset.discs import (
    directory_of,
    image,
    make_image,
    patient,
    series,
    study,
    write,
    zip_folder,
)

import dicomkit as dk
from dicomkit.dataset.files import filesystems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMAGE = make_image("1.2.3.4.1")


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def found(walker: dk.FileSetWalker) -> list[str]:
    return [one.path.relative_to(walker.folder).as_posix() for one in walker]


def problems(walker: dk.FileSetWalker) -> dict[str, str]:
    said = {one.path.relative_to(walker.folder).as_posix(): one.code for one in walker.problems}
    assert len(said) == len(walker.problems)
    return said


@pytest.mark.parametrize("name", ["exam.zip", "EXAM", "exam.dcm"])
def test_a_zip_in_a_folder_is_told_by_its_bytes(tmp_path: Path, name: str) -> None:
    # An image whose preamble begins like a zip's, and which is called one, is an image.
    other = b"PK\x03\x04\x14" + make_image("1.2.3.4.2", instance=2)[5:]
    write(tmp_path, {name: zipped({"a/IM1": IMAGE, "b": b"none"}), "image.zip": other})
    walker = dk.FileSetWalker(tmp_path)
    assert sorted(found(walker)) == sorted([f"{name}/a/IM1", "image.zip"])
    assert problems(walker) == {name: "zip", f"{name}/b": "not_dicom"}
    (series_,) = walker.series()
    assert [dk.read_dataset(one).InstanceNumber for one in series_] == [1, 2]
    rows = walker.rows(elements=["Rows"])
    assert [row["Rows"] for row in rows] == [8, 8]
    assert rows[0]["path"] == str(tmp_path / name / "a" / "IM1")


def test_a_zip_without_dicom_is_one_file_like_any_other(tmp_path: Path) -> None:
    files = {f"classes/{number}.class": b"\xca\xfe\xba\xbe" for number in range(50)}
    write(tmp_path, {"viewer.jar": zipped(files), "IM1": IMAGE, "none.zip": zipped({})})
    walker = dk.FileSetWalker(tmp_path)
    assert found(walker) == ["IM1"]
    assert problems(walker) == {"viewer.jar": "not_dicom", "none.zip": "not_dicom"}
    # As the root, it is spoken of file by file.
    assert len(dk.FileSetWalker(tmp_path / "viewer.jar").problems) == 50


def test_a_zip_that_is_damaged_is_a_loss_of_its_own(tmp_path: Path) -> None:
    whole = zipped({"IM2": make_image("1.2.3.4.2")})
    files = {"a.zip": whole[:-9], "b.zip": b"PK\x03\x04" + bytes(500), "IM1": IMAGE}
    walker = dk.FileSetWalker(write(tmp_path, files))
    assert found(walker) == ["IM1"]
    assert problems(walker) == {"a.zip": "truncated", "b.zip": "not_dicom"}
    with pytest.raises(dk.DicomKitError) as caught:
        dk.read_dataset(tmp_path / "a.zip" / "IM2")
    assert caught.value.path == str(tmp_path / "a.zip" / "IM2")


def test_zips_in_zips_end(tmp_path: Path) -> None:
    data = zipped({"IM": IMAGE})
    for _ in range(4):
        data = zipped({"z": data})
    walker = dk.FileSetWalker(write(tmp_path, {"z": data}))
    assert found(walker) == []
    assert problems(walker) == {"z": "zip", "z/z": "zip", "z/z/z": "zip", "z/z/z/z": "limit"}


def test_a_bomb_costs_itself(tmp_path: Path) -> None:
    bomb = IMAGE + bytes(1 << 20)
    walker = dk.FileSetWalker(
        write(tmp_path, {"x.zip": zipped({"bomb": bomb, "IM1": IMAGE})}),
        limits=dk.Limits(inflated_bytes=1 << 16),
    )
    assert found(walker) == ["x.zip/IM1"]
    assert problems(walker) == {"x.zip": "zip", "x.zip/bomb": "limit"}
    assert list(tmp_path.iterdir()) == [tmp_path / "x.zip"]


def test_what_is_odd_in_a_zip_is_reported_and_costs_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "exam.zip", "w") as archive:
        for name in ("../outside", "/absolute", "a/../../b", "good"):
            archive.writestr(name, IMAGE)
        archive.writestr("bzip2", IMAGE, zipfile.ZIP_BZIP2)
    walker = dk.FileSetWalker(tmp_path / "exam.zip")
    assert found(walker) == ["good"]
    codes = {one.path.name: one.code for one in walker.problems}
    assert codes == {
        "outside": "unsafe_path",
        "absolute": "unsafe_path",
        "b": "unsafe_path",
        "bzip2": "unsupported",
    }


def test_a_folder_or_a_file_of_a_zip_can_be_the_root(tmp_path: Path) -> None:
    listed = directory_of(patient(study(series(image("IM1")))))
    files = {"one/DICOMDIR": listed, "one/IM1": IMAGE, "one/IM2": IMAGE, "two/IM3": IMAGE}
    place = zip_folder(write(tmp_path / "exam", files), tmp_path / "exam.zip")
    assert found(dk.FileSetWalker(place / "one")) == ["IM1", "IM2"]
    assert found(dk.FileSetWalker(place / "one" / "DICOMDIR")) == ["IM1"]
    assert found(dk.FileSetWalker(place / "two" / "IM3")) == ["IM3"]
    assert dk.FileSetWalker(place / "one" / "DICOMDIR").folder == place / "one"
    assert dk.FileSetWalker(place).summary().splitlines()[1] == f"  Root directory: {place}"
    for missing in ("three", "two/IM4", "two/IM3/x"):
        with pytest.raises(dk.ReadError):
            dk.FileSetWalker(place / missing)


def test_what_a_directory_could_have_listed_is_told_from_what_none_could(tmp_path: Path) -> None:
    listed = directory_of(patient(study(series(image("IM1")))))
    write(
        tmp_path,
        {
            "a": zipped({"DICOMDIR": listed, "IM1": b"never opened", "IM2": IMAGE}),
            "b": IMAGE,
            "c/DICOMDIR": listed,
            "c/IM1": b"never opened",
            "c/d/IM3": IMAGE,
            "e/IM4": IMAGE,
        },
    )
    walker = dk.FileSetWalker(tmp_path)
    marks = {one.path.relative_to(tmp_path).as_posix(): one.listed for one in walker}
    assert marks == {
        "a/IM1": True,
        "a/IM2": False,
        "b": None,
        "c/IM1": True,
        "c/d/IM3": False,
        "e/IM4": None,
    }


def test_a_directory_s_link_leads_to_its_files(tmp_path: Path) -> None:
    listed = directory_of(patient(study(series(image("IM1"), image("IM2", 2)))))
    write(tmp_path, {"meta/dir": listed, "IM1": b"never opened", "meta/IM2": b"never opened"})
    (tmp_path / "DICOMDIR").symlink_to("meta/dir")
    walker = dk.FileSetWalker(tmp_path)
    # Beside the link, or else where it leads to.
    assert found(walker) == ["IM1", "meta/IM2"]
    assert problems(walker) == {"DICOMDIR": "link"}


def test_a_record_further_down_that_leads_to_what_was_found_before(tmp_path: Path) -> None:
    listed = directory_of(patient(study(series(image("OVER\\IM1")))))
    write(tmp_path, {"a/IM1": IMAGE, "b/DICOMDIR": listed})
    (tmp_path / "b" / "OVER").symlink_to("../a")
    walker = dk.FileSetWalker(tmp_path)
    assert found(walker) == ["a/IM1"]
    assert problems(walker) == {
        "a/IM1": "duplicate",
        "b/DICOMDIR": "dicomdir",
        "b/OVER": "link",
    }


def test_an_entry_that_cannot_be_looked_at_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"IM1": IMAGE, "bad": IMAGE, "folder/IM2": IMAGE})
    real = filesystems._kind

    def kind(entry: os.DirEntry[str]) -> str:
        return "unreadable" if entry.name == "bad" else real(entry)

    monkeypatch.setattr(filesystems, "_kind", kind)
    walker = dk.FileSetWalker(tmp_path)
    assert found(walker) == ["IM1", "folder/IM2"]
    assert [(one.path.name, one.code, one.message) for one in walker.problems] == [
        ("bad", "read", "cannot be looked at")
    ]


def test_links_out_of_the_folder_are_followed_where_that_is_wanted(tmp_path: Path) -> None:
    listed = directory_of(patient(study(series(image("OUT\\IM2", 2), image("IM1")))))
    write(tmp_path, {"exam/DICOMDIR": listed, "exam/IM1": b"never opened"})
    write(tmp_path, {"far/IM2": b"never opened", "far/IM3": make_image("1.2.3.4.3", instance=3)})
    (tmp_path / "exam" / "OUT").symlink_to("../far")
    (tmp_path / "exam" / "AGAIN").symlink_to("../far/IM2")
    refusing = dk.FileSetWalker(tmp_path / "exam")
    assert found(refusing) == ["IM1"]
    assert {one.code for one in refusing.problems} == {"unsafe_path"}
    following = dk.FileSetWalker(tmp_path / "exam", follow_links=True)
    assert found(following) == ["OUT/IM2", "IM1", "OUT/IM3"]
    assert [one.listed for one in following] == [True, True, False]


def test_no_image_is_opened_that_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = directory_of(patient(study(series(image("IM1"), image("IM2", 2)))))
    write(tmp_path, {"DICOMDIR": listed, "IM1": IMAGE, "IM2": IMAGE, "IM3": IMAGE})
    opened: list[str] = []
    real = filesystems.Disk.open

    def open_(disk: filesystems.Disk, path: str, limits: dk.Limits | None) -> object:
        opened.append(os.path.basename(path))  # noqa: PTH119 - as it was given
        return real(disk, path, limits)

    monkeypatch.setattr(filesystems.Disk, "open", open_)
    assert len(list(dk.FileSetWalker(tmp_path))) == 3
    assert opened == ["DICOMDIR", "IM3"]


def numbered(*numbers: int | None) -> dict[str, bytes]:
    """Make images whose order is that of their slices, against that of their names and UIDs."""
    return {
        f"IM{9 - place}": make_image(
            f"1.2.3.4.{9 - place}", instance=number, position=float(10 * place)
        )
        for place, number in enumerate(numbers)
    }


def test_a_slice_is_asked_where_it_lies_only_where_numbers_tie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = numbered(1, 2, 2, 2, 3)
    leaves = [image(name, n) for name, n in zip(files, (1, 2, 2, 2, 3), strict=True)]
    for leaf, name in zip(leaves, files, strict=True):
        leaf.said = image(name, int(name[-1])).said.rpartition(b"\x20\x00\x13\x00")[0]
        leaf.said += b"\x20\x00\x13\x00IS\x02\x00" + b"12223"[9 - int(name[-1]) :][:1] + b" "
    listed = directory_of(patient(study(series(*leaves))))
    write(tmp_path, files | {"DICOMDIR": listed})
    opened: list[str] = []
    real = filesystems.Disk.open

    def open_(disk: filesystems.Disk, path: str, limits: dk.Limits | None) -> object:
        opened.append(os.path.basename(path))  # noqa: PTH119 - as it was given
        return real(disk, path, limits)

    monkeypatch.setattr(filesystems.Disk, "open", open_)
    (by_directory,) = dk.FileSetWalker(tmp_path).series()
    assert sorted(opened) == ["DICOMDIR", "IM6", "IM7", "IM8"]
    (by_files,) = dk.FileSetWalker(tmp_path, dicomdir="ignore").series()
    expected = ["IM9", "IM8", "IM7", "IM6", "IM5"]
    assert [one.path.name for one in by_directory] == expected
    assert [one.path.name for one in by_files] == expected
    assert [one.slice_position for one in by_directory] == [None, 10.0, 20.0, 30.0, None]


def test_slices_without_numbers_are_in_the_order_of_space(tmp_path: Path) -> None:
    write(tmp_path, numbered(None, None, None))
    (only,) = dk.FileSetWalker(tmp_path).series()
    assert [one.path.name for one in only] == ["IM9", "IM8", "IM7"]


def test_who_is_asked_may_turn_out_to_be_another(tmp_path: Path) -> None:
    """Two records share a number; one of their files is of another series."""
    files = {
        "IM1": make_image("1.2.3.4.1", instance=1),
        "IM2": make_image("1.2.9.1", instance=1, patient_id="P2", series="1.2.9"),
    }
    listed = directory_of(patient(study(series(image("IM1", 1), image("IM2", 1, "1.2.3.4.2")))))
    walker = dk.FileSetWalker(write(tmp_path, files | {"DICOMDIR": listed}))
    assert [[one.patient_id for one in group] for group in walker.series()] == [["P1"], ["P2"]]
    assert problems(walker) == {"IM2": "mismatch"}
    # Whoever opens a file for a table has it speak for itself.
    rows = walker.rows(elements=["PatientID"])
    assert [(row["patient_id"], row["PatientID"]) for row in rows] == [("P1", "P1"), ("P2", "P2")]
    assert [row["patient_id"] for row in walker.rows(per="series", elements=["Rows"])] == [
        "P1",
        "P2",
    ]


def test_no_fixed_column_differs_from_the_chosen_one(tmp_path: Path) -> None:
    files = {"IM1": make_image("1.2.9.1", patient_id="P2", series="1.2.9", number=8)}
    listed = directory_of(patient(study(series(image("IM1")))))
    walker = dk.FileSetWalker(write(tmp_path, files | {"DICOMDIR": listed}))
    assert walker.rows()[0]["patient_id"] == "P1"
    for per in ("instance", "series"):
        (row,) = walker.rows(per=per, elements=["PatientID", "SeriesNumber"])
        assert (row["patient_id"], row["series_number"]) == ("P2", 8)
        assert (row["PatientID"], row["SeriesNumber"]) == ("P2", 8)
        assert [one.code for one in walker.problems] == ["mismatch"]


def test_an_image_without_a_sop_class_is_no_directory(tmp_path: Path) -> None:
    walker = dk.FileSetWalker(write(tmp_path, {"IM1": make_image("1.2.3.4.1", media_class=b"")}))
    (instance,) = walker
    assert (instance.sop_class_uid, instance.sop_instance_uid) == (None, "1.2.3.4.1")
    assert walker.problems == ()


def test_a_wrong_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'auto', 'only' or 'ignore'"):
        dk.FileSetWalker(tmp_path, dicomdir="never")  # type: ignore[arg-type]
