"""Elements encoded by hand, and datasets whose values are still those bytes."""

from __future__ import annotations

import io
import struct
import warnings

import pytest
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import Tag

LONG_FORM = {"OB", "OD", "OF", "OL", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
ENCODINGS = pytest.mark.parametrize("big", [False, True], ids=["little", "big"])


def element(keyword: str, vr: str, value: bytes, *, big: bool = False) -> bytes:
    """Encode an element with explicit VR (PS3.5 7.1.2)."""
    tag = Tag(keyword)
    order = ">" if big else "<"
    form = "H2sHL" if vr in LONG_FORM else "H2sH"
    middle = [vr.encode(), 0] if vr in LONG_FORM else [vr.encode()]
    return struct.pack(f"{order}H{form}", tag.group, tag.element, *middle, len(value)) + value


def implicit(keyword: str, value: bytes) -> bytes:
    """Encode an element with implicit VR (PS3.5 7.1.3)."""
    tag = Tag(keyword)
    return struct.pack("<HHL", tag.group, tag.element, len(value)) + value


def read(*elements: bytes, big: bool = False, explicit: bool = True) -> Dataset:
    """Let pydicom split elements; their values stay the raw bytes."""
    buffer = io.BytesIO(b"".join(elements))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_dataset(buffer, not explicit, not big)


def one(keyword: str, vr: str, value: bytes, *, big: bool = False) -> Dataset:
    return read(element(keyword, vr, value, big=big), big=big)


def convert(ds: Dataset, keyword: str) -> None:
    """Have pydicom turn the raw bytes into its own values."""
    ds[keyword]
    assert not isinstance(ds.get_item(keyword), RawDataElement)


def in_memory(keyword: str, vr: str, value: object) -> Dataset:
    ds = Dataset()
    ds[keyword] = DataElement(Tag(keyword), vr, value, already_converted=True)
    return ds


def sequence(*parts: bytes) -> bytes:
    framed = [struct.pack("<HHL", 0xFFFE, 0xE000, len(part)) + part for part in parts]
    return element("VOILUTSequence", "SQ", b"".join(framed))
