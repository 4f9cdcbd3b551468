"""One instance of an exam, read; its frames are opened when they are first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from dicomkit.dataset.description import describe_image
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.icc import icc_profile
from dicomkit.display.render import open_frames
from dicomkit.errors import DicomKitError
from dicomkit.export.work.stamp import Stamp, stamp_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription
    from dicomkit.dataset.pixels.reader import FrameReader
    from dicomkit.display.options import PictureOptions
    from dicomkit.export.work.tasks import Task

__all__ = ["SourceImage"]


class SourceImage:
    """An instance that is an image.

    Parameters
    ----------
    root : str
        The folder that the task's source is relative to.
    task : Task
        Names the file, and says how it is to be drawn.

    Attributes
    ----------
    ds : pydicom.dataset.Dataset
    image : ImageDescription
        What it says of its pixels.
    options : PictureOptions
    stamp : Stamp or None
        What the file is.

    Raises
    ------
    DicomKitError
        It cannot be read, or is no image.
    """

    def __init__(self, root: str, task: Task) -> None:
        self.options: PictureOptions = task.options
        path = f"{root}/{task.source}"
        # Before it is read: if it changes meanwhile, the picture will count as outdated.
        self.stamp: Stamp | None = stamp_of(path)
        self.ds: Dataset = read_dataset(path, limits=task.options.limits)
        self.image: ImageDescription = describe_image(self.ds, task.options.limits)

    @cached_property
    def frames(self) -> FrameReader:
        """The opened frames; where they cannot be opened, asking again says so again."""
        return open_frames(self.ds, self.options, self.image)

    @property
    def begun(self) -> int:
        """How many frames are there at least in part, of those that are declared."""
        try:
            return min(self.frames.begun, self.image.frames)
        except Exception:  # noqa: BLE001 - whatever is wrong with them, none can be had
            return 0

    @property
    def is_plain(self) -> bool:
        """Whether no foreign code, which could crash, parses anything of it."""
        if self.options.icc and icc_profile(self.ds):
            return False
        try:
            return self.frames.is_native
        except DicomKitError:
            return True
