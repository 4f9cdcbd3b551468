"""One slice's pixels as values, in the type that a volume is to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, SupportsIndex, TypeAlias, cast, get_args

import numpy as np

from dicomkit.dataset.modules.image_pixel import check_limits
from dicomkit.dataset.modules.modality import modality_step
from dicomkit.dataset.modules.plain import PlainPixels
from dicomkit.errors import UnitsError
from dicomkit.image.plain import read_plain
from dicomkit.transforms.rescale import Rescale

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.modules.modality import ModalityStep
    from dicomkit.image.image import Image
    from dicomkit.limits import Limits
    from dicomkit.stacking.stack import StackSlice
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["ReadSlice", "SliceReader", "VolumeValues", "check_holds", "make_reader"]

VolumeValues: TypeAlias = Literal["values", "hu", "quantity"]

_STORED = "stored"
# The defined term for values without a known unit (C.11.1.1.2).
_UNSPECIFIED = "US"
# Whole numbers up to here are exact in float32.
_EXACT = 1 << 24


class ReadSlice(NamedTuple):
    """What was read of one slice.

    Attributes
    ----------
    values : ndarray
        Shape (rows, columns) or (rows, columns, 3).
    units : str or None
        What they are in, where that is stated.
    quantity : str or None
        The code of what kind of quantity they are, where that is stated.
    """

    values: AnyArray
    units: str | None = None
    quantity: str | None = None


@dataclass(frozen=True, slots=True)
class SliceReader:
    """Makes the values of single slices, as `read_volume` was asked for them.

    Attributes
    ----------
    values : {"values", "hu", "quantity"}
        Which ones.
    dtype : numpy.dtype or None
        In which type; None as stored.
    padding : float or None
        What stands in the place of padding.
    units : str, int or None
        Which quantity, as in `to_quantity`.
    """

    values: VolumeValues
    dtype: np.dtype[Any] | None
    padding: float | None
    units: str | SupportsIndex | None = None

    def read(self, image: Image, frame: int, into: AnyArray | None = None) -> ReadSlice:
        """Give the values of one frame.

        Parameters
        ----------
        image : Image
        frame : int
        into : ndarray, optional
            Where to put them if that saves a copy; the result is this very array then.

        Raises
        ------
        DicomKitError
            The frame cannot be decoded, is not in the units that were asked for, or its values
            are not exact in the type that was asked for.
        """
        index = image.index(frame)
        stored = image.frame(index).values
        if self.values == "quantity":
            read = self._quantity(image, index)
        else:
            step = modality_step(image.dataset, index, image.description)
            read = self._values(stored, step, frame, into)
        if self.padding is not None and image.is_gray:
            mask = image.gray(index).padding
            if mask is not None:
                read = read._replace(values=self._padded(read.values, mask.covers(stored)))
        return read

    def read_known(
        self, one: StackSlice, limits: Limits, into: AnyArray | None = None
    ) -> ReadSlice | None:
        """Give the same of a slice whose header was read before, as far as it still holds.

        None where more than what is known of it is needed.

        Raises
        ------
        DicomKitError
            As `read`, but for the file's name.
        """
        known = one.known
        if not isinstance(known, PlainPixels) or self.padding is not None:
            return None
        if self.values == "quantity":
            return None
        check_limits(known.image, limits)
        stored = read_plain(cast("File", one.source), known)
        return None if stored is None else self._values(stored, known.modality, 0, into)

    def _values(
        self, stored: AnyArray, step: ModalityStep, frame: int, into: AnyArray | None
    ) -> ReadSlice:
        if self.values == "hu" and step.units != "HU":
            msg = (
                "the values are not Hounsfield units; values='values' gives them in the file's own"
            )
            raise UnitsError(msg, frame=frame)
        if self.dtype is None:
            return ReadSlice(stored)
        if into is not None and into.shape != stored.shape:
            into = None
        made = self._converted(stored, step, into)
        return ReadSlice(made, None if step.units == _UNSPECIFIED else step.units)

    def _quantity(self, image: Image, index: int) -> ReadSlice:
        from dicomkit.image.quantity import QuantityReader

        reader = QuantityReader(image, self.units)
        found = reader.frame(index)
        quantity = reader.option(index)[0].quantity
        term = None if found.units.term == _UNSPECIFIED else found.units.term
        return ReadSlice(
            found.values.astype(self.dtype, copy=False),
            found.units.code or term,
            None if quantity is None else quantity.code,
        )

    def _converted(self, stored: AnyArray, step: ModalityStep, into: AnyArray | None) -> AnyArray:
        dtype = np.dtype(np.float32) if self.dtype is None else self.dtype
        if dtype == np.float32:
            return _as_float32(stored, step, into)
        if dtype.kind == "f":
            return _as_float64(stored, step).astype(dtype, copy=False)
        values = stored if step.transform is None else _as_float64(stored, step)
        with np.errstate(invalid="ignore"):
            made = values.astype(dtype)
        if not np.array_equal(made, values):
            msg = (
                f"the values are not all exact as {dtype}; "
                "read them as float32, or pass dtype='stored' for the values as stored"
            )
            raise UnitsError(msg)
        return made

    def _padded(self, made: AnyArray, mask: npt.NDArray[np.bool_]) -> AnyArray:
        if not mask.any():
            return made
        value = float(self.padding or 0)
        check_holds(made.dtype, value, "padding")
        replaced = made.copy()
        replaced[mask] = value
        return replaced


def make_reader(
    values: VolumeValues,
    dtype: npt.DTypeLike,
    padding: float | None,
    units: str | SupportsIndex | None,
) -> SliceReader:
    """Check what was asked for.

    Raises
    ------
    ValueError
        There are no such values, or no such type.
    """
    if values not in get_args(VolumeValues):
        msg = f"values is 'values', 'hu' or 'quantity', not {values!r}"
        raise ValueError(msg)
    if units is not None and values != "quantity":
        msg = "units choose a quantity: pass values='quantity', too"
        raise ValueError(msg)
    if isinstance(dtype, str) and dtype == _STORED:
        if values != "values":
            msg = "dtype='stored' gives values as stored, which are in no units"
            raise ValueError(msg)
        return SliceReader(values, None, padding)
    kind = np.dtype(dtype)
    if kind.kind not in "iuf":
        msg = f"dtype is a real number's, or 'stored', not {kind}"
        raise ValueError(msg)
    if values == "quantity" and kind.kind != "f":
        msg = f"a quantity is read as float32 or float64, not as {kind}"
        raise ValueError(msg)
    return SliceReader(values, kind, padding, units)


def _as_float32(stored: AnyArray, step: ModalityStep, into: AnyArray | None) -> AnyArray:
    transform = step.transform
    if transform is None:
        if into is None:
            return np.asarray(stored, np.float32)
        into[...] = stored
        return into
    if isinstance(transform, Rescale) and _is_exact(stored.dtype, transform):
        # m * SV + b of whole numbers, all exact: equal to the bit without float64.
        values = np.empty(stored.shape, np.float32) if into is None else into
        # To convert first takes half the time of a product that converts.
        values[...] = stored
        if transform.slope != 1:
            values *= np.float32(transform.slope)
        values += np.float32(transform.intercept)
        return values
    return transform(stored)


def _is_exact(dtype: np.dtype[Any], rescale: Rescale) -> bool:
    if dtype.kind not in "iu" or dtype.itemsize > 2:  # noqa: PLR2004 - 16 bits
        return False
    whole = float(rescale.slope).is_integer() and float(rescale.intercept).is_integer()
    return whole and 65536 * abs(rescale.slope) + abs(rescale.intercept) <= _EXACT


def _as_float64(stored: AnyArray, step: ModalityStep) -> AnyArray:
    transform = step.transform
    if isinstance(transform, Rescale):
        # Output units = m * SV + b
        return np.multiply(stored, transform.slope, dtype=np.float64) + transform.intercept
    values = stored if transform is None else transform(stored)
    return np.asarray(values, np.float64)


def check_holds(dtype: np.dtype[Any], value: float, name: str) -> None:
    """Refuse a value that a type of whole numbers does not have; ValueError."""
    if dtype.kind not in "iu":
        return
    ends = np.iinfo(dtype)
    if not (value.is_integer() and ends.min <= value <= ends.max):
        msg = f"{name}={value:g} is no {dtype}"
        raise ValueError(msg)
