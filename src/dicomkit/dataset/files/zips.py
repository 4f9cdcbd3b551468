"""Zips as file systems (PKWARE APPNOTE 6.3): never unpacked to disk, nor beyond the limits."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from dicomkit.dataset.files.filesystems import FileSystem, Kind, Status
from dicomkit.dataset.files.recognition import is_zip
from dicomkit.dataset.files.sources import MemorySource, Source
from dicomkit.dataset.files.zip_members import DAMAGED, Inflated, Member, open_member
from dicomkit.errors import (
    DicomKitError,
    LimitError,
    ReadError,
    TruncatedError,
    UnsupportedError,
)
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from dicomkit.dataset.files.filesystems import OpenFile
    from dicomkit.limits import Limits

__all__ = ["Zip", "find_zip"]

_ENCRYPTED: Final = 1
# A zip in a zip in a zip.
_MOST_NESTED: Final = 3
# Some 250,000 names; in memory they take ten times as much.
_MOST_DIRECTORY_BYTES: Final = 1 << 25


def find_zip(system: FileSystem, path: str) -> tuple[Zip, str] | None:
    """Find the zip on the way to a path that is not there, and the path in it.

    Raises
    ------
    LimitError
        The zip is in too many others.
    """
    above = path
    while True:
        try:
            status = system.status(above)
        except DicomKitError:
            shorter = os.path.dirname(above.rstrip("/" + os.sep))  # noqa: PTH120 - any system's
            if shorter in ("", above):
                return None
            above = shorter
            continue
        if status.kind != "file" or not _is_zip(system, above):
            return None
        inside = path[len(above) :].replace(os.sep, "/").strip("/")
        return Zip(system, above), inside


def _is_zip(system: FileSystem, path: str) -> bool:
    source = system.open(path, DEFAULT_LIMITS)
    try:
        return is_zip(source.read(0, source.chunk))
    finally:
        source.close()


@dataclass(frozen=True, slots=True)
class _Directory:
    """What a zip holds: its files by path, and the names in every folder."""

    members: dict[str, Member] = field(default_factory=dict)
    folders: dict[str, dict[str, Kind]] = field(default_factory=lambda: {"": {}})

    def add(self, info: zipfile.ZipInfo) -> None:
        """Enter an entry; of two with one path the later counts, as when a zip is unpacked."""
        name = info.filename.replace("\\", "/")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.endswith("/"):
            self._add_folders(parts)
            return
        path = "/".join(parts)
        above = None
        if parts and ".." not in parts and not name.startswith("/") and path not in self.folders:
            above = self._add_folders(parts[:-1])
        if above is None:
            # On a disk, such a name would lead somewhere else, or nowhere beside its namesake.
            taken = name in self.folders[""]
            self.folders[""][f"{name}/" if taken else name] = "outside"
        elif stat.S_ISLNK(info.external_attr >> 16):
            self.folders[above][parts[-1]] = "other"
        else:
            self.folders[above][parts[-1]] = "file"
            self.members[path] = Member(
                info.header_offset,
                info.compress_size,
                info.file_size,
                info.CRC,
                info.compress_type,
                bool(info.flag_bits & _ENCRYPTED),
            )

    def _add_folders(self, parts: list[str]) -> str | None:
        """Make a path's folders; None where a file has the name of one."""
        above = ""
        for part in parts:
            path = f"{above}/{part}" if above else part
            if self.folders[above].setdefault(part, "folder") != "folder":
                return None
            self.folders.setdefault(path, {})
            above = path
        return above


