"""The whole exam on paper, before a single picture is made."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.files.filesystems import file_in
from dicomkit.dataset.files.opening import status_of
from dicomkit.errors import DicomKitError
from dicomkit.export.bookkeeping.manifest import is_manifest_name
from dicomkit.export.bookkeeping.report import ExportEntry
from dicomkit.export.naming.names import FilmPlace, Named, Planned, assign_stems
from dicomkit.export.reels import find_reels
from dicomkit.export.writing.atomic import is_temporary
from dicomkit.fileset.instances import series_key
from dicomkit.fileset.walker import walk_by
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.stacking.headers import HeaderReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dicomkit.dataset.files.filesystems import File, FileSystem
    from dicomkit.export.bookkeeping.report import Status
    from dicomkit.export.naming.layout import Layout
    from dicomkit.export.reels import Reel
    from dicomkit.fileset.instances import Instance, Problem
    from dicomkit.fileset.walker import FileSetWalker
    from dicomkit.limits import Limits

__all__ = ["Plan", "plan_exam", "problem_entry"]

# What a walk leaves out because it is no image, or because it is told to; not what is lost.
_NO_LOSS = frozenset(
    {"dicomdir", "duplicate", "inactive", "link", "not_dicom", "not_listed", "zip"}
)
_NUMBERED = re.compile(r"(_ps\d+)?(_f\d+)?$", re.ASCII)
_NOTHING_LISTED = Note(
    "nothing_listed",
    "the DICOMDIR lists nothing that is there, and no other file was looked at: take its folder",
)
_UNLISTED = Note("not_listed", "the DICOMDIR has no record of this file")


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be exported, and what will not.

    Parameters
    ----------
    source : str
        What was asked for, as an absolute path without links.
    root : str
        The absolute folder that sources are relative to.
    filesystem : FileSystem or None
        Where that is, if not where the operating system says.
    instances : tuple of Planned
        What will be tried.
    others : tuple of ExportEntry
        Everything else that was found.
    notes : tuple of Note
        What concerns the exam as a whole.
    """

    source: str
    root: str
    filesystem: FileSystem | None
    instances: tuple[Planned, ...]
    others: tuple[ExportEntry, ...]
    notes: tuple[Note, ...] = ()


