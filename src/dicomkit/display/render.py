"""A dataset as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.located import located
from dicomkit.dataset.pixels.reader import FrameReader
from dicomkit.display.build import build_pipeline
from dicomkit.display.frames import gathered
from dicomkit.display.options import Depth, Padding, PictureOptions
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription
    from dicomkit.dataset.pixels.header import SampleColor
    from dicomkit.display.pipeline import DisplayPipeline, Picture
    from dicomkit.display.views import WindowLike
    from dicomkit.notes import Note

__all__ = ["Rendered", "open_frames", "render", "render_frame"]


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
    bits: Depth = 8,
    padding: Padding = "clamp",
    overlays: bool = False,
    square: bool = False,
    icc: bool = False,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
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
    overlays : bool
        Burn graphic overlays in, in white (PS3.3 C.9.2).
    square : bool
        Enlarge the picture along one axis where the pixels are not square.
    icc : bool
        Convert colour by its ICC profile to sRGB, where there is one.
    lenient, sample_color, limits
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
    options = PictureOptions(
        window, bits, padding, overlays, square, icc, lenient, sample_color, limits
    )
    with located(ds):
        reader = open_frames(ds, options)

        def image(index: int) -> Picture:
            return render_frame(ds, index, options, reader).image

        return gathered(image, len(reader), frame, limits)


def open_frames(
    ds: Dataset, options: PictureOptions, image: ImageDescription | None = None
) -> FrameReader:
    """Open an image's frames as they are to be decoded for pictures.

    Raises
    ------
    DicomKitError
        As `render`.
    """
    return FrameReader(
        ds,
        lenient=options.lenient,
        sample_color=options.sample_color,
        limits=options.limits,
        image=image,
    )


def render_frame(
    ds: Dataset, frame: int, options: PictureOptions, reader: FrameReader | None = None
) -> Rendered:
    """Render one frame and keep how it was done; with the dataset's reader, if it is open.

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `render`.
    """
    reader = reader or open_frames(ds, options)
    decoded = reader[frame]
    pipeline = build_pipeline(ds, frame, options, reader.image, lambda: decoded.values)
    picture = pipeline(decoded.values)
    notes = list(dict.fromkeys((*pipeline.notes, *decoded.notes)))
    if options.icc or options.overlays or options.square:
        from dicomkit.display.finish import finish

        picture, found = finish(picture, ds, frame, options)
        notes.extend(found)
    return Rendered(picture, pipeline, tuple(notes))
