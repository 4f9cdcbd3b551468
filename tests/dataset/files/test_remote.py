"""fsspec's file systems, by the one that lives in memory."""

from __future__ import annotations

import io
import pickle
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tests.conftest import real_file

from dicomkit.dataset.files.deferred import FileBytes
from dicomkit.dataset.files.filesystems import StoredFile
from dicomkit.dataset.files.opening import list_folder, open_file, status_of
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.files.remote import Remote
from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from pathlib import Path

CT = real_file("CT_small.dcm").read_bytes()


@pytest.fixture
def exam() -> StoredFile:
    """Give a folder in memory that no other test has."""
    fs = import_module("fsspec").filesystem("memory")
    root = f"/{uuid4()}"
    fs.pipe({f"{root}/DICOM/IM1": CT, f"{root}/readme.txt": b"no scan"})
    return StoredFile(root, Remote(fs))


def below(folder: StoredFile, name: str) -> StoredFile:
    return StoredFile(f"{folder.path}/{name}", folder.filesystem)


def test_folders_and_files(exam: StoredFile) -> None:
    assert list_folder(exam) == {"DICOM": "folder", "readme.txt": "file"}
    assert list_folder(below(exam, "DICOM")) == {"IM1": "file"}
    assert status_of(below(exam, "DICOM")).kind == "folder"
    assert status_of(below(exam, "DICOM/IM1"))[:2] == ("file", len(CT))
    with open_file(below(exam, "DICOM/IM1")) as source:
        assert source.read(128, 4) == b"DICM"
        assert source.size == len(CT)


def test_a_dataset(exam: StoredFile) -> None:
    image = below(exam, "DICOM/IM1")
    ds = read_dataset(image)
    assert (ds.Modality, ds.filename) == ("CT", image.path)
    assert FileBytes(image, 128, 132)[:] == b"DICM"


def test_a_zip_there(exam: StoredFile) -> None:
    assert isinstance(exam.filesystem, Remote)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/IM2", CT)
    exam.filesystem.fs.pipe(f"{exam.path}/exam.zip", buffer.getvalue())  # type: ignore[attr-defined]
    assert list_folder(below(exam, "exam.zip")) == {"a": "folder"}
    assert read_dataset(below(exam, "exam.zip/a/IM2")).Modality == "CT"


def test_what_is_not_there(exam: StoredFile) -> None:
    for name in ("nothing", "DICOM/nothing", "readme.txt/nothing"):
        with pytest.raises(ReadError) as caught, open_file(below(exam, name)):
            pass
        assert caught.value.path == f"{exam.path}/{name}"
    with pytest.raises(ReadError):
        list_folder(below(exam, "readme.txt"))
    with pytest.raises(ReadError, match="folder"), open_file(below(exam, "DICOM")):
        pass


def test_a_change_is_seen(exam: StoredFile) -> None:
    assert isinstance(exam.filesystem, Remote)
    before = status_of(below(exam, "readme.txt"))
    assert status_of(below(exam, "readme.txt")) == before
    exam.filesystem.fs.pipe(f"{exam.path}/readme.txt", b"another")  # type: ignore[attr-defined]
    assert status_of(below(exam, "readme.txt")) != before


def test_it_is_a_value_that_travels(exam: StoredFile) -> None:
    there = pickle.loads(pickle.dumps(exam))  # noqa: S301 - made in the same line
    assert there == exam
    assert hash(there) == hash(exam)
    assert list_folder(there) == list_folder(exam)


def test_links_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CT)
    (tmp_path / "link").symlink_to("file")
    folder = StoredFile(str(tmp_path), Remote(import_module("fsspec").filesystem("file")))
    assert list_folder(folder) == {"file": "file", "link": "other"}


class Refusing:
    """A store whose client raises what it likes."""

    def ls(self, path: str, detail: bool = True) -> Any:  # noqa: ANN401, FBT002 - fsspec's
        raise RuntimeError(path, detail)

    def info(self, path: str) -> Any:  # noqa: ANN401 - as above
        raise RuntimeError(path)

    def open(self, path: str, mode: str = "rb") -> Any:  # noqa: ANN401 - as above
        raise RuntimeError(path, mode)


def test_whatever_a_client_raises_becomes_an_error_of_ours() -> None:
    file = StoredFile("bucket/exam", Remote(Refusing()))
    with pytest.raises(ReadError, match="RuntimeError") as caught:
        list_folder(file)
    assert caught.value.path == "bucket/exam"
    with pytest.raises(ReadError), open_file(file):
        pass
