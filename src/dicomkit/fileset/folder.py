"""The files below a folder: every one of them, and those that a File ID names."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Fault", "Folder", "Found"]

Kind: TypeAlias = Literal["file", "folder", "link", "other", "unreadable"]

_VERSION: Final = re.compile(r";\d+$")
# What copying programs append to a File ID, which has no extension (PS3.10 8.2). Any other
# ending may tell files apart, as in names made of UIDs.
_EXTENSION: Final = re.compile(r"\.(?:dcm|dicom|dic|dc3|ima|img)$")
_DRIVE: Final = re.compile(r"[A-Za-z]:")


class Fault(NamedTuple):
    """Why a path cannot be used."""

    code: str
    message: str


class Found(NamedTuple):
    """Something in a folder: its path below the root, and what it is."""

    path: str
    kind: Kind


class Folder:
    """A folder and all below it. Links are looked at, not followed.

    Parameters
    ----------
    root : str
        The folder; may itself be a link.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._real = os.path.realpath(root)
        self._listings: dict[str, dict[str, Kind]] = {}
        self._aliases: dict[str, dict[str, str]] = {}

    def files(self) -> Iterator[Found]:
        """Go through everything below that is no folder, and folders that cannot be read.

        In the order of names, the files of a folder before its folders.
        """
        pending = [""]
        while pending:
            folder = pending.pop()
            try:
                listing = _list(Path(self.root, folder))
            except OSError:
                yield Found(folder, "unreadable")
                continue
            for name in sorted(listing):
                if listing[name] != "folder":
                    yield Found(_below(folder, name), listing[name])
            inner = [name for name in sorted(listing) if listing[name] == "folder"]
            pending.extend(_below(folder, name) for name in reversed(inner))

    def find(self, file_id: Sequence[str]) -> str | Fault:
        """Find the regular file that a File ID names, by its path below the root.

        Upper and lower case, a version such as ``;1``, a dot at the end (ISO 9660) and an
        extension that says no more than DICOM do not matter where no file has the very name.
        """
        parts = [part for text in file_id for part in text.split("/") if part not in ("", ".")]
        if not parts or any(map(_leaves, file_id)) or ".." in parts:
            return Fault("unsafe_path", "the record's file lies outside the folder of the DICOMDIR")
        path = ""
        kind: Kind = "folder"
        for part in parts:
            name = self._match(path, part) if kind == "folder" else None
            if name is None:
                return Fault("missing_file", "the record's file is missing")
            kind = self._listing(path)[name]
            path = _below(path, name)
            if kind == "link":
                target = self.follow(path)
                if isinstance(target, Fault):
                    return target
                path, kind = target
        return path if kind == "file" else _not_a_file(kind)

    def follow(self, path: str) -> Found | Fault:
        """See where a link leads: to something else below the root, or to nothing of use."""
        real = os.path.realpath(Path(self.root, path))
        if os.path.commonpath((real, self._real)) != self._real:
            return Fault("unsafe_path", "the link leads out of the folder")
        try:
            mode = Path(real).stat().st_mode
        except OSError:
            return Fault("broken_link", "the link leads nowhere")
        kind: Kind = "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"
        return Found(os.path.relpath(real, self._real), kind)

    def _listing(self, path: str) -> dict[str, Kind]:
        if path not in self._listings:
            try:
                self._listings[path] = _list(Path(self.root, path))
            except OSError:
                self._listings[path] = {}
        return self._listings[path]

    def _match(self, path: str, part: str) -> str | None:
        listing = self._listing(path)
        if part in listing:
            return part
        if path not in self._aliases:
            # Of two names that become one, the first stays.
            names = sorted(listing, reverse=True)
            self._aliases[path] = {_alias(name): name for name in names}
        return self._aliases[path].get(_alias(part))


def _not_a_file(kind: Kind) -> Fault:
    what = "a folder" if kind == "folder" else "no regular file"
    return Fault("not_a_file", f"the record's file is {what}")


def _leaves(text: str) -> bool:
    return text.startswith("/") or _DRIVE.match(text) is not None


def _alias(name: str) -> str:
    plain = _VERSION.sub("", name.casefold()).rstrip(".")
    return _EXTENSION.sub("", plain)


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _list(path: Path) -> dict[str, Kind]:
    with os.scandir(path) as entries:
        return {entry.name: _kind(entry) for entry in entries}


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