@dataclass(frozen=True, slots=True)
class Zip:
    """A zip as a file system.

    Parameters
    ----------
    outer : FileSystem
        Where the zip lies: on the disk, in another zip, ...
    path : str
        Its path there.

    Raises
    ------
    LimitError
        It is a zip in a zip in a zip in a zip.
    """

    outer: FileSystem
    path: str

    def __post_init__(self) -> None:
        """Refuse zips that hold themselves, or each other."""
        outer, depth = self.outer, 1
        while isinstance(outer, Zip):
            outer, depth = outer.outer, depth + 1
        if depth > _MOST_NESTED:
            msg = f"zips nest deeper than {_MOST_NESTED} levels: unpack the outer ones"
            raise LimitError(msg)

    def list(self, folder: str) -> dict[str, Kind]:
        """Say what is in a folder of the zip; the root is the empty path."""
        folders = self._directory().folders
        if folder not in folders:
            raise _missing()
        return folders[folder]

    def status(self, path: str) -> Status:
        """Say what a path in the zip leads to; what is in it changes when the zip does."""
        directory = self._directory()
        modified = self.outer.status(self.path).modified
        if path in directory.folders:
            return Status("folder", 0, modified)
        if path not in directory.members:
            raise _missing()
        return Status("file", directory.members[path].size, modified)

    def open(self, path: str, limits: Limits | None) -> OpenFile:
        """Open a file in the zip."""
        member = self._directory().members.get(path)
        if member is None:
            raise _missing()
        if member.encrypted:
            msg = "is encrypted in its zip: unpack that with its password"
            raise ReadError(msg)
        if member.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            msg = "is compressed in its zip by another method than deflate: unpack that"
            raise UnsupportedError(msg)
        deflated = member.method == zipfile.ZIP_DEFLATED
        if deflated and limits is not None and member.size > limits.inflated_bytes:
            msg = (
                f"inflates to more than the limit of {limits.inflated_bytes} bytes; pass a larger "
                "Limits(inflated_bytes=...) if that is meant"
            )
            raise LimitError(msg)
        archive = self._opened()
        try:
            return open_member(archive, member, deflated=deflated)
        except BaseException:
            archive.close()
            raise

    def _opened(self) -> OpenFile:
        """Open the zip itself, so that it can be read from any place."""
        archive = self.outer.open(self.path, DEFAULT_LIMITS)
        if isinstance(archive, Inflated):
            status = self.outer.status(self.path)
            data = _inflate_whole(self.outer, self.path, status)
            archive.close()
            return _InMemory(data, archive.timestamp)
        return archive

    def _directory(self) -> _Directory:
        return _read_directory(self, self.outer.status(self.path))


# Whoever walks through a zip comes back to it for every file, and holds no open file meanwhile.
@lru_cache(maxsize=8)
def _read_directory(archive: Zip, status: Status) -> _Directory:  # noqa: ARG001 - one key more
    source = archive._opened()  # noqa: SLF001 - a method that is remembered
    try:
        stream = cast("BinaryIO", _Stream(source))
        with zipfile.ZipFile(stream) as opened:
            infos = opened.infolist()
    except DicomKitError:
        raise
    except NotImplementedError as error:
        msg = "the zip is of a version that cannot be read: unpack it"
        raise UnsupportedError(msg) from error
    except (zipfile.BadZipFile, EOFError, ValueError, OverflowError, struct.error) as error:
        raise TruncatedError(DAMAGED) from error
    finally:
        source.close()
    directory = _Directory()
    for info in infos:
        directory.add(info)
    return directory


# A zip that is compressed in another: reading it from any place needs all of it.
@lru_cache(maxsize=1)
def _inflate_whole(outer: FileSystem, path: str, status: Status) -> bytes:  # noqa: ARG001 - as above
    source = outer.open(path, DEFAULT_LIMITS)
    try:
        return source.read(0, source.size)
    finally:
        source.close()


class _InMemory(MemorySource):
    """A zip whose bytes are in memory."""

    on_disk = False

    def __init__(self, data: bytes, timestamp: float | None) -> None:
        super().__init__(data)
        self.timestamp = timestamp

    def close(self) -> None:
        """Leave the bytes to whoever else reads them."""


class _Stream:
    """What `zipfile` needs of a stream to find a zip's directory."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._source.size}[whence]
        if start + offset < 0:
            raise OSError
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int = -1) -> bytes:
        left = max(self._source.size - self._at, 0)
        length = left if length < 0 else min(length, left)
        if length > _MOST_DIRECTORY_BYTES:
            msg = "the zip holds more files than can be listed: unpack it"
            raise LimitError(msg)
        data = self._source.read(self._at, length)
        self._at += len(data)
        return data


def _missing() -> ReadError:
    error = ReadError("there is nothing of this name in the zip")
    error.__cause__ = FileNotFoundError()
    return error
