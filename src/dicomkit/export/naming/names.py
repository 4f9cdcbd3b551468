"""Safe names, planned for a whole exam so that no two pictures share one.

A value of a file is text that a stranger chose. What is not a plain name becomes one,
with a digest that keeps different values apart.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dicomkit.export.naming.layout import Part
from dicomkit.export.writing.encoding import FORMATS
from dicomkit.export.writing.film import FILMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dicomkit.export.naming.layout import Layout
    from dicomkit.notes import Note

__all__ = ["FilmPlace", "Named", "Planned", "assign_stems", "frame_stem", "safe_part", "state_stem"]

_OTHER = re.compile(r"[^A-Za-z0-9._-]")
_OUTER_DOTS = re.compile(r"^\.+|\.+$")
_NUMBERED = re.compile(r"_(f|ps)\d+$", re.IGNORECASE)
_SUFFIXED = re.compile(rf"({'|'.join(map(re.escape, {**FORMATS, **FILMS}))})$", re.IGNORECASE)
# Names of devices on Windows, with or without an extension.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_LONGEST = 64
_DIGITS = 8
_ALL_DIGITS = 64

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FilmPlace:
    """Which part of a film an instance is.

    Parameters
    ----------
    stem : str
        The film's name below the output folder, without suffix.
    place, count : int
        Which of the film's files it is, counted from 0, and how many there are: all frames of
        one, or one frame each of several.
    """

    stem: str
    place: int
    count: int


class Planned(NamedTuple):
    """One instance and the name that its pictures will have.

    Parameters
    ----------
    source : str
        Its file, relative to the source, with ``/`` between the parts.
    sop_instance_uid : str
        As the source states it; empty if it does not.
    stem : str
        The name below the output folder, without frame number and suffix.
    series : str
        The same for all instances of one series.
    notes : tuple of Note
        What was noticed about where the instance was found.
    state : str
        The file of the presentation state that it is drawn as; empty without one.
    film : FilmPlace or None
        Its place in a film; None where its frames become pictures.
    """

    source: str
    sop_instance_uid: str
    stem: str
    series: str = ""
    notes: tuple[Note, ...] = ()
    state: str = ""
    film: FilmPlace | None = None


class Named(NamedTuple):
    """What an instance's name is made of.

    Parameters
    ----------
    values : mapping of str to str
        A value for each field of the layout; empty where the instance has none.
    sop_instance_uid : str
        Tells apart instances that would share a name.
    source : str
        The instance's file, relative to the source: tells apart copies of an instance.
    series : str
        Tells apart series that would share a folder's name.
    """

    values: Mapping[str, str]
    sop_instance_uid: str
    source: str
    series: str = ""


class _FolderName(NamedTuple):
    """A folder's name before it is made safe, and whose it is where that is not clear."""

    part: Part
    series: str = ""


def safe_part(text: str) -> str:
    """Make a name for a folder or a file out of any text.

    Letters and digits of ASCII, ``.``, ``_`` and ``-`` stay. Text that holds anything
    else, is empty, starts or ends with a dot, is longer than 64 characters or is a
    device's name on Windows changes, and gets ``~`` and eight digits of its SHA-256.

    Parameters
    ----------
    text : str
        Any text. It is brought to Unicode's form C first.

    Returns
    -------
    str
        At most 64 characters of ASCII. Different texts give different names, also
        where upper and lower case count as the same, unless they differ in case alone.

    Examples
    --------
    >>> safe_part("98890234"), safe_part("../x"), safe_part("")
    ('98890234', '___x~d6b96a97', 'unknown~e3b0c442')
    """
    return _safe(_plain(text))


def frame_stem(stem: str, frame: int) -> str:
    """Name one frame of a multi-frame instance.

    Parameters
    ----------
    stem : str
        The instance's name.
    frame : int
        Counted from 0; in the name it counts from 1.

    Returns
    -------
    str
        The name with the frame's number.

    Examples
    --------
    >>> frame_stem("98890234/20010101/4/1", 0)
    '98890234/20010101/4/1_f0001'
    """
    return f"{stem}_f{frame + 1:04d}"


def state_stem(stem: str, number: int) -> str:
    """Name an instance as one of its presentation states shows it.

    Parameters
    ----------
    stem : str
        The instance's name.
    number : int
        Which of its states, counted from 1.

    Examples
    --------
    >>> state_stem("98890234/20010101/4/1", 1)
    '98890234/20010101/4/1_ps1'
    """
    return f"{stem}_ps{number}"


