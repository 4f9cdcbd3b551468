"""Values with units: the quantities that a file offers, and one of them as numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, SupportsIndex

import numpy as np

from dicomkit.dataset.elements.datasets import check_dataset, is_dataset
from dicomkit.dataset.modules.pixel_data import has_frame_groups
from dicomkit.dataset.modules.quantities import read_quantities
from dicomkit.dataset.modules.real_world_value import is_mapping_object
from dicomkit.dataset.modules.units import plain_name
from dicomkit.errors import UnitsError
from dicomkit.image.image import Image, ImageLike, as_index, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.real_world import LinearMapping, TableMapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.real_world_value import QuantityOption
    from dicomkit.dataset.modules.units import Unit
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["Quantity", "QuantityReader", "quantities", "to_quantity"]

_BRACES: Final = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Values and what they are in.

    Attributes
    ----------
    values : numpy.ndarray of float32 or float64
        float64 for Double Float Pixel Data alone. NaN where the file gives no value.
    units : Unit
        Their unit; its code is None where none is stated.
    source : str
        Where in the file it was found what turns stored values into these.
    notes : tuple of Note
        What was mended, assumed or left out.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> dk.to_quantity(ds)
    <Quantity: (128, 128) float32, [hnsf'U], from the file, Modality step>
    """

    values: AnyArray
    units: Unit
    source: str
    notes: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        """Say how many values of what there are."""
        values, unit = self.values, plain_name(self.units)
        return f"<Quantity: {values.shape} {values.dtype}, {unit}, from {self.source}>"


