"""Palette Color Lookup Tables of a dataset (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9, C.7.9.2)."""

from __future__ import annotations

import functools
import importlib.resources
from typing import TYPE_CHECKING

import numpy as np
import pydicom

from dicomkit.dataset.elements.attributes import text, words
from dicomkit.dataset.modules.photometric import has_supplement
from dicomkit.dataset.modules.tables import descriptor, entries
from dicomkit.errors import InconsistentError, LimitError
from dicomkit.notes import Note
from dicomkit.transforms.palette import Palette

if TYPE_CHECKING:
    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription

__all__ = ["expand_segments", "palette", "supplemental_palette"]

# Opcodes of segments (C.7.9.2).
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_BYTE_BITS = 8
_BYTE_MAX = 255
_WORD_MAX = 65535
# PS3.6 table A-7: the files that pydicom ships of the well-known palettes.
_WELL_KNOWN = {
    "1.2.840.10008.1.5.1": "hotiron.dcm",
    "1.2.840.10008.1.5.2": "pet.dcm",
    "1.2.840.10008.1.5.3": "hotmetalblue.dcm",
    "1.2.840.10008.1.5.4": "pet20step.dcm",
    "1.2.840.10008.1.5.5": "spring.dcm",
    "1.2.840.10008.1.5.6": "summer.dcm",
    "1.2.840.10008.1.5.7": "fall.dcm",
    "1.2.840.10008.1.5.8": "winter.dcm",
}


def palette(ds: Dataset, image: ImageDescription, notes: list[Note]) -> Palette:
    """Read the palette of a PALETTE COLOR image.

    Raises
    ------
    InconsistentError
        The dataset has no palette, or a broken one: its stored values have no colours.
    LimitError
        A segmented palette expands beyond its declared size.
    """
    if "RedPaletteColorLookupTableDescriptor" in ds:
        return _read(ds, signed=image.signed, notes=notes)
    known = _WELL_KNOWN.get(text(ds, "PaletteColorLookupTableUID") or "")
    if known:
        return _well_known(known)
    msg = "the image is PALETTE COLOR but has no Palette Color Lookup Tables to colour it with"
    raise InconsistentError(msg)


def supplemental_palette(ds: Dataset, image: ImageDescription, notes: list[Note]) -> Palette | None:
    """Read the palette that colours the highest stored values of a greyscale image.

    A broken one is noted and left out: the grey picture is right without it.
    """
    if not has_supplement(ds, image):
        return None
    try:
        return _read(ds, signed=image.signed, notes=notes)
    except InconsistentError as error:
        notes.append(Note("palette_ignored", f"supplemental palette: {error.message}"))
        return None


@functools.cache
def _well_known(name: str) -> Palette:
    source = importlib.resources.files(pydicom) / "data" / "palettes" / name
    with source.open("rb") as stream:
        return _read(pydicom.dcmread(stream), signed=False, notes=[])


def _read(ds: Dataset, *, signed: bool, notes: list[Note]) -> Palette:
    channels = []
    firsts = set()
    for color in ("Red", "Green", "Blue"):
        described = descriptor(ds, f"{color}PaletteColorLookupTableDescriptor", signed=signed)
        if described is None:
            msg = f"the {color} Palette Color Lookup Table Descriptor is missing or broken"
            raise InconsistentError(msg)
        count, first, bits = described
        values = _channel(ds, color, count, bits)
        if not values.size:
            msg = f"the {color} Palette Color Lookup Table Data are missing"
            raise InconsistentError(msg)
        firsts.add(first)
        channels.append((values, bits))
    size = max(values.size for values, _ in channels)
    if len(firsts) > 1 or any(values.size != size for values, _ in channels):
        msg = "the palette's three colours differ in size or first value mapped"
        notes.append(Note("palette_uneven", msg))
    highest = max(int(values.max()) for values, _ in channels)
    full = _full_scale(highest, max(bits for _, bits in channels), notes)
    even = [np.pad(values, (0, size - values.size), mode="edge") for values, _ in channels]
    stretched = np.rint(np.stack(even, axis=-1) * (_WORD_MAX / full))
    return Palette(min(firsts), stretched.astype(np.uint16))


