"""One instance of an exam, read and opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.photometric import icc_profile
from dicomkit.dataset.modules.references import instance_uid
from dicomkit.errors import DicomKitError, InconsistentError
from dicomkit.export.work.stamp import Stamp, stamp_of
from dicomkit.image.image import Image, open_image

if TYPE_CHECKING:
    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.display.options import PictureOptions
    from dicomkit.export.work.tasks import FilmPart, Settings, Task

__all__ = ["SourceImage", "SourceState", "needs_no_decoder", "open_source", "open_state"]


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

    def is_plain(self, options: PictureOptions) -> bool:
        """Tell whether no foreign code, which could crash, parses anything for its pictures."""
        if options.icc and icc_profile(self.image.dataset):
            return False
        if options.segmentation is not None and not options.segmentation.is_plain:
            return False
        return needs_no_decoder(self.image)


@dataclass(frozen=True, slots=True)
class SourceState:
    """A presentation state of an exam.

    Attributes
    ----------
    source : str
        Its file.
    state : PresentationState
    stamp : Stamp or None
        What the file is.
    """

    source: str
    state: PresentationState
    stamp: Stamp | None

    def frames(self, image: Image) -> tuple[int, ...]:
        """Give the frames of an image that it is for.

        Raises
        ------
        InconsistentError
            There is none.
        """
        uid = instance_uid(image.dataset) or ""
        found = tuple(n for n in range(len(image)) if self.state.covers(uid, n))
        if not found:
            msg = "the presentation state references no frame that there is"
            raise InconsistentError(msg)
        return found


def open_state(settings: Settings, source: str) -> SourceState:
    """Read a presentation state.

    Raises
    ------
    DicomKitError
        It cannot be read, or is none that can be drawn.
    """
    from dicomkit.dataset.modules.presentation_state import presentation_state

    file = settings.file(source)
    stamp = stamp_of(file)
    state = presentation_state(read_dataset(file, limits=settings.limits))
    return SourceState(source, state, stamp)


def needs_no_decoder(image: Image) -> bool:
    """Tell whether this process can have an image's pixels, or find out what is wrong with them."""
    try:
        return image.frames.is_native
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
