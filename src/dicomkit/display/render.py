"""A dataset as a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, SupportsIndex, overload

import numpy as np

from dicomkit.display.build import build_pipeline
from dicomkit.display.options import Depth, Padding, PictureOptions
from dicomkit.errors import InconsistentError
from dicomkit.image.image import Image, ImageLike, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.ranges import window_ends
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.display.pipeline import DisplayPipeline, Picture
    from dicomkit.display.views import WindowLike
    from dicomkit.streams.header import SampleColor
    from dicomkit.transforms.arrays import AnyArray

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


@overload
def render(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = ...,
    window: WindowLike = ...,
    *,
    bits: Literal[8] = ...,
    padding: Padding = ...,
    overlays: bool = ...,
    square: bool = ...,
    icc: bool = ...,
    mask: bool = ...,
    presentation: PresentationState | None = ...,
    graphics: bool = ...,
    lenient: bool = ...,
    sample_color: SampleColor | None = ...,
    limits: Limits = ...,
) -> npt.NDArray[np.uint8]: ...


@overload
def render(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = ...,
    window: WindowLike = ...,
    *,
    bits: Literal[16],
    padding: Padding = ...,
    overlays: bool = ...,
    square: bool = ...,
    icc: bool = ...,
    mask: bool = ...,
    presentation: PresentationState | None = ...,
    graphics: bool = ...,
    lenient: bool = ...,
    sample_color: SampleColor | None = ...,
    limits: Limits = ...,
) -> npt.NDArray[np.uint16]: ...


@overload
def render(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = ...,
    window: WindowLike = ...,
    *,
    bits: Depth,
    padding: Padding = ...,
    overlays: bool = ...,
    square: bool = ...,
    icc: bool = ...,
    mask: bool = ...,
    presentation: PresentationState | None = ...,
    graphics: bool = ...,
    lenient: bool = ...,
    sample_color: SampleColor | None = ...,
    limits: Limits = ...,
) -> Picture: ...


def render(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = None,
    window: WindowLike = None,
    *,
    bits: Depth = 8,
    padding: Padding = "clamp",
    overlays: bool = False,
    square: bool = False,
    icc: bool = False,
    mask: bool = False,
    presentation: PresentationState | None = None,
    graphics: bool = False,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Picture:
    """Render a dataset as the standard says that it is displayed.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image.
    frame : int, optional
        One frame, counted from 0; None is all of them.
    window, bits, padding
        As in `display_pipeline`.
    overlays : bool
        Burn graphic overlays in, in white (PS3.3 C.9.2); with a presentation state, those that
        it activates, as it says.
    square : bool
        Enlarge the picture along one axis where the pixels are not square.
    icc : bool
        Convert colour by its ICC profile to sRGB, where there is one.
    mask : bool
        Subtract the mask that the file names for a frame, as `display_pipeline` says.
    presentation : PresentationState, optional
        As in `display_pipeline`: how somebody has seen the image.
    graphics : bool
        Draw what the presentation state says is to be drawn in its layers: overlays, figures
        and texts. Texts may name a patient.
    lenient, sample_color, limits
        As in `stored_values`.

    Returns
    -------
    numpy.ndarray of uint8, or uint16 for ``bits=16``
        Shape (rows, columns), with a last axis of 3 for RGB and a first axis for frames
        where there are several and ``frame`` is None. 0 is black in every case. A presentation
        state may change rows and columns.

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
        window,
        bits,
        padding,
        overlays,
        square,
        icc,
        mask=mask,
        presentation=presentation,
        graphics=graphics,
    )
    with opened(ds, lenient=lenient, sample_color=sample_color, limits=limits) as image:
        first: tuple[int, ...] | None = None

        def picture(index: int) -> Picture:
            nonlocal first
            drawn = render_frame(image, index, options).image
            first = first or drawn.shape
            if drawn.shape != first:
                msg = "the displayed areas of frames differ in size: render them one by one"
                raise InconsistentError(msg, frame=index)
            return drawn

        return image.gather(picture, frame)


def render_frame(image: Image, frame: int, options: PictureOptions) -> Rendered:
    """Render one frame and keep how it was done.

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `render`.
    """
    decoded = image.frame(frame)
    pipeline = build_pipeline(image, frame, options)
    picture = pipeline(decoded.values)
    notes = list(dict.fromkeys((*pipeline.notes, *decoded.notes)))
    if image.is_gray and _is_flat(picture):
        notes += _flat_notes(image, frame, pipeline, options, decoded.values)
    if options.presentation is not None:
        # The pipeline has done with them.
        options = replace(options, overlays=False, square=False)
    if options.icc or options.overlays or options.square or options.segmentation:
        from dicomkit.display.finish import finish

        picture, found = finish(picture, image, frame, options)
        notes.extend(found)
    return Rendered(picture, pipeline, tuple(notes))


def _is_flat(values: AnyArray) -> bool:
    first = values[0, 0]
    # Of most pictures the middle row tells.
    return bool((values[len(values) // 2] == first).all() and (values == first).all())


def _flat_notes(
    image: Image, frame: int, pipeline: DisplayPipeline, options: PictureOptions, stored: AnyArray
) -> list[Note]:
    views = [step.transform for step in pipeline.steps if step.role == "VOI"]
    if any(step.role == "Mask" for step in pipeline.steps):
        shown = _before_view(pipeline, stored)
        known = shown[np.isfinite(shown)]
        ends = (float(known.min()), float(known.max())) if known.size else None
        flat = ends is None or ends[0] == ends[1]
    else:
        ends, flat = image.gray(frame).reach(stored), _is_flat(stored)
    if flat:
        return []
    # The values that a presentation state makes are others.
    own = options.presentation is None
    if own and ends is not None and views and isinstance(views[0], Window):
        low, high = window_ends(views[0])
        if high < ends[0] or low > ends[1]:
            message = "all values lie outside of the window: 'full' shows them"
            return [Note("window_missed", message)]
    return [Note("picture_flat", "the picture is one grey level, though its values differ")]


def _before_view(pipeline: DisplayPipeline, stored: AnyArray) -> AnyArray:
    values = stored
    for step in pipeline.steps:
        if step.role == "VOI":
            break
        values = step(values)
    return values
