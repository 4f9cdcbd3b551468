"""Real World Value Mapping items, in an image and in objects of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import (
    doubles,
    integer,
    integers,
    item,
    items,
    number,
    text,
)
from dicomkit.dataset.elements.functional_groups import macro_items
from dicomkit.dataset.modules.references import instance_uid
from dicomkit.dataset.modules.units import coded_concept, coded_unit
from dicomkit.notes import Note
from dicomkit.transforms.real_world import LinearMapping, TableMapping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.units import Concept, Unit
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["QuantityOption", "is_mapping_object", "real_world_options", "referring_options"]

_MAPPINGS: Final = "RealWorldValueMappingSequence"
_REFERRING: Final = "ReferencedImageRealWorldValueMappingSequence"
# (246205007, SCT, "Quantity"), and its code before SNOMED CT.
_QUANTITY_CODES: Final = ("246205007", "G-C1C6")
_WORD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class QuantityOption:
    """One of the quantities that a file offers: what turns stored values into values in a unit.

    Attributes
    ----------
    units : Unit
        What the values are in.
    transform : callable or None
        A frozen value that is called with stored values; None where they are meant as stored.
    source : str
        Where in the file it was found.
    quantity : Concept or None
        What kind of quantity it is, where that is stated: two of them can have one unit.
    label, explanation : str or None
        LUT Label (0040,9210) and LUT Explanation (0028,3003).
    notes : tuple of Note
        What was mended or assumed.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("rtdose_1frame.dcm"))
    >>> (option,) = dk.quantities(ds)
    >>> print(option)
    1 (relative dose): x * 1e-06  [Dose Grid Scaling]
    """

    units: Unit
    transform: Callable[[AnyArray], AnyArray] | None
    source: str
    quantity: Concept | None = None
    label: str | None = None
    explanation: str | None = None
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        """Give the unit, the formula and the source on one line."""
        code = self.units.code
        unit = self.units.meaning if code is None else f"{code} ({self.units.meaning})"
        return f"{unit}: {'x' if self.transform is None else self.transform}  [{self.source}]"


def real_world_options(
    ds: Dataset, frame: int, image: ImageDescription, notes: list[Note]
) -> list[QuantityOption]:
    """Read the mappings of one frame, each of which is an alternative (PS3.3 C.7.6.16.2.11)."""
    found, source = macro_items(ds, frame, _MAPPINGS)
    return _options(found, source, image, notes)


def is_mapping_object(ds: Dataset) -> bool:
    """Tell whether a dataset is a Real World Value Mapping object (PS3.3 A.46)."""
    return item(ds, _REFERRING) is not None


def referring_options(
    mapping: Dataset, ds: Dataset, frame: int, image: ImageDescription, notes: list[Note]
) -> list[QuantityOption]:
    """Read those mappings of an object of its own that refer to a frame (PS3.3 C.25.2)."""
    uid = instance_uid(ds)
    found = [
        one
        for group in items(mapping, _REFERRING)
        if uid is not None and _refers(group, uid, frame)
        for one in items(group, _MAPPINGS)
    ]
    return _options(found, "a Real World Value Mapping object", image, notes)


def _refers(group: Dataset, uid: str, frame: int) -> bool:
    for reference in items(group, "ReferencedImageSequence"):
        if text(reference, "ReferencedSOPInstanceUID") == uid:
            # Without numbers, which count from 1, all frames are meant (PS3.3 10.3).
            frames = integers(reference, "ReferencedFrameNumber")
            if not frames or frame + 1 in frames:
                return True
    return False


def _options(
    found: Sequence[Dataset],
    source: str,
    image: ImageDescription,
    notes: list[Note],
) -> list[QuantityOption]:
    options = []
    for position, one in enumerate(found):
        where = f"{source}, Real World Value Mapping"
        if len(found) > 1:
            where += f" {position}"
        own: list[Note] = []
        transform = _transform(one, image, own)
        if transform is None:
            notes.extend(own)
            continue
        option = QuantityOption(
            units=coded_unit(one),
            transform=transform,
            source=where,
            quantity=_quantity(one),
            label=text(one, "LUTLabel"),
            explanation=text(one, "LUTExplanation"),
            notes=tuple(own),
        )
        options.append(option)
    return options


def _transform(
    ds: Dataset, image: ImageDescription, notes: list[Note]
) -> LinearMapping | TableMapping | None:
    first, last = _range(ds, image)
    entries = doubles(ds, "RealWorldValueLUTData")
    slope = number(ds, "RealWorldValueSlope", notes)
    intercept = number(ds, "RealWorldValueIntercept", notes)
    if first is not None and last is not None and first > last:
        _note_ignored(notes, "ends before it begins")
        return None
    if entries.size:
        if first is None or first % 1:
            _note_ignored(notes, "has a table, but no first value for it")
            return None
        if slope is not None:
            message = "a Real World Value Mapping has a table and a slope: the table counts"
            notes.append(Note("rescale_ignored", message))
        return TableMapping(int(first), _declared(entries, first, last, notes))
    if not slope or intercept is None:
        _note_ignored(notes, "has neither a table nor a slope that is not 0 and an intercept")
        return None
    if first is None or last is None:
        message = "a Real World Value Mapping does not say for which stored values: for all"
        notes.append(Note("mapping_range_assumed", message))
    return LinearMapping(slope, intercept, first, last)


def _note_ignored(notes: list[Note], fault: str) -> None:
    notes.append(Note("mapping_ignored", f"a Real World Value Mapping {fault}: left out"))


def _declared(
    entries: npt.NDArray[np.float64], first: float, last: float | None, notes: list[Note]
) -> npt.NDArray[np.float64]:
    """Cut a table to what its range declares."""
    if last is None:
        return entries
    declared = int(last - first) + 1
    if entries.size < declared:
        message = f"the mapping's table has {entries.size} entries where {declared} are declared"
        notes.append(Note("mapping_table_short", message))
    return entries[:declared]


def _range(ds: Dataset, image: ImageDescription) -> tuple[float | None, float | None]:
    """Read the first and the last stored value that are mapped."""
    keywords = ("RealWorldValueFirstValueMapped", "RealWorldValueLastValueMapped")
    whole: list[float | None] = [integer(ds, one, signed=image.signed) for one in keywords]
    real = [number(ds, f"DoubleFloat{keyword}") for keyword in keywords]
    if image.kind != "integer":
        return _either(real, whole)
    first, last = whole
    # Writers forget the sign of the pixels: the same words, read the other way.
    is_swapped = first is not None and last is not None and first > last
    if is_swapped or not image.signed:
        whole = [None if end is None else end % _WORD for end in whole]
    return _either(whole, real)


def _either(
    preferred: list[float | None], other: list[float | None]
) -> tuple[float | None, float | None]:
    first, last = (b if a is None else a for a, b in zip(preferred, other, strict=True))
    return first, last


def _quantity(ds: Dataset) -> Concept | None:
    """Read what is measured; other items of the definition say how (PS3.3 C.7.6.16.2.11)."""
    for definition in items(ds, "QuantityDefinitionSequence"):
        name = coded_concept(definition, "ConceptNameCodeSequence")
        if name is not None and name.code in _QUANTITY_CODES:
            return coded_concept(definition, "ConceptCodeSequence")
    return None
