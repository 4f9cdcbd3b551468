"""How strongly, and in which direction, an image is weighted by diffusion (PS3.3 C.8.13.5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import item, numbers

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.elements.private import PrivateBlocks

__all__ = ["PRIVATE_TAGS", "b_value", "gradient"]

# GE adds it to b-values of several directions.
_GE_BASE: Final = 1e9
# The makers' own b-values and gradients: group, creator, offsets, VR.
_B_VALUES: Final = (
    (0x0019, "SIEMENS MR HEADER", (0x0C,), "IS"),
    (0x0043, "GEMS_PARM_01", (0x39,), "IS"),
    (0x2001, "Philips Imaging DD 001", (0x03,), "FL"),
    (0x0065, "Image Private Header", (0x09,), "FD"),
)
_GRADIENTS: Final = (
    (0x0019, "SIEMENS MR HEADER", (0x0E,), "FD"),
    (0x0019, "GEMS_ACQU_01", (0xBB, 0xBC, 0xBD), "DS"),
    (0x2005, "Philips MR Imaging DD 001", (0xB0, 0xB1, 0xB2), "FL"),
    (0x0065, "Image Private Header", (0x37,), "FD"),
)
# What reserves a block for a creator, and what may lie in any block.
_BLOCKS: Final = range(0x10, 0x100)
PRIVATE_TAGS: Final = frozenset(
    tag
    for group, _, offsets, _ in (*_B_VALUES, *_GRADIENTS)
    for block in _BLOCKS
    for tag in (group << 16 | block, *(group << 16 | block << 8 | offset for offset in offsets))
)
"""All that is looked at besides the standard's attributes."""


def b_value(place: Dataset, blocks: PrivateBlocks) -> tuple[float, ...]:
    """Give the b-value, in s/mm2: the standard's in `place`, else the maker's own; or nothing."""
    found = numbers(place, "DiffusionBValue") or _private(blocks, _B_VALUES)[:1]
    return (found[0] % _GE_BASE,) if found and found[0] >= _GE_BASE else found


def gradient(place: Dataset, blocks: PrivateBlocks) -> tuple[float, ...]:
    """Give the gradient's direction, likewise."""
    direction = item(place, "DiffusionGradientDirectionSequence")
    stated = numbers(place if direction is None else direction, "DiffusionGradientOrientation")
    return stated or _private(blocks, _GRADIENTS)


def _private(
    blocks: PrivateBlocks, places: tuple[tuple[int, str, tuple[int, ...], str], ...]
) -> tuple[float, ...]:
    for group, creator, offsets, vr in places:
        if blocks.tag(group, creator, offsets[0]) is None:
            continue
        parts = [blocks.numbers(group, creator, offset, vr) for offset in offsets]
        if all(parts):
            return tuple(number for part in parts for number in part)
    return ()
