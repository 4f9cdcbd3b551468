"""A dataset as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dicomkit.dataset.description import describe_image
from dicomkit.dataset.pixels.frames import read_frame
from dicomkit.display.build import Padding, build_pipeline
from dicomkit.display.frames import checked_frame, gathered
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.display.pipeline import DisplayPipeline, Picture
    from dicomkit.display.views import WindowLike
    from dicomkit.notes import Note

__all__ = ["Rendered", "render", "render_frame"]


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """One frame's picture and how it came about.

    Attributes
    ----------
    image : numpy.ndarray of uint8 or uint16
        Shape (rows, columns) or (rows, columns, 3).
    pipeline : DisplayPipeline
    notes : tuple of Note
        The pipeline's, and what was met while the pixels were decoded.
    """

    image: Picture
    pipeline: DisplayPipeline
    notes: tuple[Note, ...]


def render(
    ds: Dataset,
    /,
    frame: int | None = None,
    window: WindowLike = None,
    *,
    bits: Literal[8, 16] = 8,
    padding: Padding = "clamp",
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Picture:
    """Render a dataset as the standard says that it is displayed.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        An image.
    frame : int, optional
        One frame, counted from 0; None is all of them.
    window, bits, padding
        As in `display_pipeline`.
    lenient, limits
        As in `stored_values`.

    Returns
    -------
    numpy.ndarray of uint8, or uint16 for ``bits=16``
        Shape (rows, columns), with a last axis of 3 for RGB and a first axis for frames
        where there are several and ``frame`` is None. 0 is black in every case.

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `display_pipeline` and `stored_values`.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> picture = dk.render(ds, window="soft_tissue")
    >>> picture.shape, picture.dtype
    ((128, 128), dtype('uint8'))
    """
    frames = describe_image(ds, limits).frames

    def picture(index: int) -> Picture:
        return render_frame(
            ds, index, window, bits=bits, padding=padding, lenient=lenient, limits=limits
        ).image

    return gathered(picture, frames, frame, limits)


def render_frame(
    ds: Dataset,
    frame: int,
    window: WindowLike = None,
    *,
    bits: Literal[8, 16] = 8,
    padding: Padding = "clamp",
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Rendered:
    """Render one frame and keep how it was done; otherwise as `render`."""
    image = describe_image(ds, limits)
    decoded = read_frame(ds, checked_frame(frame, image.frames), lenient=lenient, limits=limits)
    pipeline = build_pipeline(
        ds, frame, window, image, lambda: decoded.values, bits=bits, padding=padding
    )
    return Rendered(pipeline(decoded.values), pipeline, (*pipeline.notes, *decoded.notes))
