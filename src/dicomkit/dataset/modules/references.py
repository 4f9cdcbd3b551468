"""Which images, and which of their frames, something is meant for (PS3.3 10.3, 10.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import integers, items, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.dataset import Dataset

__all__ = ["ImageReference", "applies", "image_references", "instance_uid", "referenced_images"]


@dataclass(frozen=True, slots=True)
class ImageReference:
    """A reference to an image, or to some of its frames.

    Attributes
    ----------
    sop_instance_uid : str
        The image.
    frames : frozenset of int, or None
        Which frames, counted from 0; None for all of them.

    Examples
    --------
    >>> reference = ImageReference("1.2.3", frozenset({0, 4}))
    >>> reference.covers("1.2.3", 4), reference.covers("1.2.3", 5)
    (True, False)
    """

    sop_instance_uid: str
    frames: frozenset[int] | None = None

    def covers(self, sop_instance_uid: str, frame: int) -> bool:
        """Tell whether it is to a frame, counted from 0, of an image."""
        return self.sop_instance_uid == sop_instance_uid and (
            self.frames is None or frame in self.frames
        )


def instance_uid(ds: Dataset) -> str | None:
    """Give the SOP Instance UID that a dataset, or what stands before it in its file, has."""
    meta = getattr(ds, "file_meta", None)
    stated = None if meta is None else text(meta, "MediaStorageSOPInstanceUID")
    return text(ds, "SOPInstanceUID") or stated


def image_references(ds: Dataset) -> tuple[ImageReference, ...]:
    """Read a Referenced Image Sequence; empty where there is none."""
    found = []
    for item in items(ds, "ReferencedImageSequence"):
        uid = text(item, "ReferencedSOPInstanceUID")
        if uid is not None:
            # Frames count from 1 in files. An element that is there but broken means no frame.
            stated = "ReferencedFrameNumber" in item
            numbers = integers(item, "ReferencedFrameNumber")
            frames = frozenset(number - 1 for number in numbers) if stated else None
            found.append(ImageReference(uid, frames))
    return tuple(found)


def referenced_images(ds: Dataset) -> tuple[ImageReference, ...]:
    """Read the references of a Referenced Series Sequence (PS3.3 C.11.11)."""
    series = items(ds, "ReferencedSeriesSequence")
    return tuple(one for item in series for one in image_references(item))


def applies(references: Iterable[ImageReference], uid: str, frame: int) -> bool:
    """Tell whether an item with these references is for a frame: one without any is for all."""
    known = tuple(references)
    return not known or any(one.covers(uid, frame) for one in known)
