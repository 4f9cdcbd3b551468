"""Values in physical units, and the views that a file offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.dataset.description import describe_image
from dicomkit.dataset.located import located
from dicomkit.dataset.modality import ModalityStep, modality_step
from dicomkit.dataset.pixels.frames import read_frame
from dicomkit.display.frames import checked_frame, gathered
from dicomkit.display.views import GrayFrame
from dicomkit.errors import UnitsError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.pixels.header import SampleColor
    from dicomkit.dataset.voi import VoiOption
    from dicomkit.transforms.arrays import AnyArray, FloatArray

__all__ = ["to_hu", "to_values", "voi_options"]


def to_values(
    ds: Dataset,
    /,
    frame: int | None = None,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FloatArray:
    """Give values after the Modality step: rescaled, or through the Modality LUT (C.11.1).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        An image. One without a Modality step, and one of colour, gives its stored values.
    frame : int, optional
        One frame, counted from 0; None is all of them.
    lenient, sample_color, limits
        As in `stored_values`.

    Returns
    -------
    numpy.ndarray of float32
        Shape (rows, columns), with a last axis of 3 for colour and a first axis for frames
        where there are several and ``frame`` is None.

    Raises
    ------
    DicomKitError
        As `stored_values`.
    IndexError
        There is no such frame.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> values = dk.to_values(ds)
    >>> values.shape, values.min(), values.max()
    ((128, 128), np.float32(-896.0), np.float32(1167.0))
    """

    def values(index: int) -> FloatArray:
        decoded = read_frame(ds, index, lenient=lenient, sample_color=sample_color, limits=limits)
        return _in_units(modality_step(ds, index, image), decoded.values)

    with located(ds):
        image = describe_image(ds, limits)
        return gathered(values, image.frames, frame, limits)


def to_hu(
    ds: Dataset,
    /,
    frame: int | None = None,
    *,
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> FloatArray:
    """Give Hounsfield units, or say why there are none.

    Values are in Hounsfield units where Rescale Type says HU, and for CT that has a
    rescale and does not say otherwise (PS3.3 C.8.2.1.1). Parameters, result and other
    errors are those of `to_values`.

    Raises
    ------
    UnitsError
        The values are in other units, or the file does not say in which.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> float(dk.to_hu(ds)[64, 64])
    904.0
    """

    def hounsfield(index: int) -> FloatArray:
        step = modality_step(ds, index, image)
        if step.units != "HU":
            stated = "which is not stated" if step.units is None else "other than HU"
            msg = (
                f"the values are in a unit {stated}, so they are not Hounsfield units; "
                "to_values gives them in the file's own"
            )
            raise UnitsError(msg, frame=index)
        return _in_units(step, read_frame(ds, index, lenient=lenient, limits=limits).values)

    with located(ds):
        image = describe_image(ds, limits)
        return gathered(hounsfield, image.frames, frame, limits)


def voi_options(ds: Dataset, /, frame: int = 0) -> tuple[VoiOption, ...]:
    """List the views that a file offers for a frame: its windows, then its VOI LUTs (C.11.2).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        An image.
    frame : int
        Counted from 0.

    Returns
    -------
    tuple of VoiOption
        Each with ``window``, ``explanation`` and ``source``; an index into it is a valid
        ``window`` for `render`. Empty for colour images and where the file offers none.

    Raises
    ------
    DicomKitError
        The dataset is no image.
    IndexError
        There is no such frame.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("MR_small.dcm"))
    >>> [option.window.width for option in dk.voi_options(ds)]
    [1600.0]
    """
    with located(ds):
        image = describe_image(ds)
        checked_frame(frame, image.frames)
        if image.samples != 1 or image.photometric == "PALETTE COLOR":
            return ()
        return GrayFrame(ds, frame, image, lambda: read_frame(ds, frame).values).options


def _in_units(step: ModalityStep, stored: AnyArray) -> FloatArray:
    if step.transform is None:
        return np.asarray(stored, np.float32)
    return step.transform(stored)
