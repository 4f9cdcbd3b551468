"""A segmentation as a choice that travels: a path, opened where it is needed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dicomkit.dataset.files.opening import status_of
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.segmentation import is_segmentation, segment_colors
from dicomkit.errors import DicomKitError, InconsistentError
from dicomkit.image.image import Image, open_image
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.regions.masks import layout_of, masks_on
from dicomkit.transforms.painting import paint

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray

__all__ = ["SegmentationFile"]


@dataclass(frozen=True, slots=True)
class SegmentationFile:
    """A segmentation to be painted over pictures; picklable, and hashable.

    Parameters
    ----------
    path : str
        Its file.
    limits : Limits
        As in `open_image`.
    stamp : (int, int), optional
        Its size and when it was changed: another file at its path is another choice.
    """

    path: str
    limits: Limits = DEFAULT_LIMITS
    stamp: tuple[int, int] | None = None

    @classmethod
    def at(cls, path: str | os.PathLike[str], limits: Limits) -> SegmentationFile:
        """Choose the file at a path, as it is now.

        Raises
        ------
        ReadError
            There is none.
        """
        # Links stay as they are given, and workers may work elsewhere.
        absolute = os.path.abspath(path)  # noqa: PTH100
        found = status_of(absolute)
        return cls(absolute, limits, (found.size, found.modified))

    def image(self) -> Image:
        """Open it; one process does so once.

        Raises
        ------
        DicomKitError
            It cannot be read, or is no segmentation.
        """
        return _opened(self)

    @property
    def is_plain(self) -> bool:
        """Whether no foreign code, which could crash, decodes anything of it."""
        try:
            return self.image().frames.is_native
        except DicomKitError:
            return True

    def over(
        self, picture: npt.NDArray[np.uint8], image: Image, frame: int
    ) -> tuple[AnyArray, tuple[Note, ...]]:
        """Paint what lies on a frame over its picture; elsewhere the picture stays as it is.

        Raises
        ------
        DicomKitError
            The segmentation cannot be read or decoded.
        """
        seg = self.image()
        if is_segmentation(image.dataset):
            return picture, ()
        try:
            masks = masks_on(seg, image, frame)
        except InconsistentError as error:
            return picture, (Note("segmentation_elsewhere", f"nothing painted: {error.message}"),)
        shown = {number: mask for number, mask in masks.items() if mask.any()}
        if not shown:
            return picture, ()
        return paint(picture, shown, dict(segment_colors(seg.dataset))), ()


@lru_cache(maxsize=2)
def _opened(file: SegmentationFile) -> Image:
    image = open_image(read_dataset(file.path, limits=file.limits), limits=file.limits)
    # What is broken as a whole is no matter of the picture that it is to be laid over.
    image.remembered(layout_of)
    return image
