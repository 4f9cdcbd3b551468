"""One instance of an exam, read and opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.photometric import icc_profile
from dicomkit.errors import DicomKitError
from dicomkit.export.work.stamp import Stamp, stamp_of
from dicomkit.image.image import Image, open_image

if TYPE_CHECKING:
    from dicomkit.export.work.tasks import FilmPart, Settings, Task

__all__ = ["SourceImage", "open_source"]


@dataclass(frozen=True, slots=True)
class SourceImage:
    """An instance that is an image.

    Attributes
    ----------
    image : Image
    stamp : Stamp or None
        What the file is.
    """

    image: Image
    stamp: Stamp | None

    @property
    def begun(self) -> int:
        """How many frames are there at least in part, of those that are declared."""
        try:
            return self.image.frames.begun
        except Exception:  # noqa: BLE001 - whatever is wrong with them, none can be had
            return 0

    def is_plain(self, *, icc: bool) -> bool:
        """Tell whether no foreign code, which could crash, parses anything of it."""
        if icc and icc_profile(self.image.dataset):
            return False
        try:
            return self.image.frames.is_native
        except DicomKitError:
            return True


def open_source(settings: Settings, task: Task | FilmPart) -> SourceImage:
    """Read and open an instance.

    Raises
    ------
    DicomKitError
        It cannot be read, or is no image.
    """
    file = settings.file(task.source)
    # Before it is read: if it changes meanwhile, the picture will count as outdated.
    stamp = stamp_of(file)
    ds = read_dataset(file, limits=settings.limits)
    image = open_image(
        ds, lenient=settings.lenient, sample_color=settings.sample_color, limits=settings.limits
    )
    return SourceImage(image, stamp)
