"""The real files that the tests of reading read, and a stream that is as bare as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import real_file

if TYPE_CHECKING:
    from pathlib import Path


def corpus() -> list[Path]:
    """List every file of pydicom's and pydicom-data's tests."""
    folders = {real_file("CT_small.dcm").parent, real_file("693_UNCI.dcm").parent}
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


NOT_DICOM = {
    "README",
    "README.txt",
    "crayons.icc",
    "rtplan.dump",
    "rtstruct.dump",
    "test1.json",
    "test_PN.json",
    "zipMR.gz",
}


class Unseekable:
    """A stream that can do nothing but read."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        return self._data


CT = real_file("CT_small.dcm").read_bytes()
