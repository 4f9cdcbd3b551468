"""What happens to a finished picture as a whole: profile, paint, overlays, square pixels."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from dicomkit.dataset.modules.geometry import MOST_OBLONG, pixel_spacing
from dicomkit.dataset.modules.photometric import icc_profile
from dicomkit.display.resizing import resized
from dicomkit.errors import LimitError
from dicomkit.image.overlays import laid_over, read_overlays
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.display.options import PictureOptions
    from dicomkit.display.pipeline import Picture
    from dicomkit.image.image import Image

__all__ = ["burn_in", "finish", "in_srgb", "with_square_pixels"]

_COLOR_NDIM = 3
# Spacings that differ by less than this many parts of one are the same pixel shape.
_SAME_SPACING = 1e-3


def finish(
    picture: Picture, image: Image, frame: int, options: PictureOptions
) -> tuple[Picture, tuple[Note, ...]]:
    """Do with a picture what was asked for; without any of it, there is nothing to load."""
    notes: list[Note] = []
    if options.icc:
        picture, found = in_srgb(picture, image.dataset)
        notes.extend(found)
    if options.segmentation is not None:
        picture, found = options.segmentation.over(np.asarray(picture, np.uint8), image, frame)
        notes.extend(found)
    if options.overlays:
        picture, found = burn_in(picture, image, frame)
        notes.extend(found)
    if options.square:
        picture, found = with_square_pixels(picture, image, frame)
        notes.extend(found)
    return picture, tuple(notes)


def burn_in(picture: Picture, image: Image, frame: int) -> tuple[Picture, tuple[Note, ...]]:
    """Draw every graphic overlay of a frame in white (PS3.3 C.9.2).

    Regions of interest are left out: they mark pixels for measuring, not for reading.
    """
    found, notes = read_overlays(image, frame)
    drawn = picture.copy()
    white = np.iinfo(picture.dtype).max
    regions = []
    for overlay in found:
        mask = laid_over(overlay, frame, (picture.shape[0], picture.shape[1]))
        if mask is not None and overlay.kind != "R":
            drawn[mask] = white
        elif mask is not None:
            message = f"overlay group {overlay.group:04X} marks a region of interest: not drawn"
            regions.append(Note("overlay_region", message))
    return drawn, (*notes, *regions)


def in_srgb(picture: Picture, ds: Dataset) -> tuple[Picture, tuple[Note, ...]]:
    """Convert a colour picture of 8 bits from its ICC profile to sRGB (PS3.3 C.11.15).

    A picture without a profile stays as it is; so does one whose profile cannot be used,
    which is noted.
    """
    profile = icc_profile(ds)
    if profile is None or picture.ndim != _COLOR_NDIM:
        return picture, ()
    if picture.dtype != np.uint8:
        message = "an ICC profile is applied to pictures of 8 bits only: left out"
        return picture, (Note("icc_ignored", message),)
    # Pillow's colour management takes a while to load and is seldom needed.
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            PIL.Image.fromarray(picture), source, ImageCms.createProfile("sRGB")
        )
    except (ImageCms.PyCMSError, OSError):
        return picture, (Note("icc_ignored", "the ICC profile cannot be used: left out"),)
    return np.asarray(converted, np.uint8), ()


def with_square_pixels(
    picture: Picture, image: Image, frame: int
) -> tuple[Picture, tuple[Note, ...]]:
    """Enlarge a picture along one axis until its pixels are square (PS3.3 C.7.6.3.1.7)."""
    spacing = pixel_spacing(image.dataset, frame)
    if spacing is None:
        return picture, (Note("spacing_unknown", "no pixel spacing: pixels taken as square"),)
    ratio = spacing.aspect
    if ratio is None:
        msg = f"no pixel is {MOST_OBLONG} times as long as wide: leave them as they are"
        raise LimitError(msg, frame=frame)
    if abs(ratio - 1) < _SAME_SPACING:
        return picture, ()
    growth = max(ratio, 1 / ratio)
    if picture.nbytes * growth > image.limits.frame_bytes:
        msg = (
            f"square pixels would make the picture {growth:.4g} times as large, over the limit; "
            "pass a larger Limits(frame_bytes=...) or leave the pixels as they are"
        )
        raise LimitError(msg, frame=frame)
    rows, columns = picture.shape[:2]
    size = (columns, round(rows * ratio)) if ratio > 1 else (round(columns / ratio), rows)
    return resized(picture, size), ()
