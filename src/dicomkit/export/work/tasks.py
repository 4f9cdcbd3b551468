"""What travels to a worker and what comes back: plain values, whatever carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dicomkit.dataset.files.filesystems import file_in
from dicomkit.export.naming.names import frame_stem
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from dicomkit.dataset.files.filesystems import File, FileSystem
    from dicomkit.display.extent import Extent
    from dicomkit.display.options import PictureOptions
    from dicomkit.export.work.stamp import Stamp
    from dicomkit.notes import Note
    from dicomkit.stacking.stack import Stack
    from dicomkit.streams.header import SampleColor
    from dicomkit.volume.slices import VolumeValues

__all__ = [
    "MOST_ABSENT_FRAMES",
    "Alive",
    "AnySettings",
    "AnyTask",
    "Deferred",
    "Failure",
    "FilmPart",
    "Finished",
    "Halt",
    "Outcome",
    "Picture",
    "Remark",
    "Settings",
    "Surveyed",
    "Task",
    "VolumeSettings",
    "VolumeTask",
    "picture_path",
]

# A frame count that lies must not cost a million attempts.
MOST_ABSENT_FRAMES = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every picture of one export.

    Parameters
    ----------
    root, output : str
        Absolute folders: what sources are relative to, and where pictures go.
    suffix : str
        The pictures' kind, such as ``".jpg"``.
    quality : int
        As in `export_fileset`.
    overwrite : bool
        Whether other files at a picture's name are replaced.
    lenient, sample_color, limits
        As in `open_image`, for every image.
    output_identity : (int, int), optional
        What tells the output folder from another that takes its place, on this machine.
    filesystem : FileSystem or None
        Where the sources are, if not where the operating system says.
    film_suffix : str
        The films' kind, such as ``".mp4"``; empty where none are made.
    rate : float or None
        Frames a second of films; None where the files are to say it.
    """

    root: str
    output: str
    suffix: str
    quality: int
    overwrite: bool = False
    lenient: bool = False
    sample_color: SampleColor | None = None
    limits: Limits = DEFAULT_LIMITS
    output_identity: tuple[int, int] | None = None
    filesystem: FileSystem | None = None
    film_suffix: str = ""
    rate: float | None = None

    def file(self, source: str) -> File:
        """Give what can be opened, of a source by its path below the root."""
        return file_in(self.filesystem, f"{self.root}/{source}")


@dataclass(frozen=True, slots=True)
class VolumeSettings:
    """What holds for every volume of one export.

    Parameters
    ----------
    output : str
        An absolute folder: where volumes go.
    values, padding, limits
        As in `read_volume`.
    """

    output: str
    values: VolumeValues = "values"
    padding: float | None = None
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class FilmPart:
    """One file of a film: its place in the plan, its path, and how it is rendered."""

    index: int
    source: str
    options: PictureOptions


@dataclass(frozen=True, slots=True)
class Task:
    """One instance to be made into pictures, or one or more of them into a film.

    Parameters
    ----------
    index : int
        Its place in the plan.
    source : str
        Its file, relative to the root, with ``/`` between the parts.
    stem : str
        Its pictures' planned name.
    options : PictureOptions
        How it is rendered, which may differ from task to task.
    done : frozenset of int
        Frames whose pictures are there already.
    survey : bool
        Whether nothing is to be made, but only found out how far its views reach.
    state : str
        The file of the presentation state that it is drawn as, as ``source``; empty without one.
    film : tuple of FilmPart
        The files of the film that is to be made, in order: one with all of its frames, or
        several of one frame each. The others stand for the first of them.
    """

    index: int
    source: str
    stem: str
    options: PictureOptions
    done: frozenset[int] = frozenset()
    survey: bool = False
    state: str = ""
    film: tuple[FilmPart, ...] = ()


@dataclass(frozen=True, slots=True)
class VolumeTask:
    """One stack to be made into a file.

    Parameters
    ----------
    index : int
        Its place in the plan.
    path : str
        Where the file goes below the output folder, with ``/`` between the parts.
    stack : Stack
        Of files.
    overwrite : bool
        Whether what is there is replaced.
    """

    index: int
    path: str
    stack: Stack
    overwrite: bool = False


AnySettings: TypeAlias = Settings | VolumeSettings
AnyTask: TypeAlias = Task | VolumeTask


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is on the disk, whole; or the film that an instance is in.

    Parameters
    ----------
    index, frame, frames : int
        The instance, the frame, and how many frames it has. Of a film, which of its files the
        instance is, and how many there are.
    path : str
        Where it lies below the output folder, with ``/`` between the parts.
    size : int
        Bytes.
    sha256 : str
        Their digest, in hexadecimal.
    pipeline : str
        What was done to the stored values, as `DisplayPipeline` prints it.
    notes : tuple of Note
        What was noticed on the way.
    stamp : Stamp or None
        What the source was when it was read.
    state_stamp : Stamp or None
        The same of the presentation state that it is drawn as.
    """

    index: int
    frame: int
    frames: int
    path: str
    size: int
    sha256: str
    pipeline: str
    notes: tuple[Note, ...] = ()
    stamp: Stamp | None = None
    state_stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An instance or one of its frames without a picture.

    Parameters
    ----------
    index : int
        The instance.
    frame : int or None
        The frame, or None for the whole instance.
    code, message : str
        The reason, without any element's value.
    fatal : bool
        Whether the output folder takes nothing more, so that going on is useless.
    """

    index: int
    frame: int | None
    code: str
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The last word on a task: nothing more of it will come.

    Parameters
    ----------
    index : int
        The task.
    untried : int
        How many frames were given up, because those before them were not there.
    """

    index: int
    untried: int = 0


@dataclass(frozen=True, slots=True)
class Alive:
    """A sign of life within a task, so that long work does not count as hanging.

    There may be any number of them before a task's other outcomes. They are for whoever
    waits for the worker, and go no further.

    Parameters
    ----------
    index : int
        The task.
    """

    index: int


@dataclass(frozen=True, slots=True)
class Deferred:
    """A task that was not begun: it needs a decoder, and a process of its own for it."""

    index: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that concerns the export as a whole."""

    note: Note


@dataclass(frozen=True, slots=True)
class Halt:
    """The export cannot go on, and no instance is to blame."""

    message: str


@dataclass(frozen=True, slots=True)
class Surveyed:
    """How far a frame's views reach.

    Parameters
    ----------
    index : int
        The task.
    domain : str or None
        What its values mean: only frames with the same share a window. None if it has its
        own view, whatever the others have.
    extents : tuple of Extent
        One for each window that depends on the image; none if there is nothing to show.
    """

    index: int
    domain: str | None
    extents: tuple[Extent, ...] = ()


Outcome: TypeAlias = Picture | Failure | Finished | Alive | Deferred | Remark | Halt | Surveyed


def picture_path(stem: str, frame: int, frames: int, suffix: str) -> str:
    """Name one picture below the output folder.

    Parameters
    ----------
    stem : str
        The instance's planned name.
    frame, frames : int
        The frame, counted from 0, and how many there are: a single one has no number.
    suffix : str
        The pictures' kind.

    Returns
    -------
    str
        With ``/`` between the parts.

    Examples
    --------
    >>> picture_path("A/1", 0, 1, ".png"), picture_path("A/1", 0, 20, ".png")
    ('A/1.png', 'A/1_f0001.png')
    """
    return (stem if frames == 1 else frame_stem(stem, frame)) + suffix
