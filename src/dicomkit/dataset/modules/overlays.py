"""Overlay groups: where text and drawings lie that belong over an image (PS3.3 C.9.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import integer, integers, octets, text
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

__all__ = ["OverlayGroup", "activation_layers", "overlay_groups"]

_FIRST_GROUP, _LAST_GROUP = 0x6000, 0x601E
# The elements of a group, by number: the dictionary has no keyword for one group alone.
_ROWS, _COLUMNS, _FRAMES, _DESCRIPTION = 0x0010, 0x0011, 0x0015, 0x0022
_TYPE, _ORIGIN, _FRAME_ORIGIN, _LAYER = 0x0040, 0x0050, 0x0051, 0x1001
_BITS_ALLOCATED, _BIT_POSITION, _LABEL, _DATA = 0x0100, 0x0102, 0x1500, 0x3000
_PAIR = 2


@dataclass(frozen=True, slots=True)
class OverlayGroup:
    """What a dataset says of one overlay.

    Attributes
    ----------
    group : int
        0x6000 to 0x601E.
    rows, columns, frames : int
        Its own size; frames are not stated of planes in the pixel data.
    data : bytes or None
        A bit a pixel, the least significant first; None where they are in the pixel data.
    bits_allocated, bit_position : int or None
        Where they lie in the pixel data's words.
    origin : (int, int)
        Row and column of its first pixel in the image, counted from 1; may lie outside.
    first_frame : int or None
        Image Frame Origin, counted from 1.
    kind, label, description : str or None
    """

    group: int
    rows: int
    columns: int
    frames: int
    data: bytes | None = field(repr=False)
    bits_allocated: int | None
    bit_position: int | None
    origin: tuple[int, int]
    first_frame: int | None
    kind: str | None
    label: str | None = field(repr=False)
    description: str | None = field(repr=False)


def overlay_groups(ds: Dataset, notes: list[Note]) -> Iterator[OverlayGroup]:
    """Read the overlay groups in their order, and note which are broken or say too little."""
    for group in range(_FIRST_GROUP, _LAST_GROUP + 1, 2):
        base = group << 16
        if base | _ROWS not in ds:
            continue
        rows, columns = integer(ds, base | _ROWS), integer(ds, base | _COLUMNS)
        frames = integer(ds, base | _FRAMES) or 1
        if not rows or not columns or min(rows, columns, frames) < 1:
            notes.append(Note("overlay_ignored", f"overlay group {group:04X}: its size is wrong"))
            continue
        origin = integers(ds, base | _ORIGIN, signed=True)
        if len(origin) != _PAIR:
            message = f"overlay group {group:04X} has no origin: the image's first pixel assumed"
            notes.append(Note("overlay_origin_assumed", message))
            origin = (1, 1)
        yield OverlayGroup(
            group=group,
            rows=rows,
            columns=columns,
            frames=frames,
            data=octets(ds, base | _DATA),
            bits_allocated=integer(ds, base | _BITS_ALLOCATED),
            bit_position=integer(ds, base | _BIT_POSITION),
            origin=(origin[0], origin[1]),
            first_frame=integer(ds, base | _FRAME_ORIGIN),
            kind=text(ds, base | _TYPE),
            label=text(ds, base | _LABEL),
            description=text(ds, base | _DESCRIPTION),
        )


def activation_layers(ds: Dataset) -> Iterator[tuple[int, str]]:
    """Give each group that is to be drawn, and in which layer (PS3.3 C.11.7)."""
    for group in range(_FIRST_GROUP, _LAST_GROUP + 1, 2):
        layer = text(ds, group << 16 | _LAYER)
        if layer is not None:
            yield group, layer
