"""Assembling a frame's pipeline from what the dataset says and the caller asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.description import ImageDescription, describe_image
from dicomkit.dataset.located import located
from dicomkit.dataset.photometric import has_supplement, presentation_step
from dicomkit.dataset.pixels.frames import read_frame
from dicomkit.display.frames import checked_frame
from dicomkit.display.options import Depth, Padding, PictureOptions
from dicomkit.display.pipeline import DisplayPipeline, Step
from dicomkit.display.views import GrayFrame, View, WindowLike, single_windows
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.channels import Chain, Channels, FullScale
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.window import VoiTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.display.pipeline import Transform
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.rescale import Rescale

__all__ = ["build_pipeline", "display_pipeline"]

_TABLE_BITS = 16


def display_pipeline(
    ds: Dataset,
    /,
    frame: int = 0,
    window: WindowLike = None,
    *,
    bits: Depth = 8,
    padding: Padding = "clamp",
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> DisplayPipeline:
    """Choose every step from one frame's stored values to its picture (PS3.4 N.2).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        An image.
    frame : int
        Counted from 0. Frames of one file may have pipelines of their own.
    window : optional
        What to show. None is the file's first view, or the full range of the values where
        the file offers none. Otherwise a `Window` or `LookupTable`; a preset's name from
        `WINDOWS`; an index into `voi_options`; ``"auto"``; ``"full"``; or three of these
        for the red, green and blue channel. Colour images have no window.
    bits : {8, 16}
        Depth of the picture.
    padding : {"clamp", "background"}
        Whether padding pixels go through the steps like any value, or are drawn as 0.
    lenient, limits
        As in `stored_values`. The pixels are decoded only where a step depends on them.

    Returns
    -------
    DisplayPipeline

    Raises
    ------
    DicomKitError
        The dataset is no image (``no_pixels``), contradicts itself (``inconsistent``), is
        too large (``limit``), or a preset does not fit its units (``units``).
    IndexError
        There is no such frame or view.
    ValueError, TypeError
        The window, or another option, is none of the above.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("MR_small.dcm"))
    >>> print(dk.display_pipeline(ds))
    VOI           center 600, width 1600, LINEAR  [the file]
    Output        0..255, to the nearest  [8 bits]
    """

    def stored() -> AnyArray:
        return read_frame(ds, frame, lenient=lenient, limits=limits).values

    options = PictureOptions(window, bits, padding)
    with located(ds):
        image = describe_image(ds, limits)
        checked_frame(frame, image.frames)
        return build_pipeline(ds, frame, options, image, stored)


def build_pipeline(
    ds: Dataset,
    frame: int,
    options: PictureOptions,
    image: ImageDescription,
    stored: Callable[[], AnyArray],
) -> DisplayPipeline:
    """Do what `display_pipeline` does, with the stored values at hand for when they matter."""
    if image.samples != 1 or image.photometric == "PALETTE COLOR":
        steps, notes = _color_steps(ds, options.window, image)
    else:
        steps, notes = _gray_steps(ds, GrayFrame(ds, frame, image, stored), options, image)
    output = Step("Output", Quantize(options.bits), f"{options.bits} bits")
    small = image.kind == "integer" and image.bits_stored <= _TABLE_BITS
    return DisplayPipeline((*steps, output), image.stored_range if small else None, notes)


def _color_steps(
    ds: Dataset, window: WindowLike, image: ImageDescription
) -> tuple[list[Step], tuple[Note, ...]]:
    notes = list(image.notes)
    if window is not None:
        notes.append(Note("window_not_applied", "a colour image has no window"))
    if image.samples == 1:
        from dicomkit.dataset.palettes import palette

        return [Step("Palette", palette(ds, image, notes), "the file")], tuple(notes)
    scale = FullScale(image.bits_stored, signed=image.signed)
    return [Step("Colour", scale, "Bits Stored")], tuple(notes)


def _gray_steps(
    ds: Dataset, gray: GrayFrame, options: PictureOptions, image: ImageDescription
) -> tuple[list[Step], tuple[Note, ...]]:
    notes = list(gray.notes)
    steps = []
    if options.padding == "background" and gray.padding is not None:
        steps.append(Step("Padding", gray.padding, "the file"))
    views = [gray.view(single, options.source) for single in single_windows(options.window)]
    for view in views:
        notes.extend(note for note in view.notes if note not in notes)
    modality = gray.displayed_modality
    if gray.modality.transform is not None and modality is None:
        message = "the Modality step leads back to beam intensity and is not for display"
        notes.append(Note("modality_not_displayed", message))
    if modality is not None and any(view.on_stored for view in views):
        steps.append(_voi_step(views, before_rescaled=modality))
    else:
        if modality is not None:
            steps.append(Step("Modality", modality, gray.modality.source))
        steps.append(_voi_step(views))
    presentation = presentation_step(ds, image, notes)
    if presentation is not None:
        steps.append(Step("Presentation", *presentation))
    if has_supplement(ds, image):
        steps = _supplemented(ds, steps, image, notes)
    return steps, tuple(notes)


def _supplemented(
    ds: Dataset, steps: list[Step], image: ImageDescription, notes: list[Note]
) -> list[Step]:
    from dicomkit.dataset.palettes import supplemental_palette
    from dicomkit.transforms.palette import SupplementalPalette

    supplement = supplemental_palette(ds, image, notes)
    if supplement is None:
        return steps
    transform = SupplementalPalette(supplement, tuple(step.transform for step in steps))
    return [Step("Palette", transform, "the file")]


def _voi_step(views: list[View], before_rescaled: Rescale | LookupTable | None = None) -> Step:
    """Make one step of the views; those of rescaled values may need the rescale first."""
    transforms: list[Transform] = []
    for view in views:
        window = view.transform
        transform: Transform = VoiTable(window) if isinstance(window, LookupTable) else window
        if before_rescaled is not None and not view.on_stored:
            transform = Chain((before_rescaled, transform))
        transforms.append(transform)
    source = " | ".join(view.source for view in views)
    if len(transforms) == 1:
        return Step("VOI", transforms[0], source)
    return Step("VOI", Channels(tuple(transforms)), source)