def to_quantity(
    ds: ImageLike,
    /,
    frame: SupportsIndex | None = None,
    *,
    units: str | SupportsIndex | None = None,
    mappings: Dataset | Iterable[Dataset] = (),
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Quantity:
    """Give values in the units that the file states, wherever it states them.

    `to_values` knows the Modality step alone. Here real-world values, the dose of RT Dose, the
    fractions of segmentations and the units of PET count as well. No picture depends on them: they
    stand beside the display pipeline (PS3.3 C.7.6.16.2.11).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image.
    frame : int, optional
        One frame, counted from 0; None is all of them.
    units : str or int, optional
        Which of the `quantities` that the file offers: a unit's code in UCUM (``"Bq/ml"``), the
        file's own term for it (``"BQML"``), the code of the kind of quantity, or an index. What
        UCUM has in braces may be left out where that is clear. By default the first. Nothing is
        converted from one unit to another.
    mappings : Dataset or iterable of Dataset
        Real World Value Mapping objects. What they say of the images that they refer to comes
        first; of others, they say nothing.
    lenient, limits
        As in `stored_values`.

    Returns
    -------
    Quantity
        Its values have shape ([frames, ]rows, columns[, 3]), as those of `to_values`. Colour
        stays as stored, without a unit.

    Raises
    ------
    UnitsError
        The file does not offer these units, or more than one quantity in them; or frames are in
        different units and ``frame`` is None.
    DicomKitError
        As `stored_values`.
    IndexError
        There is no such frame or quantity.
    TypeError
        Something else was given for units, or for mappings.

    Notes
    -----
    In order: Real World Value Mapping items, of which each is an alternative, given for stored
    values (C.7.6.16.2.11); Dose Grid Scaling (C.8.8.3), Maximum Fractional Value (C.8.20.2.3);
    the Modality step (C.11.1), whose unit is Units for PET (C.8.9.1.1.3), Rescale Type or Modality
    LUT Type for others; stored values.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("rtdose.dcm"))
    >>> dose = dk.to_quantity(ds)
    >>> dose.units.meaning, dose.values.shape, round(float(dose.values.max()), 4)
    ('relative dose', (15, 10, 10), 1.254)
    """
    with opened(ds, lenient=lenient, limits=limits) as image:
        reader = QuantityReader(image, units, mappings)
        units_of: list[Unit] = []
        sources: dict[str, None] = {}
        notes: dict[Note, None] = {}

        def values(index: int) -> AnyArray:
            one = reader.frame(index)
            units_of.append(one.units)
            sources[one.source] = None
            notes.update(dict.fromkeys(one.notes))
            return one.values

        gathered = image.gather(values, frame)
        source = next(iter(sources)) if len(sources) == 1 else "each frame's functional group"
        return Quantity(gathered, units_of[0], source, tuple(notes))


def quantities(
    ds: ImageLike,
    /,
    frame: SupportsIndex = 0,
    *,
    mappings: Dataset | Iterable[Dataset] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[QuantityOption, ...]:
    """List the quantities that a file offers for a frame, in order; no pixel is decoded.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image.
    frame : int
        Counted from 0.
    mappings, limits
        As in `to_quantity`.

    Returns
    -------
    tuple of QuantityOption
        Each with ``units``, ``transform`` and ``source``; an index into it is a valid ``units``
        for `to_quantity`, which takes the first by default. There is always one: the stored
        values, where the file says nothing of them.

    Raises
    ------
    DicomKitError
        The dataset is no image.
    IndexError
        There is no such frame.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("eCT_Supplemental.dcm"))
    >>> for option in dk.quantities(ds):
    ...     print(option)
    ml/100ml/s (ml/100ml/s): x * 1 - 1024 for 0..4095  [the shared functional group, \
Real World Value Mapping]
    unspecified: x * 1 - 1024  [the shared functional group, Modality step]
    """
    with opened(ds, limits=limits) as image:
        options, _ = read_quantities(
            image.dataset, image.index(frame), image.description, _mapping_objects(mappings)
        )
        return options


class QuantityReader:
    """Gives an image's frames in one unit, one at a time, for whoever makes something of many.

    Parameters
    ----------
    image : Image
        The image.
    units, mappings
        As in `to_quantity`.
    """

    def __init__(
        self,
        image: Image,
        units: str | SupportsIndex | None = None,
        mappings: Dataset | Iterable[Dataset] = (),
    ) -> None:
        self._image = image
        self._units = units
        self._mappings = _mapping_objects(mappings)
        self._meant: tuple[object, ...] | None = None
        self._chosen: tuple[QuantityOption, tuple[Note, ...]] | None = None

    def option(self, index: int) -> tuple[QuantityOption, tuple[Note, ...]]:
        """Choose among what the file offers for a frame; the notes are on what it leaves out.

        Raises
        ------
        UnitsError
            It is not offered, or it is another quantity than that of the frame chosen first.
        """
        if self._chosen is not None:
            return self._chosen
        image = self._image
        options, notes = read_quantities(image.dataset, index, image.description, self._mappings)
        option = _choose(options, self._units, index)
        meant = (option.units.code or option.units, *_kinds([option]))
        self._meant = self._meant or meant
        if meant != self._meant:
            msg = (
                "the frame is in another unit, or of another quantity, than those before it; "
                "ask for one frame, or for units that all of them offer"
            )
            raise UnitsError(msg, frame=index)
        chosen = option, notes
        if not self._mappings and not has_frame_groups(image.dataset):
            self._chosen = chosen
        return chosen

    def frame(self, index: int) -> Quantity:
        """Give one frame.

        Raises
        ------
        DicomKitError
            As `to_quantity`.
        """
        option, notes = self.option(index)
        decoded = self._image.frame(index)
        stored = decoded.values
        kind = np.float64 if stored.dtype == np.float64 else np.float32
        values = stored if option.transform is None else option.transform(stored)
        found = (*decoded.notes, *notes, *option.notes)
        if _has_range(option) and np.count_nonzero(np.isnan(values) > np.isnan(stored)):
            message = "some pixels lie outside of what the mapping is for: they are NaN"
            found = (*found, Note("values_unmapped", message))
        return Quantity(np.asarray(values, kind), option.units, option.source, found)


def _has_range(option: QuantityOption) -> bool:
    transform = option.transform
    if isinstance(transform, LinearMapping):
        return transform.first is not None or transform.last is not None
    return isinstance(transform, TableMapping)


def _mapping_objects(given: Dataset | Iterable[Dataset]) -> tuple[Dataset, ...]:
    objects = (given,) if is_dataset(given) else tuple(given)
    for one in objects:
        check_dataset(one)
        if not is_mapping_object(one):
            msg = "mappings are Real World Value Mapping objects; this dataset is none"
            raise ValueError(msg)
    return objects


def _choose(
    options: Sequence[QuantityOption], units: str | SupportsIndex | None, frame: int
) -> QuantityOption:
    if units is None:
        return options[0]
    if not isinstance(units, str):
        index = as_index(units)
        if index is None:
            msg = f"units are a code, a term or an index, not {type(units).__name__}"
            raise TypeError(msg)
        if not 0 <= index < len(options):
            msg = f"quantity {index} was asked for, but the file offers {len(options)}, from 0"
            raise IndexError(msg)
        return options[index]
    found = [one for one in options if units in _names(one)]
    found = found or [one for one in options if _plain(one.units.code) == units]
    if not found:
        problem = "the file offers no values in these units"
    elif len({one.units.code for one in found}) > 1 or len({*_kinds(found)}) > 1:
        problem = "the file offers several quantities in these units"
    else:
        return found[0]
    msg = f"{problem}; it offers {_offers(options)}: pass one of these, or its index"
    raise UnitsError(msg, frame=frame)


def _names(option: QuantityOption) -> tuple[str | None, ...]:
    quantity = None if option.quantity is None else option.quantity.code
    return option.units.code, option.units.term, quantity


def _plain(code: str | None) -> str | None:
    """Leave out what UCUM has in braces, which has no meaning in it: alone, it is 1."""
    return None if code is None else _BRACES.sub("", code) or "1"


def _kinds(options: Iterable[QuantityOption]) -> Iterator[str]:
    return (one.quantity.code for one in options if one.quantity is not None)


def _offers(options: Iterable[QuantityOption]) -> str:
    """List what there is; what a file calls it stays out of messages, for it may be any text."""
    return ", ".join(f"{index} ({plain_name(one.units)})" for index, one in enumerate(options))
