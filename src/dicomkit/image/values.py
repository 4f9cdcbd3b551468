"""Stored values, values in physical units, and the views that a file offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from dicomkit.dataset.modules.modality import ModalityStep, modality_step
from dicomkit.errors import UnitsError
from dicomkit.image.image import ImageLike, open_image, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from dicomkit.dataset.modules.voi import VoiOption
    from dicomkit.streams.header import SampleColor
    from dicomkit.transforms.arrays import AnyArray, FloatArray

__all__ = ["frame_count", "stored_values", "to_hu", "to_values", "voi_options"]


def frame_count(ds: ImageLike, /, *, limits: Limits = DEFAULT_LIMITS) -> int:
    """Give how many frames an image declares: Number of Frames, or 1 without it.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image.
    limits : Limits
        As in `stored_values`.

    Raises
    ------
    NoPixelsError
        There is no pixel data element.
    InconsistentError
        The Image Pixel attributes are impossible.
    LimitError
        More frames are declared than `limits` allow.

    Examples
    --------
    >>> from pydicom import examples
    >>> frame_count(examples.ybr_color)
    30
    """
    return len(open_image(ds, limits=limits))


def stored_values(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = None,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> AnyArray:
    """Give the values that an image stores, before any step of the display pipeline.

    Bits outside Bits Stored are gone and the sign is extended (PS3.5 8.1.1); colour of
    several samples is RGB (PS3.3 C.7.6.3.1.2); PALETTE COLOR stays indices.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        The image.
    frame : int, optional
        One frame, from 0. By default all of them, without a frame axis where there is
        only one.
    lenient : bool
        Give what there is where data end too early or frames are missing: the rest is 0.
    sample_color : {"rgb", "ybr"}, optional
        Take colour samples as RGB or YBR, whatever the file and its streams say.
    limits : Limits
        What may be asked for before `LimitError`.

    Returns
    -------
    ndarray, shape ([frames, ]rows, columns[, 3])
        Of the smallest integer type that holds Bits Allocated, signed by Pixel
        Representation, or float32 or float64 for Float and Double Float Pixel Data. It is
        in the machine's byte order, C-contiguous and **read-only**: often a view of the
        dataset's own bytes, which costs nothing. Take a ``.copy()`` to write into.

    Raises
    ------
    NoPixelsError
        There are no pixel data.
    TruncatedError
        The data end too early.
    InconsistentError
        A stream's header, or the number of frames, is not what the dataset says.
    UnsupportedError
        No decoder for the transfer syntax is installed, or none exists.
    DecodeError
        A decoder refused the stream.
    LimitError
        The values would take more memory than `limits` allow.
    IndexError
        There is no such frame.

    Examples
    --------
    >>> from pydicom import examples
    >>> stored_values(examples.mr).shape, stored_values(examples.ybr_color, 29).shape
    ((64, 64), (240, 320, 3))
    """
    with opened(ds, lenient=lenient, sample_color=sample_color, limits=limits) as image:
        if frame is not None:
            return image.frame(image.index(frame)).values
        description = image.frames.description
        samples = description.rows * description.columns * description.samples
        image.check_total(samples * description.dtype.itemsize)
        return image.frames.all()


def to_values(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = None,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FloatArray:
    """Give values after the Modality step: rescaled, or through the Modality LUT (C.11.1).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
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

    Notes
    -----
    The Modality step is what pictures are made of. Where a file states elsewhere what its values
    are, such as the dose of RT Dose, the pipeline of `display_pipeline` has a note with the code
    ``units_elsewhere``, and `to_quantity` gives values in that unit.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> values = dk.to_values(ds)
    >>> values.shape, values.min(), values.max()
    ((128, 128), np.float32(-896.0), np.float32(1167.0))
    """
    with opened(ds, lenient=lenient, sample_color=sample_color, limits=limits) as image:

        def values(index: int) -> FloatArray:
            step = modality_step(image.dataset, index, image.description)
            return _in_units(step, image.frame(index).values)

        return image.gather(values, frame)


def to_hu(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = None,
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
    with opened(ds, lenient=lenient, limits=limits) as image:

        def hounsfield(index: int) -> FloatArray:
            step = modality_step(image.dataset, index, image.description)
            if step.units != "HU":
                stated = "which is not stated" if step.units is None else "other than HU"
                msg = (
                    f"the values are in a unit {stated}, so they are not Hounsfield units; "
                    "to_values gives them in the file's own"
                )
                raise UnitsError(msg, frame=index)
            return _in_units(step, image.frame(index).values)

        return image.gather(hounsfield, frame)


def voi_options(
    ds: ImageLike, /, frame: SupportsIndex = 0, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[VoiOption, ...]:
    """List the views that a file offers for a frame: its windows, then its VOI LUTs (C.11.2).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image.
    frame : int
        Counted from 0.
    limits : Limits
        As in `stored_values`.

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
    with opened(ds, limits=limits) as image:
        index = image.index(frame)
        return image.gray(index).options if image.is_gray else ()


def _in_units(step: ModalityStep, stored: AnyArray) -> FloatArray:
    if step.transform is None:
        return np.asarray(stored, np.float32)
    return step.transform(stored)