def _full_scale(highest: int, bits: int, notes: list[Note]) -> int:
    """Give the entry that stands for full intensity, by what is declared and by the data."""
    if highest <= _BYTE_MAX:
        if bits > _BYTE_BITS:
            notes.append(Note("palette_bits", "a 16-bit palette holds 8-bit entries: stretched"))
        return _BYTE_MAX
    stated = (1 << bits) - 1
    if highest <= stated < _WORD_MAX:
        # Entries have 8 or 16 bits; some writers give them as many as the pixels.
        notes.append(Note("palette_bits", f"a palette holds {bits}-bit entries: stretched"))
        return stated
    return _WORD_MAX


def _channel(ds: Dataset, color: str, count: int, bits: int) -> npt.NDArray[np.uint16]:
    plain = words(ds, f"{color}PaletteColorLookupTableData")
    if plain.size:
        return entries(plain, count)
    segments = words(ds, f"Segmented{color}PaletteColorLookupTableData")
    if bits <= _BYTE_BITS:
        return expand_segments(segments.astype("<u2").view(np.uint8), count)
    return expand_segments(segments, count)


def expand_segments(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], most: int
) -> npt.NDArray[np.uint16]:
    """Expand the segments of one colour (C.7.9.2).

    Parameters
    ----------
    data : numpy.ndarray of uint8 or uint16, shape (n,)
        Opcodes, lengths and entries, in units of one entry.
    most : int
        The number of entries that the descriptor declares.

    Raises
    ------
    InconsistentError
        A segment is cut off, unknown, or refers to nothing.
    LimitError
        The segments expand to more than ``most`` entries.
    """
    found: list[npt.NDArray[np.float64]] = []
    total = steps = position = 0
    # While an indirect segment copies: how many segments are left, and where to go on after.
    left, resume = 0, 0
    # A segment takes three units at least, so up to two at the end are padding.
    while position + 2 < data.size:
        steps += 1
        opcode, length = int(data[position]), int(data[position + 1])
        if opcode == _INDIRECT:
            if left or not found:
                msg = "an indirect palette segment stands first or is copied by another one"
                raise InconsistentError(msg)
            left, resume = length, position + 2 + 4 // data.itemsize
            position = _offset(data, position + 2) if left else resume
            continue
        values, position = _segment(data, position, float(found[-1][-1]) if found else None)
        total += values.size
        # Segments without entries could otherwise go on without end.
        if total > most or steps > 2 * most:
            msg = f"a segmented palette expands to more than its {most} entries"
            raise LimitError(msg)
        if values.size:
            found.append(values)
        if left:
            left -= 1
            position = position if left else resume
    return np.concatenate(found).astype(np.uint16) if found else np.empty(0, np.uint16)


def _segment(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], position: int, last: float | None
) -> tuple[npt.NDArray[np.float64], int]:
    """Expand one segment that follows the entry ``last``; say where the next one begins."""
    opcode, length = int(data[position]), int(data[position + 1])
    start = position + 2
    if opcode == _DISCRETE:
        values = data[start : start + length].astype(np.float64)
        if values.size < length:
            msg = "a palette segment ends before its entries do"
            raise InconsistentError(msg)
        return values, start + length
    if opcode == _LINEAR:
        if last is None:
            msg = "a palette begins with a linear segment, which has nothing to start from"
            raise InconsistentError(msg)
        return np.rint(np.linspace(last, float(data[start]), length + 1)[1:]), start + 1
    msg = f"a palette segment has the unknown opcode {opcode}"
    raise InconsistentError(msg)


def _offset(data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], position: int) -> int:
    """Read the byte offset of an indirect segment, as an index of entries."""
    parts = data[position : position + 4 // data.itemsize]
    offset = sum(int(part) << (8 * data.itemsize * place) for place, part in enumerate(parts))
    return offset // data.itemsize
