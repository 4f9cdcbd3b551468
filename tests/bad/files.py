"""Making bad files out of good ones, in memory."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING

import pydicom
from pydicom.data import get_testdata_file
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.encaps import encapsulate, generate_frames
from pydicom.tag import Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydicom.dataset import FileDataset

__all__ = [
    "EXPLICIT",
    "IMPLICIT",
    "claiming",
    "cut",
    "element",
    "good",
    "good_frame",
    "item",
    "part10",
    "path_of",
    "pixels_of",
    "siz_claiming",
    "with_frames",
    "with_pixels",
    "with_stream",
    "with_values",
    "without_end",
]

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
_LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UR", "UT", "UN"})
_AMBIGUOUS = {"US or SS": "US", "US or OW": "OW", "US or SS or OW": "OW", "OB or OW": "OW"}
_UNDEFINED = 0xFFFFFFFF


def path_of(name: str) -> str:
    """Find a good file, never on the network."""
    found = get_testdata_file(name, download=False)
    assert isinstance(found, str)
    return found


def good(name: str) -> bytes:
    """Give a good file's bytes."""
    with open(path_of(name), "rb") as stream:  # noqa: PTH123 - a path as pydicom gives it
        return stream.read()


def with_values(name: str, /, **values: bytes | None) -> bytes:
    """Replace elements' values by bytes as no writer would write them; None removes one."""
    ds = pydicom.dcmread(path_of(name))
    for keyword, value in values.items():
        _put(ds, keyword, value)
    return _written(ds)


def pixels_of(name: str) -> bytes:
    """Give the value of a good file's pixel data."""
    value: bytes = pydicom.dcmread(path_of(name)).PixelData
    return value


def with_pixels(name: str, change: Callable[[bytes], bytes], /, **values: bytes | None) -> bytes:
    """Change the value of the pixel data, and of other elements beside them."""
    ds = pydicom.dcmread(path_of(name))
    raw = ds.get_item("PixelData")
    assert isinstance(raw, RawDataElement)
    assert raw.value is not None
    changed = change(raw.value)
    length = raw.length if raw.length == _UNDEFINED else len(changed)
    ds[raw.tag] = raw._replace(value=changed, length=length)
    for keyword, value in values.items():
        _put(ds, keyword, value)
    return _written(ds)


def good_frame(name: str) -> bytes:
    """Give the first compressed frame of a good file."""
    ds = pydicom.dcmread(path_of(name))
    return next(generate_frames(ds.PixelData, number_of_frames=int(ds.get("NumberOfFrames", 1))))


def with_frames(
    name: str, change: Callable[[list[bytes]], Iterable[bytes]], /, **values: bytes | None
) -> bytes:
    """Change the list of a good file's compressed frames."""

    def changed(value: bytes) -> bytes:
        ds = pydicom.dcmread(path_of(name))
        declared = int(ds.get("NumberOfFrames", 1))
        return encapsulate(list(change(list(generate_frames(value, number_of_frames=declared)))))

    return with_pixels(name, changed, **values)


def with_stream(name: str, change: Callable[[bytes], bytes], /, **values: bytes | None) -> bytes:
    """Change the compressed stream of each frame."""
    return with_frames(name, lambda frames: map(change, frames), **values)


def claiming(
    rows: int | None = None,
    columns: int | None = None,
    components: int | None = None,
    precision: int | None = None,
) -> Callable[[bytes], bytes]:
    """Let the frame header of a JPEG or JPEG-LS stream claim something else (T.81 B.2.2)."""

    def change(stream: bytes) -> bytes:
        at = min(
            found
            for marker in (b"\xff\xc0", b"\xff\xc1", b"\xff\xc3", b"\xff\xf7")
            if (found := stream.find(marker)) >= 0
        )
        # Marker, length, P, Y, X, Nf.
        fields = ((4, 1, precision), (5, 2, rows), (7, 2, columns), (9, 1, components))
        return _patched(stream, at, fields)

    return change


def siz_claiming(
    rows: int | None = None,
    columns: int | None = None,
    tile_rows: int | None = None,
    tile_columns: int | None = None,
    components: int | None = None,
) -> Callable[[bytes], bytes]:
    """Let the SIZ segment of a JPEG 2000 stream claim something else (T.800 A.5.1)."""

    def change(stream: bytes) -> bytes:
        at = stream.index(b"\xff\x51")
        # Marker, length, Rsiz, Xsiz, Ysiz, XOsiz, YOsiz, XTsiz, YTsiz, two offsets, Csiz.
        fields = (
            (6, 4, columns),
            (10, 4, rows),
            (22, 4, tile_columns),
            (26, 4, tile_rows),
            (38, 2, components),
        )
        return _patched(stream, at, fields)

    return change


def cut(share: float) -> Callable[[bytes], bytes]:
    """Keep the first part of some bytes."""
    return lambda data: data[: int(len(data) * share)]


def without_end(stream: bytes) -> bytes:
    """Take the end marker away, and the byte that may pad it."""
    return stream[: stream.rindex(b"\xff\xd9")]


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    """Encode one element with its VR (PS3.5 7.1.2), whatever its value and its length."""
    head = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little") + vr.encode()
    size = len(value) if length is None else length
    if vr in _LONG:
        return head + bytes(2) + size.to_bytes(4, "little") + value
    return head + size.to_bytes(2, "little") + value


def item(content: bytes, length: int | None = None) -> bytes:
    """Encode one item of a sequence (PS3.5 7.5)."""
    size = len(content) if length is None else length
    return b"\xfe\xff\x00\xe0" + size.to_bytes(4, "little") + content


def part10(body: bytes, syntax: str = EXPLICIT) -> bytes:
    """Put a preamble and File Meta Information before an encoded dataset (PS3.10 7.1)."""
    uid = syntax.encode()
    named = element(0x00020010, "UI", uid + bytes(len(uid) % 2))
    group = element(0x00020000, "UL", len(named).to_bytes(4, "little"))
    return bytes(128) + b"DICM" + group + named + body


def _put(ds: FileDataset, keyword: str, value: bytes | None) -> None:
    tag = Tag(keyword)
    if value is None:
        ds.pop(tag, None)
        return
    vr = dictionary_VR(tag)
    vr = _AMBIGUOUS.get(vr, vr)
    implicit, little = ds.original_encoding
    target = ds.file_meta if tag.group == 2 else ds
    target[tag] = RawDataElement(tag, vr, len(value), value, 0, bool(implicit), bool(little))


def _written(ds: FileDataset) -> bytes:
    buffer = BytesIO()
    with warnings.catch_warnings():
        # What is written is wrong on purpose.
        warnings.simplefilter("ignore")
        pydicom.dcmwrite(buffer, ds)
    return buffer.getvalue()


def _patched(data: bytes, at: int, fields: Iterable[tuple[int, int, int | None]]) -> bytes:
    changed = bytearray(data)
    for offset, size, value in fields:
        if value is not None:
            changed[at + offset : at + offset + size] = value.to_bytes(size, "big")
    return bytes(changed)
