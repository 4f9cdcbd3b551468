"""A dataset at a glance: one small picture."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from dicomkit.dataset.modules.geometry import pixel_spacing
from dicomkit.display.options import PictureOptions
from dicomkit.display.png import encode_png
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.display.pipeline import Picture
    from dicomkit.image.image import Image

__all__ = ["fitted", "image_tag", "pixel_aspect", "thumbnail"]

_SMALLEST = 64


def thumbnail(image: Image, size: int = 96) -> Picture:
    """Render the middle frame, no larger than a square, in its true shape.

    Parameters
    ----------
    image : Image
    size : int
        The most pixels in a row or a column. Small images are not enlarged.

    Returns
    -------
    numpy.ndarray of uint8
        Shape (rows, columns), or (rows, columns, 3).

    Raises
    ------
    DicomKitError
        As `render`.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> thumbnail(dk.open_image(ds), 32).shape
    (32, 32)
    """
    frame = len(image) // 2
    picture = render_frame(image, frame, PictureOptions()).image
    return fitted(picture, pixel_aspect(image.dataset, frame), (size, size))


def pixel_aspect(ds: Dataset, frame: int) -> float:
    """Give a pixel's height in widths; 1 where nothing states it, or nothing that can be."""
    spacing = pixel_spacing(ds, frame)
    return (spacing and spacing.aspect) or 1.0


def fitted(picture: Picture, aspect: float, box: tuple[int, int]) -> Picture:
    """Shrink a picture of 8 bits until it fits into so many rows and columns.

    ``aspect`` is the height of its pixels in widths; those of the result are square.
    """
    rows, columns = picture.shape[:2]
    scale = min(box[0] / (rows * aspect), box[1] / columns, 1)
    small = (max(round(columns * scale), 1), max(round(rows * aspect * scale), 1))
    if small == (columns, rows):
        return picture
    resized = PIL.Image.fromarray(picture).resize(small, PIL.Image.Resampling.BILINEAR)
    return np.asarray(resized, np.uint8)


def image_tag(picture: Picture) -> str:
    """Give a picture as HTML that needs no other file; a tiny one is shown enlarged."""
    data = base64.b64encode(encode_png(picture)).decode("ascii")
    rows, columns = picture.shape[:2]
    zoom = max(_SMALLEST // max(rows, columns), 1)
    return (
        f'<img alt="" src="data:image/png;base64,{data}" width="{columns * zoom}"'
        f' height="{rows * zoom}" style="display:block;max-width:none;image-rendering:pixelated;'
        'outline:1px solid rgba(128,128,128,.45)">'
    )
