"""The plane of one frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.datasets import check_dataset, error_context
from dicomkit.dataset.modules.slices import place_slice
from dicomkit.image.image import Image, ImageLike, frame_number
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from typing import SupportsIndex

    from dicomkit.dataset.modules.plane import Plane

__all__ = ["frame_plane"]


def frame_plane(
    ds: ImageLike, /, frame: SupportsIndex = 0, *, limits: Limits = DEFAULT_LIMITS
) -> Plane | None:
    """Say where in the patient a frame lies (PS3.3 C.7.6.2.1.1, C.7.6.16.2.3).

    Position, orientation and spacing are each the frame's own, else those of all frames, else
    the file's. Frames of a dose grid lie where its Grid Frame Offset Vector says (C.8.8.3.2).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image, or its header alone.
    frame : int
        Counted from 0.
    limits : Limits
        How many frames may be declared.

    Returns
    -------
    Plane or None
        None where the file does not place it: it lacks a position, an orientation or a
        spacing, its cosines are no directions, or it is a mosaic of slices.

    Raises
    ------
    IndexError
        There is no such frame.
    LimitError
        More frames are declared than `limits` allow.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> plane = frame_plane(dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm")))
    >>> plane.position, plane.spacing
    ((-158.135803, -179.035797, -75.699997), (0.661468, 0.661468))
    """
    dataset = ds.dataset if isinstance(ds, Image) else ds
    check_dataset(dataset)
    with error_context(dataset):
        return place_slice(dataset, frame_number(frame), limits)
