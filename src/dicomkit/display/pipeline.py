"""The heart: the steps from stored values to a picture, as one printable value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from dicomkit.transforms.ramp import Ramp, find_ramp

if TYPE_CHECKING:
    from dicomkit.notes import Note
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["DisplayPipeline", "Picture", "Role", "Step", "Transform"]

Picture: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Role = Literal[
    "Padding", "Modality", "Intensity", "Mask", "VOI", "Presentation", "Palette", "Colour",
    "Output", "Shutter", "Area", "Rotation", "Size", "Graphics",
]  # fmt: skip


class Transform(Protocol):
    """A frozen, hashable value that is called with an array."""

    def __call__(self, values: AnyArray, /) -> AnyArray:
        """Map an array to another."""
        ...

    def __hash__(self) -> int:
        """Let equal transforms share a table."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pipeline: what it does, and where its parameters came from.

    Attributes
    ----------
    role : str
        The step's name in the standard: ``"Modality"``, ``"VOI"``, ``"Presentation"``, ...
    transform : callable
        A frozen value such as `Rescale`, `Window` or `LookupTable`.
    source : str
        Where the parameters came from: the file, frame 3's functional group, a preset,
        the caller, computed.
    """

    role: Role
    transform: Transform
    source: str

    def __call__(self, values: AnyArray) -> AnyArray:
        """Apply the step."""
        return self.transform(values)

    def __str__(self) -> str:
        """Give the role, the parameters and their source on one line."""
        return f"{self.role:<12}  {self.transform}  [{self.source}]"


@dataclass(frozen=True, slots=True)
class DisplayPipeline:
    """All steps from one frame's stored values to a picture.

    Equal pipelines make equal pictures of equal values. ``str()`` answers why a picture
    looks as it does.

    Attributes
    ----------
    steps : tuple of Step
        In order; the last one gives whole grey levels. Each works on values one by one.
    stored_range : (int, int) or None
        The lowest and highest stored value that a lookup table has to cover; None for
        stored values of more than 16 bits or of floating point, and where a mask is subtracted.
    notes : tuple of Note
        Every fallback that was taken.
    placing : tuple of Step
        What a presentation state does with the picture as a whole: shutter, displayed area,
        rotation, size and graphics, in this order.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> pipeline = dk.display_pipeline(ds, window="bone")
    >>> print(pipeline)
    Modality      x * 1 - 1024 HU  [the file]
    VOI           center 400, width 1800, LINEAR  [preset bone]
    Output        0..255, to the nearest  [8 bits]
    >>> pipeline(dk.stored_values(ds)).dtype
    dtype('uint8')
    """

    steps: tuple[Step, ...]
    stored_range: tuple[int, int] | None
    notes: tuple[Note, ...] = ()
    placing: tuple[Step, ...] = ()

    def __call__(self, stored: AnyArray) -> Picture:
        """Turn stored values into a picture.

        Parameters
        ----------
        stored : numpy.ndarray, any shape
            As `stored_values` gives them; one frame where there are steps of ``placing``.

        Returns
        -------
        numpy.ndarray of uint8 or uint16
            The same shape, if nothing places it anew; with a last axis of 3 where a palette
            or three windows make colour of grey.

        Raises
        ------
        LimitError
            There is more to be drawn by a presentation state than the limits allow.
        """
        return self._placed(self._levels(stored))

    def _levels(self, stored: AnyArray) -> Picture:
        """Do the steps that work on values one by one."""
        if self.stored_range is None or stored.dtype.kind not in "iu":
            return self._step_by_step(stored)
        lookup = _lookup(self._transforms, *self.stored_range)
        if not self._in_range(stored):
            return self._step_by_step(stored)
        if lookup.is_identity and lookup.table.dtype == stored.dtype:
            return stored.copy()
        if lookup.ramp is not None and lookup.ramp.takes(stored.dtype):
            return lookup.ramp(stored)
        both_signs = self.stored_range[0] < 0
        index = _as_indices(stored, len(lookup.table)) if both_signs else stored
        looked_up: AnyArray = np.take(lookup.table, index, axis=0)
        return looked_up

    def by_steps(self, stored: AnyArray) -> Picture:
        """Turn stored values into a picture without the table, step by step."""
        return self._placed(self._step_by_step(stored))

    def _step_by_step(self, stored: AnyArray) -> Picture:
        values = stored
        for step in self.steps:
            values = step(values)
        picture: Picture = values
        return picture

    def _placed(self, picture: AnyArray) -> Picture:
        for step in self.placing:
            picture = step(picture)
        placed: Picture = picture
        return placed

    def table(self) -> Picture:
        """Give the picture of every possible stored value, negative ones last.

        Raises
        ------
        ValueError
            The stored values are not integers of 16 bits or fewer, or a mask is subtracted,
            which differs from pixel to pixel.
        """
        if self.stored_range is None:
            msg = "only stored integers of 16 bits or fewer, without a mask, have a table"
            raise ValueError(msg)
        return _lookup(self._transforms, *self.stored_range).table

    def __str__(self) -> str:
        """Give each step on a line, then each note."""
        lines = [str(step) for step in (*self.steps, *self.placing)]
        return "\n".join(lines + [f"Note          {note}" for note in self.notes])

    def _repr_html_(self) -> str:
        """Draw the steps for a notebook."""
        from dicomkit.display.diagram import diagram

        return diagram(self)

    @property
    def _transforms(self) -> tuple[Transform, ...]:
        return tuple(step.transform for step in self.steps)

    def _in_range(self, stored: AnyArray) -> bool:
        if self.stored_range is None or not stored.size:
            return False
        low, high = self.stored_range
        holds = np.iinfo(stored.dtype)
        above = high < holds.max and stored.max() > high
        below = holds.min < low and stored.min() < low
        return not (above or below)


def _as_indices(stored: AnyArray, size: int) -> AnyArray:
    """Give the places of values in a table of which a part is for negative ones.

    Two's complement of Bits Stored bits is the place where a negative value lies. Unsigned
    indices are looked up three times as fast as signed ones.
    """
    narrow = size > 1 << (8 * stored.itemsize)
    native = np.int16 if narrow else stored.dtype.newbyteorder("=")
    signed = stored.astype(native, copy=False)
    index: AnyArray = signed.view(f"u{signed.itemsize}")
    return index if size == 1 << (8 * signed.itemsize) else index & (size - 1)


class _Lookup(NamedTuple):
    """The picture of every stored value, and what makes looking it up unnecessary."""

    table: Picture
    is_identity: bool
    ramp: Ramp | None


@lru_cache(maxsize=32)
def _lookup(transforms: tuple[Transform, ...], low: int, high: int) -> _Lookup:
    stored: AnyArray = np.concatenate([np.arange(max(low, 0), high + 1), np.arange(low, 0)])
    values = view = stored
    for transform in transforms:
        view, values = values, transform(values)
    values.flags.writeable = False
    is_identity = values.shape == stored.shape and bool((values == stored).all())
    ramp = None
    if values.dtype == np.uint8 and values.shape == view.shape == stored.shape:
        order = np.argsort(stored)
        ascending = stored[order].astype(np.uint16 if low >= 0 else np.int16)
        ramp = find_ramp(ascending, view[order], values[order])
    return _Lookup(values, is_identity, ramp)
