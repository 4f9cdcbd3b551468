"""Assembling a frame's pipeline from what the dataset says and the caller asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex

from dicomkit.dataset.modules.photometric import has_supplement, presentation_step
from dicomkit.display.options import Depth, Padding, PictureOptions
from dicomkit.display.pipeline import DisplayPipeline, Step
from dicomkit.display.views import View, WindowLike, find_view, shows_labels, single_windows
from dicomkit.image.image import Image, ImageLike, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.channels import Channels, FullScale
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.window import VoiTable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["build_pipeline", "display_pipeline", "voi_step"]

_TABLE_BITS = 16


def display_pipeline(
    ds: ImageLike,
    /,
    frame: SupportsIndex = 0,
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
    ds : pydicom.dataset.Dataset or Image
        An image.
    frame : int
        Counted from 0. Frames of one file may have pipelines of their own.
    window : optional
        What to show. None is the file's first view. Where the file offers none, it is the range
        of the values of all frames together, or what values with a meaning of their own state:
        one bit, segmentations, P-Values. Otherwise a `Window` or `LookupTable`; a preset's name
        from `WINDOWS`; an index into `voi_options`; ``"full"``, the range of this frame alone, or
        ``"auto"``, the same without its extremes; or three of these for the red, green and blue
        channel. Colour images have no window.
    bits : {8, 16}
        Depth of the picture.
    padding : {"clamp", "background"}
        Whether padding pixels go through the steps like any value, or are drawn as 0.
    lenient, limits
        As in `stored_values`. The pixels are decoded only where a step depends on them: those of
        all frames for the range of a file without a view, once for a dataset or an `Image`.

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
    options = PictureOptions(window, bits, padding)
    with opened(ds, lenient=lenient, limits=limits) as image:
        return build_pipeline(image, image.index(frame), options)


def build_pipeline(image: Image, frame: int, options: PictureOptions) -> DisplayPipeline:
    """Do what `display_pipeline` does for an opened image."""
    steps, notes = (_gray_steps if image.is_gray else _color_steps)(image, frame, options)
    output = Step("Output", Quantize(options.bits), f"{options.bits} bits")
    # A compressed stream of colour has its own depth, whatever Bits Stored says (PS3.5 8.2).
    several = image.description.samples > 1
    described = image.frames.description if several else image.description
    small = described.kind == "integer" and described.bits_stored <= _TABLE_BITS
    return DisplayPipeline((*steps, output), described.stored_range if small else None, notes)


def _color_steps(
    image: Image, _frame: int, options: PictureOptions
) -> tuple[list[Step], tuple[Note, ...]]:
    described = image.description
    notes = list(described.notes)
    if options.window is not None:
        notes.append(Note("window_not_applied", "a colour image has no window"))
    if described.samples == 1:
        from dicomkit.dataset.modules.palettes import palette

        step = Step("Palette", palette(image.dataset, described, notes), "the file")
        return [step], tuple(notes)
    bits = image.frames.description.bits_stored
    source = "Bits Stored" if bits == described.bits_stored else "the compressed stream"
    scale = FullScale(bits, signed=described.signed)
    return [Step("Colour", scale, source)], tuple(notes)


def _gray_steps(
    image: Image, frame: int, options: PictureOptions
) -> tuple[list[Step], tuple[Note, ...]]:
    gray = image.gray(frame)
    notes = list(gray.notes)
    steps = []
    if options.padding == "background" and gray.padding is not None:
        steps.append(Step("Padding", gray.padding, "the file"))
    modality = gray.displayed_modality
    if modality is not None:
        steps.append(Step("Modality", modality, gray.modality.source))
    elif gray.modality.transform is not None:
        message = "the Modality step leads back to beam intensity and is not for display"
        notes.append(Note("modality_not_displayed", message))
    if shows_labels(gray, options.window):
        from dicomkit.dataset.modules.segmentation import segment_colors
        from dicomkit.transforms.painting import LabelColors

        background = gray.padding or PaddingMask(0, 0)
        colors = LabelColors(segment_colors(image.dataset), background)
        return [Step("Palette", colors, "the file, Segment Sequence")], tuple(notes)
    singles = single_windows(options.window)
    views = [find_view(image, frame, gray, single, options.source) for single in singles]
    notes.extend(dict.fromkeys(note for view in views for note in view.notes))
    steps.append(voi_step(views))
    presentation = presentation_step(image.dataset, image.description, notes)
    if presentation is not None:
        steps.append(Step("Presentation", *presentation))
    if has_supplement(image.dataset, image.description):
        if len(views) > 1:
            message = "three windows make the colours: the supplemental palette is left out"
            notes.append(Note("palette_ignored", message))
        else:
            steps = _supplemented(image, steps, notes)
    return steps, tuple(notes)


def _supplemented(image: Image, steps: list[Step], notes: list[Note]) -> list[Step]:
    from dicomkit.dataset.modules.palettes import supplemental_palette
    from dicomkit.transforms.palette import SupplementalPalette

    supplement = supplemental_palette(image.dataset, image.description, notes)
    if supplement is None:
        return steps
    transform = SupplementalPalette(supplement, tuple(step.transform for step in steps))
    return [Step("Palette", transform, "the file")]


def voi_step(views: Sequence[View]) -> Step:
    """Give the step of one view, or of the three that make red, green and blue."""
    transforms = tuple(
        VoiTable(view.transform) if isinstance(view.transform, LookupTable) else view.transform
        for view in views
    )
    source = " | ".join(view.source for view in views)
    return Step("VOI", transforms[0] if len(transforms) == 1 else Channels(transforms), source)
