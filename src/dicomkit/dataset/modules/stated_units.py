"""Where a file states units that its display pipeline knows nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.tag import Tag

from dicomkit.dataset.elements.attributes import text
from dicomkit.dataset.elements.functional_groups import macro_items
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["stated_elsewhere"]

_HINTS: Final = tuple(
    shared_tag(int(Tag(keyword)))
    for keyword in (
        "RealWorldValueMappingSequence",
        "DoseGridScaling",
        "SegmentationType",
        "Units",
        "SharedFunctionalGroupsSequence",
        "PerFrameFunctionalGroupsSequence",
    )
)


def stated_elsewhere(ds: Dataset, frame: int) -> tuple[Note, ...]:
    """Note where units are stated beside the Modality step (PS3.3 C.7.6.16.2.11)."""
    keys = ds.keys()
    # Of most files, this is all that is looked at.
    if not any(tag in keys for tag in _HINTS):
        return ()
    from dicomkit.dataset.modules.pet import pet_unit

    places = []
    if macro_items(ds, frame, "RealWorldValueMappingSequence")[0]:
        places.append("Real World Value Mapping")
    if "DoseGridScaling" in ds:
        places.append("Dose Grid Scaling")
    if text(ds, "SegmentationType") == "FRACTIONAL":
        places.append("Maximum Fractional Value")
    if pet_unit(ds) is not None:
        places.append("Units")
    return tuple(
        Note("units_elsewhere", f"the unit of values is stated by {place}: see to_quantity")
        for place in places
    )
