"""The files below a folder: every one of them, and those that a File ID names."""

from __future__ import annotations

import os
import re
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from dicomkit.dataset.files.filesystems import file_in
from dicomkit.dataset.files.opening import list_folder, status_of
from dicomkit.errors import DicomKitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dicomkit.dataset.files.filesystems import File, FileSystem, Kind

__all__ = ["Fault", "Folder", "Found", "plain_name"]

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
    """A folder and all below it, be it on the disk, in a zip or elsewhere.

    Links to something in the folder count as what they lead to, which is there anyway. Those
    that lead out are refused, unless they are to be followed.

    Parameters
    ----------
    root : str
        The folder, which may itself be a link or a zip.
    filesystem : FileSystem, optional
        Where it is; by default, where the operating system says.
    follow_links : bool
        Whether links that lead out of the folder are followed.
    """

    def __init__(
        self, root: str, filesystem: FileSystem | None = None, *, follow_links: bool = False
    ) -> None:
        self.root = root
        self._prefix = root if root.endswith(("/", os.sep)) else f"{root}/"
        self.filesystem = filesystem
        self._follow_links = follow_links
        self._real = os.path.realpath(root)
        self._listings: dict[str, Mapping[str, Kind] | Fault] = {}
        self._aliases: dict[str, dict[str, str]] = {}
        self._resolved: dict[tuple[str, ...], tuple[str, Mapping[str, Kind]]] = {}
        # The folder that is being gone through, lest it be listed twice.
        self._current: tuple[str | None, Mapping[str, Kind] | Fault] = None, {}
        # What lies outside, by its real path: where it is found, however many links lead to it.
        self._outside: dict[str, str] = {}

    def file(self, path: str) -> File:
        """Give what can be opened, for a path below the root."""
        return file_in(self.filesystem, self._prefix + path if path else self.root)

    def entries(self, start: str = "") -> Iterator[Found]:
        """Go through a folder and all below it: each folder first, then its files.

        In the order of names. Links that are to be followed come last, and what they lead to
        comes once.
        """
        links: deque[str] = deque()
        yield from self._below(start, links)
        # One of them may lead to what lies below another.
        for path in links:
            self.follow(path)
        seen: set[str] = set()
        while links:
            path = links.popleft()
            target = self.follow(path)
            if isinstance(target, Fault) or target.path != path or path in seen:
                yield Found(path, "link")
            elif target.kind == "folder":
                seen.add(path)
                yield from self._below(path, links, outside=True)
            else:
                seen.add(path)
                yield target

    def find(self, file_id: Sequence[str], start: str = "") -> str | Fault:
        """Find the regular file that a File ID names, by its path below the root.

        Upper and lower case, a version such as ``;1``, a dot at the end (ISO 9660) and an
        extension that says no more than DICOM do not matter where no file has the very name.

        Parameters
        ----------
        file_id : sequence of str
            Folders and a name.
        start : str
            The folder that it starts from, below the root.
        """
        known = self._resolved.get((start, *file_id[:-1]))
        if known is not None and known[1].get(file_id[-1]) == "file":
            return _join(known[0], file_id[-1])
        parts = [part for text in file_id for part in text.split("/") if part not in ("", ".")]
        if not parts or any(map(_leaves, file_id)) or ".." in parts:
            return Fault("unsafe_path", "the record's file lies outside the folder of the DICOMDIR")
        place = Found(start, "folder")
        for count, part in enumerate(parts):
            listing = self.listing(place.path) if place.kind == "folder" else {}
            if isinstance(listing, Fault):
                return Fault(listing.code, "the folder of the record's file cannot be read")
            if count == len(file_id) - 1 and parts == [*file_id]:
                self._resolved[start, *file_id[:-1]] = place.path, listing
            name = part if part in listing else self._alias(place.path, listing, part)
            if name is None:
                return Fault("missing_file", "the record's file is missing")
            place = Found(_join(place.path, name), listing[name])
            if place.kind == "link":
                target = self.follow(place.path)
                if isinstance(target, Fault):
                    return target
                place = target
        return place.path if place.kind == "file" else _not_a_file(place.kind)

    def named(self, folder: str, name: str) -> str | None:
        """Find a regular file in a folder by its name, however that is written there."""
        listing = self._current[1] if self._current[0] == folder else self.listing(folder)
        if isinstance(listing, Fault):
            return None
        plain = plain_name(name)
        alike = [other for other in listing if other.casefold().startswith(plain)]
        for other in sorted(alike, key=lambda other: (other != name, other)):
            if plain_name(other) == plain:
                found = Found(_join(folder, other), listing[other])
                target = self.follow(found.path) if found.kind == "link" else found
                if isinstance(target, Found) and target.kind == "file":
                    return target.path
        return None

    def follow(self, path: str) -> Found | Fault:
        """See where a link leads: to something below the root, or, if that is wanted, elsewhere."""
        real = os.path.realpath(self.file(path))
        inside = os.path.commonpath((real, self._real)) == self._real
        if not inside and not self._follow_links:
            return Fault("unsafe_path", "the link leads out of the folder; follow_links allows it")
        try:
            kind = status_of(real).kind
        except DicomKitError:
            return Fault("broken_link", "the link leads nowhere")
        if inside:
            return Found(os.path.relpath(real, self._real).replace(os.sep, "/"), kind)
        return Found(self._outside.setdefault(real, path), kind)

    def listing(self, path: str, *, keep: bool = True) -> Mapping[str, Kind] | Fault:
        """Say what is in a folder, by name, or why it cannot be told."""
        listing = self._listings.get(path)
        if listing is None:
            try:
                listing = list_folder(self.file(path))
            except DicomKitError as error:
                said = "the folder cannot be read" if error.code == "read" else error.message
                listing = Fault(error.code, said)
            if keep:
                self._listings[path] = listing
        return listing

    def _below(self, start: str, links: deque[str], *, outside: bool = False) -> Iterator[Found]:
        """Go through a folder and all below it, and set its links aside."""
        pending = [start]
        while pending:
            folder = pending.pop()
            if outside and folder != start and self._is_elsewhere(folder):
                continue
            listing = self.listing(folder, keep=False)
            self._current = folder, listing
            yield Found(folder, "folder")
            if isinstance(listing, Fault):
                yield Found(folder, "unreadable")
                continue
            inner = []
            for name in sorted(listing):
                path, kind = _join(folder, name), listing[name]
                if kind == "folder":
                    inner.append(path)
                elif kind == "link" and self._follow_links:
                    links.append(path)
                elif not (outside and self._is_elsewhere(path)):
                    yield Found(path, kind)
            pending.extend(reversed(inner))

    def _is_elsewhere(self, path: str) -> bool:
        """Tell whether what lies outside is found by another path: in the root, or by a link."""
        real = os.path.realpath(self.file(path))
        within = os.path.commonpath((real, self._real)) == self._real
        return within or self._outside.setdefault(real, path) != path

    def _alias(self, folder: str, listing: Mapping[str, Kind], part: str) -> str | None:
        if folder not in self._aliases:
            # Of two names that become one, the first stays.
            names = sorted(listing, reverse=True)
            self._aliases[folder] = {plain_name(name): name for name in names}
        return self._aliases[folder].get(plain_name(part))


def _not_a_file(kind: Kind) -> Fault:
    what = "a folder" if kind == "folder" else "no regular file"
    return Fault("not_a_file", f"the record's file is {what}")


def _leaves(text: str) -> bool:
    return text.startswith("/") or _DRIVE.match(text) is not None


def plain_name(name: str) -> str:
    """Reduce a name to what copies of a file have in common."""
    plain = _VERSION.sub("", name.casefold()).rstrip(".")
    return _EXTENSION.sub("", plain)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
