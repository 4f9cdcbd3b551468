"""Assembling a frame's pipeline from what the dataset says and the caller asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex

from dicomkit.dataset.modules.photometric import has_supplement, presentation_step
from dicomkit.dataset.modules.pixel_data import has_masks
from dicomkit.display.options import Depth, Padding, PictureOptions
from dicomkit.display.pipeline import DisplayPipeline, Step
from dicomkit.display.views import (
    View,
    WindowLike,
    find_view,
    needs_range,
    shows_labels,
    single_windows,
)
from dicomkit.image.image import Image, ImageLike, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.channels import Channels, FullScale
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.window import VoiTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.display.presented import Presented

__all__ = ["build_pipeline", "display_pipeline", "measure_range", "voi_step"]

_TABLE_BITS = 16


def display_pipeline(
    ds: ImageLike,
    /,
    frame: SupportsIndex = 0,
    window: WindowLike = None,
    *,
    bits: Depth = 8,
    padding: Padding = "clamp",
    mask: bool = False,
    presentation: PresentationState | None = None,
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
    mask : bool
        Subtract the mask that the file names for the frame, as of angiography: what remains
        is what came between them. See the notes.
    presentation : PresentationState, optional
        How somebody has seen the image (`presentation_state`). It takes the place of what the
        image says of its Modality, VOI and Presentation step, and what it leaves out is
        identity; it adds shutters, a displayed area and a rotation. A `window` that is given
        takes the place of its VOI step; a number means one of its views.
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
        too large (``limit``), a preset does not fit its units (``units``), or a
        presentation state cannot be applied to it (``unsupported``).
    IndexError
        There is no such frame or view.
    ValueError, TypeError
        The window, or another option, is none of the above, or the presentation state does
        not reference the image.

    Notes
    -----
    A mask is subtracted as the Mask Module says (PS3.3 C.7.6.10): the first item of the Mask
    Subtraction Sequence whose Applicable Frame Range holds the frame counts. Its mask frames
    are averaged, moved by Mask Sub-pixel Shift (positive is down and to the left), and taken
    from the frame, or from the mean of as many contrast frames as Contrast Frame Averaging
    says. A frame's own Frame Pixel Shift goes before the item's, and Mask Visibility
    Percentage leaves as much of the mask (C.8.19.7.1.1).

    It happens after the Modality step and before the VOI step, in a space that is logarithmic
    to the beam's intensity (PS3.4 N.2.5): as stored where Pixel Intensity Relationship is LOG
    or unknown; where it is LIN, through the file's own table to it, or else by the natural
    logarithm. A Modality step that leads back to intensity (C.8.7.1.1.2) is left out as ever.

    Differences have a sign, and 0 is none. The file's own views are for what it stores: by
    default, the view of differences is the range of all of them in the instance. A `Window`,
    and the number of a view, are taken as they are, for differences.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("MR_small.dcm"))
    >>> print(dk.display_pipeline(ds))
    VOI           center 600, width 1600, LINEAR  [the file]
    Output        0..255, to the nearest  [8 bits]
    """
    options = PictureOptions(window, bits, padding, mask=mask, presentation=presentation)
    with opened(ds, lenient=lenient, limits=limits) as image:
        return build_pipeline(image, image.index(frame), options)


def build_pipeline(image: Image, frame: int, options: PictureOptions) -> DisplayPipeline:
    """Do what `display_pipeline` does for an opened image."""
    presented = None
    if options.presentation is not None:
        from dicomkit.display.presented import present

        presented = present(image, frame, options.presentation, options)
    if image.is_gray:
        steps, notes = _gray_steps(image, frame, options, presented)
    else:
        steps, notes = _color_steps(image, options)
    output = Step("Output", Quantize(options.bits), f"{options.bits} bits")
    # A compressed stream of colour has its own depth, whatever Bits Stored says (PS3.5 8.2).
    several = image.description.samples > 1
    described = image.frames.description if several else image.description
    small = described.kind == "integer" and described.bits_stored <= _TABLE_BITS
    # What a mask leaves differs from pixel to pixel.
    small &= not any(step.role == "Mask" for step in steps)
    placing = () if presented is None else presented.steps
    return DisplayPipeline(
        (*steps, output), described.stored_range if small else None, notes, placing
    )


def measure_range(image: Image, frame: int, options: PictureOptions) -> Iterator[int]:
    """Look at all frames that the view of one depends on, and yield their numbers.

    Whoever shows signs of life goes through it before the pipeline is built, which would
    otherwise do the same without a word.
    """
    masked = options.mask and image.is_gray and image.masks.pairing(frame) is not None
    if masked and None in single_windows(options.window):
        from dicomkit.image.subtraction import measure_differences

        yield from measure_differences(image)
    elif not masked and needs_range(image, frame, options.window):
        yield from image.measure()


def _color_steps(image: Image, options: PictureOptions) -> tuple[list[Step], tuple[Note, ...]]:
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
    image: Image, frame: int, options: PictureOptions, presented: Presented | None
) -> tuple[list[Step], tuple[Note, ...]]:
    gray = image.gray(frame) if presented is None else presented.gray
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
    if presented is None and shows_labels(gray, options.window):
        from dicomkit.dataset.modules.segmentation import segment_colors
        from dicomkit.transforms.painting import LabelColors

        background = gray.padding or PaddingMask(0, 0)
        colors = LabelColors(segment_colors(image.dataset), background)
        return [Step("Palette", colors, "the file, Segment Sequence")], tuple(notes)
    masked = None
    if presented is None and (options.mask or has_masks(image.dataset)):
        from dicomkit.display.subtraction import find_mask

        masked = find_mask(image, frame, notes, subtract=options.mask)
        steps += masked.steps if masked else ()
    views = [
        masked.view(single, options.source)
        if masked
        else find_view(image, frame, gray, single, options.source)
        for single in single_windows(options.window)
    ]
    notes.extend(dict.fromkeys(note for view in views for note in view.notes))
    steps.append(voi_step(views))
    if presented is not None:
        steps += presented.polarity
        return steps, (*notes, *presented.notes)
    presentation = presentation_step(image.dataset, image.description, notes)
    if presentation is not None:
        steps.append(Step("Presentation", *presentation))
    if has_supplement(image.dataset, image.description):
        if len(views) > 1 or masked:
            what = "differences have no colours" if masked else "three windows make the colours"
            message = f"{what}: the supplemental palette is left out"
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
