"""How fast the frames of an image are to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.datasets import check_dataset, error_context
from dicomkit.dataset.modules.cine import cine_rate
from dicomkit.image.image import Image, ImageLike

if TYPE_CHECKING:
    from dicomkit.dataset.modules.cine import FrameRate

__all__ = ["frame_rate"]


def frame_rate(ds: ImageLike, /) -> FrameRate | None:
    """Say how fast the frames of an image are to be shown (PS3.3 C.7.6.5).

    Recommended Display Frame Rate says it where it is there. Else the time from one frame to the
    next does: Frame Time Vector or Frame Time, whichever Frame Increment Pointer names, and the
    vector where it names neither or both. Else Cine Rate.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image, or its header alone.

    Returns
    -------
    FrameRate or None
        What `save_film` takes. None where the file says nothing that can be used, as that of a
        single frame, or of slices.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> path = pydicom.data.get_testdata_file("examples_ybr_color.dcm", download=False)
    >>> rate = dk.frame_rate(dk.read_dataset(path))
    >>> rate.per_second, rate.source
    (30.00030000300003, 'FrameTime')
    """
    dataset = ds.dataset if isinstance(ds, Image) else ds
    check_dataset(dataset)
    with error_context(dataset):
        return cine_rate(dataset)
