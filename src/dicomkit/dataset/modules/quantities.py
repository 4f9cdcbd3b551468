"""The quantities that a file offers for a frame, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import item, text
from dicomkit.dataset.elements.functional_groups import scope
from dicomkit.dataset.elements.private import private_tag
from dicomkit.dataset.modules.dose import dose_option, is_dose
from dicomkit.dataset.modules.modality import ModalityStep, modality_step
from dicomkit.dataset.modules.pet import has_private_factor, pet_unit
from dicomkit.dataset.modules.real_world_value import (
    QuantityOption,
    real_world_options,
    referring_options,
)
from dicomkit.dataset.modules.stated_range import stated_range
from dicomkit.dataset.modules.units import NO_UNIT, RATIO, Unit, rescale_unit
from dicomkit.notes import Note
from dicomkit.transforms.real_world import LinearMapping
from dicomkit.transforms.rescale import Rescale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription

__all__ = ["read_quantities"]

_PHILIPS_SCALE: Final = (0x2005, "Philips MR Imaging DD 001", 0x0E)
_PHILIPS_FRAME: Final = (0x2005, "Philips MR Imaging DD 005", 0x0F)
_FRACTIONS: Final = {
    "OCCUPANCY": "proportion of the pixel that the segment occupies",
    "PROBABILITY": "probability that the segment occupies the pixel",
}


def read_quantities(
    ds: Dataset, frame: int, image: ImageDescription, mappings: Sequence[Dataset] = ()
) -> tuple[tuple[QuantityOption, ...], tuple[Note, ...]]:
    """Read what a frame's stored values stand for.

    Parameters
    ----------
    ds : Dataset
        The image.
    frame : int
        Counted from 0.
    image : ImageDescription
        What the dataset says of its pixels.
    mappings : sequence of Dataset
        Real World Value Mapping objects; those that do not refer to the frame have no say.

    Returns
    -------
    options : tuple of QuantityOption
        Mappings, then the class's own scale, then the Modality step. Where there is none of
        these, the stored values alone.
    notes : tuple of Note
        What had to be left out.
    """
    notes: list[Note] = []
    options: list[QuantityOption] = []
    if image.samples == 1:
        for mapping in mappings:
            options += referring_options(mapping, ds, frame, image, notes)
        if mappings and not options:
            message = "no Real World Value Mapping object that was given refers to the frame"
            notes.append(Note("mapping_elsewhere", message))
        options += real_world_options(ds, frame, image, notes)
    if image.is_gray:
        options += _own_options(ds, frame, image, notes)
    if not options:
        left_out = _private_notes(ds, frame)
        options.append(QuantityOption(NO_UNIT, None, "stored values", notes=left_out))
    return tuple(options), tuple(notes)


def _own_options(
    ds: Dataset, frame: int, image: ImageDescription, notes: list[Note]
) -> list[QuantityOption]:
    """Give the scale of the class, and the Modality step where that is another."""
    options = []
    if is_dose(ds):
        dose = dose_option(ds, notes)
        if dose is not None:
            options.append(dose)
    if text(ds, "SegmentationType") == "FRACTIONAL":
        fraction = _fraction(ds, image)
        if fraction is not None:
            options.append(fraction)
    step = modality_step(ds, frame, image)
    unit = pet_unit(ds)
    if unit is not None:
        options.append(_modality_option(ds, frame, step, unit))
    elif step.transform is not None:
        options.append(_modality_option(ds, frame, step, _step_unit(ds, frame, step)))
    return options


def _fraction(ds: Dataset, image: ImageDescription) -> QuantityOption | None:
    notes: list[Note] = []
    stated = stated_range(ds, image, notes)
    if stated is None:
        return None
    return QuantityOption(
        units=RATIO,
        transform=LinearMapping(1 / stated.high, 0.0),
        source="Maximum Fractional Value",
        explanation=_FRACTIONS.get(text(ds, "SegmentationFractionalType") or ""),
        notes=tuple(notes),
    )


def _modality_option(ds: Dataset, frame: int, step: ModalityStep, unit: Unit) -> QuantityOption:
    transform = step.transform
    mapping = (
        LinearMapping(transform.slope, transform.intercept)
        if isinstance(transform, Rescale)
        else transform
    )
    notes = (*step.notes, *_private_notes(ds, frame))
    return QuantityOption(unit, mapping, f"{step.source}, Modality step", notes=notes)


def _step_unit(ds: Dataset, frame: int, step: ModalityStep) -> Unit:
    """Give the unit of the Modality step, under the file's own name for it."""
    if isinstance(step.transform, Rescale):
        term = text(scope(ds, frame, "PixelValueTransformationSequence")[0], "RescaleType")
    else:
        table = item(ds, "ModalityLUTSequence")
        term = None if table is None else text(table, "ModalityLUTType")
    if term is None and step.units is not None:
        # A CT that does not say otherwise.
        unit = rescale_unit(step.units)
        return Unit(unit.code, unit.meaning)
    return rescale_unit(term)


def _private_notes(ds: Dataset, frame: int) -> tuple[Note, ...]:
    """Note a scale that only the maker defines: it is for those who know what it means."""
    modality = text(ds, "Modality")
    if modality == "MR" and _has_philips_scale(ds, frame):
        message = "the maker's private Scale Slope (2005,xx0E) is there, and not applied"
        return (Note("private_scale", message),)
    if modality == "PT" and has_private_factor(ds):
        message = "the maker's private factors (7053,xx00) or (7053,xx09) are for suv_factor"
        return (Note("private_scale", message),)
    return ()


def _has_philips_scale(ds: Dataset, frame: int) -> bool:
    places = [ds]
    group = item(ds, "PerFrameFunctionalGroupsSequence", frame)
    tag = None if group is None else private_tag(group, *_PHILIPS_FRAME)
    if group is not None and tag is not None:
        private = item(group, tag)
        places += [] if private is None else [private]
    tags = [(place, private_tag(place, *_PHILIPS_SCALE)) for place in places]
    return any(tag is not None and tag in place for place, tag in tags)
