"""Ways to change what a dataset is made of, at any depth, in files that are sound otherwise."""

from __future__ import annotations

import warnings
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

__all__ = ["restructured"]

_MOST_CHANGES: Final = 3
_VRS: Final = (
    *("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF"),
    *("OL", "OW", "PN", "SH", "SL", "SS", "ST", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT"),
)
_LONG_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT"})
_COUNTS: Final = (
    b"0",
    b"1",
    b"2",
    b"3",
    b"17",
    b"1000",
    b"1000000",
    b"2147483647",
    b"-1",
    b"1\\2",
    b"",
)
_WORDS: Final = (0, 1, 2, 3, 7, 8, 12, 15, 16, 17, 32, 64, 255, 256, 4095, 32767, 32768, 65535)
_TABLE: Final = bytes(range(256)) * 2
_SYNTAXES: Final = (
    *("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5"),
    *(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70, 80, 81, 90, 91, 94, 100, 110, 112, 201)),
    *("1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1", "1.2.840.113619.5.2", "1.2.3"),
)
_FRAMES: Final = Tag("NumberOfFrames")
_DESCRIBED: Final = 0x0028
_PIXELS: Final = Tag("PixelData")
_MOST_ITEMS: Final = 64
# What the rest hangs on: tables, their descriptors, and where frames lie.
_TABLES: Final = tuple(
    Tag(keyword)
    for keyword in (
        *("LUTDescriptor", "LUTData", "WindowCenter", "WindowWidth", "RescaleSlope"),
        *("RedPaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData"),
        *("SegmentedRedPaletteColorLookupTableData", "ExtendedOffsetTable"),
        *("ExtendedOffsetTableLengths", "PixelPaddingValue", "PixelPaddingRangeLimit"),
        *("FrameIncrementPointer", "ICCProfile", "PixelAspectRatio", "PixelSpacing"),
    )
)

_Change: TypeAlias = "Callable[[Dataset, random.Random], str]"


def restructured(data: bytes, rng: random.Random) -> tuple[bytes, tuple[str, ...]]:
    """Change a file's structure in one to three places, and write it anew.

    Parameters
    ----------
    data : bytes
        The file.
    rng : random.Random
        Decides everything.

    Returns
    -------
    bytes
        The changed file, or the same where pydicom cannot read it or write the result.
    tuple of str
        What was done, in order.
    """
    done = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = pydicom.dcmread(BytesIO(data), force=True)
            little, implicit = ds.original_encoding[1], ds.original_encoding[0]
            for _ in range(min(_MOST_CHANGES, 1 + int(rng.expovariate(1)))):
                change = rng.choice(_CHANGES)
                done.append(f"{change.__name__.strip('_')} {change(ds, rng)}")
            written = BytesIO()
            pydicom.dcmwrite(
                written,
                ds,
                implicit_vr=bool(implicit),
                little_endian=little is not False,
                force_encoding=True,
            )
    except Exception:  # noqa: BLE001 - some are damaged on purpose
        return data, ()
    return written.getvalue(), tuple(done)


def _datasets(ds: Dataset, depth: int = 0) -> Iterator[Dataset]:
    """Go through a dataset and the items in it."""
    yield ds
    if depth > _MOST_CHANGES:
        return
    for tag in list(ds.keys()):
        for item in _items(ds, tag)[:_MOST_ITEMS]:
            yield from _datasets(item, depth + 1)


def _items(ds: Dataset, tag: BaseTag) -> list[Dataset]:
    with suppress(Exception):
        value = ds[tag].value
        if isinstance(value, Sequence):
            return list(value)
    return []


def _some(ds: Dataset, rng: random.Random) -> Dataset:
    # The root is as likely as all items together.
    return ds if rng.random() < 0.5 else rng.choice(list(_datasets(ds)))


def _tag(ds: Dataset, rng: random.Random) -> BaseTag:
    tags = list(ds.keys())
    described = [tag for tag in tags if tag.group == _DESCRIBED or tag in _TABLES]
    return rng.choice(described if described and rng.random() < 0.5 else tags or [_FRAMES])


def _put(ds: Dataset, tag: BaseTag, vr: str, value: bytes) -> None:
    """Give an element bytes that nobody has checked."""
    value += b" " * (len(value) % 2)
    little = ds.original_encoding[1] is not False
    raw = RawDataElement(
        tag, vr, len(value), value, 0, is_implicit_VR=False, is_little_endian=little
    )
    ds._dict[tag] = raw


def _bytes_of(ds: Dataset, tag: BaseTag) -> bytes:
    with suppress(Exception):
        value = ds.get_item(tag).value
        if isinstance(value, bytes):
            return value
    return b""


def _dropped(ds: Dataset, rng: random.Random) -> str:
    some = _some(ds, rng)
    tag = _tag(some, rng)
    some._dict.pop(tag, None)
    return f"{tag}"


def _doubled(ds: Dataset, rng: random.Random) -> str:
    """Repeat an item of a sequence, or all of them."""
    found = [(one, tag) for one in _datasets(ds) for tag in list(one.keys()) if _items(one, tag)]
    if not found:
        return "nothing"
    one, tag = rng.choice(found)
    items = _items(one, tag)
    times = rng.choice((2, 3, 17))
    one[tag].value = Sequence((items * times)[: 4 * _MOST_ITEMS])
    return f"{tag} {times} times"