def plan_exam(
    walker: FileSetWalker,
    layout: Layout,
    output: str | os.PathLike[str],
    *,
    films: bool = False,
    presentation_states: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Plan:
    """Walk through an exam and give every instance its name, by what its own file says.

    Parameters
    ----------
    walker : FileSetWalker
        The exam.
    layout : Layout
        Where pictures go.
    output : path-like
        The output folder. What lies there is not part of the exam.
    films : bool
        Whether what belongs together becomes a film, which takes the headers of all files.
    presentation_states : bool
        Whether each presentation state is a picture of the images that it references.
    limits : Limits
        For reading headers and states.

    Returns
    -------
    Plan
        Identities only, no pixels.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.export.naming.layout import parse_layout
    >>> from dicomkit.fileset.walker import FileSetWalker
    >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
    >>> plan = plan_exam(walker, parse_layout("{modality}/{instance_number}"), "out")
    >>> plan.instances[0].source, plan.instances[0].stem
    ('77654033/CR1/6154', 'CR/1~dc9ea9b3')
    """
    folder = walker.folder
    above = os.path.join(folder, "")  # noqa: PTH118 - ends in a separator, as no Path does
    inside = _output_below(walker, output)
    # Thousands of instances share a few values.
    shared: dict[str, str] = {}
    notes: dict[str, tuple[Note, ...]] = {}
    named = []
    states: dict[str, Instance] = {}
    instances = []
    headers = HeaderReader(limits)
    walk = walk_by(walker, headers.identity, confirm=True) if films else walker.confirmed()
    for instance in walk:
        source = _source(instance.path, above)
        if inside is None or not source.startswith(inside):
            values = {name: _value(instance, name, shared) for name in layout.fields}
            key = repr(series_key(instance))
            key = shared.setdefault(key, key)
            named.append(Named(values, instance.sop_instance_uid or "", source, key))
            if films:
                instances.append(instance)
            if instance.listed is False:
                notes[source] = (_UNLISTED,)
            if instance.record_type == "PRESENTATION":
                states[source] = instance
    reels = find_reels(instances, headers) if films else []
    stems = assign_stems(layout, [*named, *_films_named(reels, named)])
    # Into the source's own folder, only names tell an export's files from the exam's.
    own = set(stems) if inside == "./" else None
    others = _others(walker, above, inside, own, notes)
    places = _film_places(reels, stems, len(named))
    planned = tuple(
        Planned(
            one.source,
            one.sop_instance_uid,
            stem,
            one.series,
            notes.get(one.source, ()),
            film=places.get(index),
        )
        for index, (one, stem) in enumerate(zip(named, stems, strict=False))
    )
    if presentation_states:
        from dicomkit.export.states import plan_states

        # They have had a part in the names, so that those of images are the same without them.
        planned, unused = plan_states(states, planned, limits)
        others = [*unused, *others]
    source, root = str(walker.root), str(folder)
    if walker.filesystem is None:
        source = os.path.realpath(source)
        root = os.path.abspath(root)  # noqa: PTH100 - links stay as they are given
    alone = folder != walker.root and walker.dicomdir != "ignore"
    remarks = (_NOTHING_LISTED,) if alone and not planned else ()
    return Plan(source, root, walker.filesystem, planned, tuple(others), remarks)


def _others(
    walker: FileSetWalker,
    above: str,
    inside: str | None,
    own: set[str] | None,
    notes: dict[str, tuple[Note, ...]],
) -> list[ExportEntry]:
    """Give the entries of what is no instance, and enter into `notes` what concerns one."""
    others = []
    for problem in walker.problems:
        source = _source(problem.path, above)
        if problem.code == "mismatch":
            # Its instance is there, as what it says itself.
            notes[source] = (Note("mismatch", problem.message),)
        elif not (inside is not None and source.startswith(inside)) and not (
            own is not None and _is_own(source, problem, own)
        ):
            others.append(problem_entry(problem, source, walker.filesystem))
    return others


def _films_named(reels: Sequence[Reel], named: Sequence[Named]) -> list[Named]:
    """Give the films of series what their names are made of."""
    films = []
    for reel in reels:
        if len(reel.members) > 1:
            first = named[reel.members[0]]
            number = f"series_v{reel.number:02}" if reel.number else "series"
            own = {"instance_number": number, "sop_instance_uid": reel.series_instance_uid}
            values = {**first.values, **{name: own[name] for name in own if name in first.values}}
            source = f"{first.source.rpartition('/')[0]}/{number}".removeprefix("/")
            films.append(Named(values, reel.series_instance_uid, source, first.series))
    return films


def _film_places(reels: Sequence[Reel], stems: Sequence[str], first: int) -> dict[int, FilmPlace]:
    """Say which instance goes where; the names of series' films are behind the instances'."""
    names = iter(stems[first:])
    places = {}
    for reel in reels:
        count = len(reel.members)
        stem = next(names) if count > 1 else stems[reel.members[0]]
        places.update(
            {index: FilmPlace(stem, place, count) for place, index in enumerate(reel.members)}
        )
    return places


def _output_below(walker: FileSetWalker, output: str | os.PathLike[str]) -> str | None:
    """Give what the sources in the output folder would start with, if they lie side by side."""
    if walker.filesystem is not None:
        return None
    below = os.path.relpath(os.path.realpath(output), os.path.realpath(walker.folder)) + os.sep
    return below.replace(os.sep, "/")


def _source(path: Path, above: str) -> str:
    # What `Path.relative_to` gives, in a tenth of its time.
    return os.fspath(path).removeprefix(above).replace(os.sep, "/")


def _is_own(source: str, problem: Problem, stems: set[str]) -> bool:
    """Tell whether a file is an export's own, where pictures go into the source's folder."""
    if is_temporary(source.rpartition("/")[2]):
        # It may be gone already.
        return True
    if problem.code not in ("not_dicom", "not_listed"):
        return False
    stem = source.rpartition(".")[0]
    return stem in stems or _NUMBERED.sub("", stem, count=1) in stems or is_manifest_name(source)


def _value(instance: Instance, name: str, shared: dict[str, str]) -> str:
    value = getattr(instance, name)
    text = "" if value is None else str(value)
    return shared.setdefault(text, text)


def problem_entry(
    problem: Problem, source: str, filesystem: FileSystem | None = None
) -> ExportEntry:
    """Say what a walk could not use: skipped where nothing is lost by it, else failed."""
    # `Path.is_symlink` raises where a folder on the way cannot be searched.
    harmless = problem.code in _NO_LOSS or os.path.islink(problem.path)  # noqa: PTH114
    if problem.code == "not_a_file":
        # A FIFO that lies there is none; one that a record stands for should have been an image,
        # and it is the DICOMDIR's fault that it is not.
        harmless = not _is_file(file_in(filesystem, os.fspath(problem.path)))
    status: Status = "skipped" if harmless else "failed"
    return ExportEntry(source, status, (), problem.code, problem.message)


def _is_file(file: File) -> bool:
    with suppress(DicomKitError):
        return status_of(file).kind == "file"
    return False
