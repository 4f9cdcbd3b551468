"""An image, by whatever leads to it: a path, an instance, a dataset; or opened already."""

from __future__ import annotations

import os
from typing import TypeAlias

from dicomkit.dataset.elements.datasets import Dataset
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.fileset.instances import Instance
from dicomkit.image.image import Image, ImageLike, open_image
from dicomkit.limits import DEFAULT_LIMITS, Limits

__all__ = ["ImageSource", "open_source"]

ImageSource: TypeAlias = str | os.PathLike[str] | Instance | ImageLike


def open_source(source: ImageSource, *, limits: Limits = DEFAULT_LIMITS) -> Image:
    """Read what has to be read, and open the image.

    Raises
    ------
    DicomKitError
        It cannot be read, or is no image.
    TypeError
        It is something else.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> open_source(get_testdata_file("CT_small.dcm", download=False))
    <Image: 128 x 128, grey, int16>
    """
    if isinstance(source, str | os.PathLike):
        source = read_dataset(source, limits=limits)
    if not isinstance(source, Dataset | Image):
        kind = type(source).__name__
        msg = f"expected a path, an Instance, a pydicom Dataset or an Image, not {kind}"
        raise TypeError(msg)
    return open_image(source, limits=limits)