def _emptied(ds: Dataset, rng: random.Random) -> str:
    found = [(one, tag) for one in _datasets(ds) for tag in list(one.keys()) if _items(one, tag)]
    if not found:
        return "nothing"
    one, tag = rng.choice(found)
    items = _items(one, tag)
    items[rng.randrange(len(items))] = Dataset()
    one[tag].value = Sequence(items[: rng.randrange(len(items) + 1)] or items[:1])
    return f"{tag}"


def _moved(ds: Dataset, rng: random.Random) -> str:
    """Take an element into another item, or out of one."""
    source, target = _some(ds, rng), _some(ds, rng)
    tag = _tag(source, rng)
    element = source._dict.get(tag)
    if element is not None and source is not target and not _items(source, tag):
        target._dict[tag] = element
    return f"{tag}"


def _vr(ds: Dataset, rng: random.Random) -> str:
    some = _some(ds, rng)
    tag = _tag(some, rng)
    vr = rng.choice(_VRS)
    value = _bytes_of(some, tag)
    _put(some, tag, vr, value if vr in _LONG_VRS else value[:65534])
    return f"{tag} to {vr}"


def _words(ds: Dataset, rng: random.Random) -> str:
    """Let a number of the description, or of a table, be another one."""
    some = _some(ds, rng)
    tag = _tag(some, rng)
    count = rng.choice((1, 1, 1, 2, 3))
    value = b"".join(rng.choice(_WORDS).to_bytes(2, "little") for _ in range(count))
    _put(some, tag, rng.choice(("US", "SS", "US")), value)
    return f"{tag} to {value.hex()}"


def _resized(ds: Dataset, rng: random.Random) -> str:
    """Give an element more or fewer bytes than it had."""
    some = _some(ds, rng)
    tag = _tag(some, rng)
    value = _bytes_of(some, tag)
    size = rng.choice((0, 1, 2, len(value) // 2, max(len(value) - 2, 0), len(value) + 2))
    vr = "UN" if tag == _PIXELS else str(getattr(some.get_item(tag), "VR", None) or "UN")
    _put(some, tag, vr, (value + _TABLE)[: min(size, 65534)])
    return f"{tag} to {size} bytes"


def _frame_count(ds: Dataset, rng: random.Random) -> str:
    count = rng.choice(_COUNTS)
    _put(ds, _FRAMES, "IS", count)
    return f"{count!r}"


def _table(ds: Dataset, rng: random.Random) -> str:
    """Add a table, or exchange what is in one."""
    some = _some(ds, rng)
    tag = rng.choice(_TABLES)
    size = rng.choice((0, 2, 4, 6, 8, 16, 512))
    value = rng.choice((bytes(size), _TABLE[:size], rng.randbytes(size)))
    _put(some, tag, rng.choice(("OW", "US", "OV", "DS", "OB")), value)
    return f"{tag} of {size} bytes"


def _offsets(ds: Dataset, rng: random.Random) -> str:
    """Write another Basic Offset Table into encapsulated pixel data."""
    data = _bytes_of(ds, _PIXELS)
    if not data.startswith(b"\xfe\xff\x00\xe0"):
        return "nothing"
    length = int.from_bytes(data[4:8], "little")
    table = b"".join(
        rng.choice((0, 8, 100, len(data), 1 << 31, rng.randrange(1 << 32))).to_bytes(4, "little")
        for _ in range(rng.choice((0, 1, 2, 3, 30)))
    )
    changed = data[:4] + len(table).to_bytes(4, "little") + table + data[8 + length :]
    with suppress(Exception):
        ds[_PIXELS].value = changed
    return f"{len(table)} bytes"


def _group(ds: Dataset, rng: random.Random) -> str:
    """Take a group's elements to another one: overlays, curves, private ones."""
    groups = sorted({tag.group for tag in ds.keys()})  # noqa: SIM118
    source = rng.choice(groups or [0x0028])
    target = rng.choice((0x6000, 0x6002, 0x601E, 0x6020, 0x5000, 0x0029, 0x07A1, 0x7FE0, 0x0028))
    for tag in [tag for tag in ds.keys() if tag.group == source]:  # noqa: SIM118
        ds._dict[Tag(target, tag.element)] = ds._dict[tag]._replace(  # type: ignore[union-attr]
            tag=Tag(target, tag.element)
        )
    return f"{source:04x} to {target:04x}"


def _overlay(ds: Dataset, rng: random.Random) -> str:
    """Describe an overlay that is in the file, or in the pixels' bits, or nowhere."""
    group = rng.choice((0x6000, 0x6002, 0x601E))
    for element, vr, size in (
        (0x10, "US", 2),
        (0x11, "US", 2),
        (0x50, "SS", 4),
        (0x100, "US", 2),
        (0x102, "US", 2),
    ):
        value = b"".join(rng.choice(_WORDS).to_bytes(2, "little") for _ in range(size // 2))
        _put(ds, Tag(group, element), vr, value)
    if rng.random() < 0.5:
        _put(ds, Tag(group, 0x3000), "OW", rng.randbytes(rng.choice((0, 8, 512, 8192))))
    return f"{group:04x}"


def _syntax(ds: Dataset, rng: random.Random) -> str:
    syntax = rng.choice(_SYNTAXES)
    meta = cast("Dataset", ds.file_meta)
    meta.TransferSyntaxUID = UID(syntax)
    return syntax


_CHANGES: Final[tuple[_Change, ...]] = (
    *(_dropped, _doubled, _emptied, _moved, _vr),
    *(_words,) * 3,
    *(_resized, _frame_count, _table, _offsets, _group, _overlay, _syntax),
)
