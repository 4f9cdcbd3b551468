"""Stored values: what an image holds before anything is done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex

from dicomkit.dataset.description import describe_image
from dicomkit.dataset.located import located
from dicomkit.dataset.pixels.reader import DecodedFrame, FrameReader
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.pixels.bits import Cells
    from dicomkit.dataset.pixels.header import SampleColor
    from dicomkit.limits import Limits

__all__ = ["frame_count", "read_frame", "stored_values"]


def frame_count(ds: Dataset, /, *, limits: Limits = DEFAULT_LIMITS) -> int:
    """Give how many frames an image declares: Number of Frames, or 1 without it.

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
    with located(ds):
        return describe_image(ds, limits).frames


def stored_values(
    ds: Dataset,
    /,
    frame: SupportsIndex | None = None,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Cells:
    """Give the values that an image stores, before any step of the display pipeline.

    Bits outside Bits Stored are gone and the sign is extended (PS3.5 8.1.1); colour of
    several samples is RGB (PS3.3 C.7.6.3.1.2); PALETTE COLOR stays indices.

    Parameters
    ----------
    ds : Dataset
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
    with located(ds):
        reader = FrameReader(ds, lenient=lenient, sample_color=sample_color, limits=limits)
        return reader.all() if frame is None else reader[frame].values


def read_frame(
    ds: Dataset,
    /,
    index: SupportsIndex,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> DecodedFrame:
    """Give one frame's stored values with what was noticed; see `stored_values`.

    Other frames are neither decoded nor copied.

    Examples
    --------
    >>> from pydicom import examples
    >>> frame = read_frame(examples.mr, 0)
    >>> frame.values.dtype, frame.notes
    (dtype('int16'), ())
    """
    return FrameReader(ds, lenient=lenient, sample_color=sample_color, limits=limits)[index]