def assign_stems(layout: Layout, instances: Sequence[Named]) -> list[str]:
    """Plan the names of a whole exam.

    Values that would share a folder's name get a digest of the value each. Series that
    share the number or the description that their folder is called by get a folder each, with
    a digest of the series, so that the pictures of one stay together. Instances
    that would share a file's name get a digest of their SOP Instance UID each, and
    copies of one instance a digest that takes in where they lie. Names that differ in
    case alone count as shared. No name depends on the order of `instances`.

    Parameters
    ----------
    layout : Layout
        Where pictures go.
    instances : sequence of Named
        No two with the same source.

    Returns
    -------
    list of str
        For each instance, its path below the output folder with ``/`` between the
        parts, without frame number and suffix. No two are the same.

    Examples
    --------
    >>> from dicomkit.export.naming.layout import parse_layout
    >>> layout = parse_layout("{patient_id}/{instance_number}")
    >>> assign_stems(layout, [
    ...     Named({"patient_id": "A", "instance_number": "1"}, "1.2.3", "CT1"),
    ...     Named({"patient_id": "A", "instance_number": "1"}, "1.2.4", "CT2"),
    ...     Named({"patient_id": "A", "instance_number": "2"}, "1.2.5", "CT3"),
    ... ])
    ['A/1~c47f5b18', 'A/1~30f3fada', 'A/2']
    """
    folders = [""] * len(instances)
    for level in range(len(layout.levels) - 1):
        wanted = [_FolderName(layout.part(level, instance.values)) for instance in instances]
        if level == layout.series_level:
            wanted = _by_series(folders, wanted, instances)
        children: dict[str, set[_FolderName]] = {}
        for folder, name in zip(folders, wanted, strict=True):
            children.setdefault(folder, set()).add(name)
        paths = {
            (folder, name): f"{folder}{safe}/"
            for folder, members in children.items()
            for name, safe in _without_clashes(members, _folder_name).items()
        }
        folders = [paths[key] for key in zip(folders, wanted, strict=True)]
    files: dict[str, list[int]] = {}
    for index, folder in enumerate(folders):
        files.setdefault(folder, []).append(index)
    stems = folders
    for folder, indices in files.items():
        names = _without_clashes(
            indices, lambda index, attempt: _file_name(layout, instances[index], attempt)
        )
        for index, own in names.items():
            stems[index] = folder + own
    return stems


def _by_series(
    folders: Sequence[str], names: Sequence[_FolderName], instances: Sequence[Named]
) -> list[_FolderName]:
    """Give each series a folder of its own where several would share one."""
    sharing: dict[tuple[str, _FolderName], set[str]] = {}
    keys = list(zip(folders, names, strict=True))
    for key, instance in zip(keys, instances, strict=True):
        sharing.setdefault(key, set()).add(instance.series)
    return [
        name._replace(series=instance.series) if len(sharing[folder, name]) > 1 else name
        for (folder, name), instance in zip(keys, instances, strict=True)
    ]


def _folder_name(name: _FolderName, attempt: int) -> str:
    if name.series:
        return f"{_safe(name.part)}~{_digest(name.series, _digits(attempt + 1))}"
    return _marked(name.part, _digits(attempt)) if attempt else _safe(name.part)


def _file_name(layout: Layout, instance: Named, attempt: int) -> str:
    if layout.keeps_paths:
        *above, last = (_plain(part) for part in instance.source.split("/"))
        # A folder could else have the name of a picture.
        folders = [
            _marked(part, _DIGITS) if _SUFFIXED.search(part.text) else _safe(part) for part in above
        ]
        folder, part = "".join(f"{name}/" for name in folders), last
    else:
        folder, part = "", layout.part(-1, instance.values)
    # A name that ends like a frame's, or a state's, could be that of another instance.
    name = folder + (_marked(part, _DIGITS) if _NUMBERED.search(part.text) else _safe(part))
    if attempt == 0:
        return name
    if attempt == 1:
        return f"{name}~{_digest(instance.sop_instance_uid)}"
    copy = f"{instance.sop_instance_uid}\0{instance.source}"
    return f"{name}~{_digest(copy, _digits(attempt - 1))}"


def _digits(attempt: int) -> int:
    # Whoever forges the short digest does not forge the long one.
    return _DIGITS if attempt == 1 else _ALL_DIGITS


def _without_clashes(members: Iterable[Item], name: Callable[[Item, int], str]) -> dict[Item, str]:
    """Give every member its first name; those that clash all make another attempt."""
    attempts = dict.fromkeys(members, 0)
    names = {member: name(member, 0) for member in attempts}
    while True:
        groups: dict[str, list[Item]] = {}
        for member, given in names.items():
            groups.setdefault(given.casefold(), []).append(member)
        clashing = [member for group in groups.values() if len(group) > 1 for member in group]
        if not clashing:
            return names
        for member in clashing:
            attempts[member] += 1
            names[member] = name(member, attempts[member])


def _plain(text: str) -> Part:
    normal = unicodedata.normalize("NFC", text)
    return Part(normal, normal)


def _safe(part: Part) -> str:
    text = part.text
    plain = text and not _OTHER.search(text) and not _OUTER_DOTS.search(text)
    if plain and len(text) <= _LONGEST and not _RESERVED.fullmatch(text):
        return text
    return _marked(part, _DIGITS)


def _marked(part: Part, digits: int) -> str:
    kept = _OUTER_DOTS.sub(lambda dots: "_" * len(dots[0]), _OTHER.sub("_", part.text))
    kept = kept or "unknown"
    if _RESERVED.fullmatch(kept):
        # "CON~..." is free, but "CON.x~..." would still be the device.
        kept = f"_{kept}"
    return f"{kept[: _LONGEST - 1 - _DIGITS]}~{_digest(part.key, digits)}"


def _digest(text: str, digits: int = _DIGITS) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
