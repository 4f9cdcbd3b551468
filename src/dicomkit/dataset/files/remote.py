"""File systems of fsspec: object stores, servers, memory. fsspec itself is not needed here."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol

from dicomkit.dataset.files.filesystems import Kind, Status, StreamFile, read_error
from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.limits import Limits

__all__ = ["Remote", "RemoteFileSystem"]

_KINDS: Final[dict[object, Kind]] = {"file": "file", "directory": "folder"}
_DIGEST_BYTES: Final = 6


class RemoteFileSystem(Protocol):
    """What is needed of a file system of fsspec."""

    def ls(self, path: str, detail: bool = ...) -> Any:  # noqa: ANN401, FBT001 - fsspec's own
        """List a folder: a mapping with ``name`` and ``type`` for each entry."""
        ...

    def info(self, path: str) -> Any:  # noqa: ANN401 - as above
        """Describe a path: a mapping with ``type``, ``size``, and what changes with the file."""
        ...

    def open(self, path: str, mode: str = ...) -> Any:  # noqa: ANN401 - any binary stream
        """Open a file."""
        ...


@dataclass(frozen=True, slots=True)
class Remote:
    """A file system of fsspec's as one of ours."""

    fs: RemoteFileSystem

    def list(self, folder: str) -> dict[str, Kind]:
        """Say what is in a folder."""
        with _refusals():
            entries = {entry["name"].strip("/"): entry for entry in self.fs.ls(folder, detail=True)}
            # Some stores list a folder among what is in it, and a file as its own folder.
            own = entries.pop(folder.strip("/"), None)
            if own is not None and _kind(own) != "folder":
                raise NotADirectoryError
        return {name.rpartition("/")[2]: _kind(entry) for name, entry in entries.items()}

    def status(self, path: str) -> Status:
        """Say what a path leads to."""
        with _refusals():
            info = self.fs.info(path)
            digest = hashlib.sha256(repr(info).encode()).digest()[:_DIGEST_BYTES]
            return Status(_kind(info), int(info.get("size") or 0), int.from_bytes(digest, "big"))

    def open(self, path: str, limits: Limits | None) -> StreamFile:  # noqa: ARG002 - the protocol's
        """Open a file."""
        status = self.status(path)
        if status.kind != "file":
            msg = "is a folder, not a file" if status.kind == "folder" else "is not a regular file"
            raise ReadError(msg, path=path)
        with _refusals():
            stream: BinaryIO = self.fs.open(path, "rb")
            return StreamFile(stream, status.size, float(status.modified))


def _kind(info: dict[str, Any]) -> Kind:
    return "other" if info.get("islink") else _KINDS.get(info.get("type"), "other")


@contextmanager
def _refusals() -> Iterator[None]:
    """Make one error of whatever a store and its client raise."""
    try:
        yield
    except OSError as error:
        raise read_error(error) from error
    except Exception as error:
        msg = f"the file system refuses: {type(error).__name__}"
        raise ReadError(msg) from error
