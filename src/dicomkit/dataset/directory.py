"""Directory records (PS3.3 annex F): the index that a DICOMDIR holds of its File-set."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from dicomkit.dataset.elements.attributes import integer, text, texts
from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.files.elements import Elements, read_elements
from dicomkit.dataset.files.encoding import UNDEFINED, Encoding, read_header, read_item_header
from dicomkit.dataset.files.nesting import Span, item_spans
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.pixels import PIXELS
from dicomkit.dataset.identity import RECORD_TAGS, Fields, encodings_of, fields_of
from dicomkit.errors import DicomKitError, LimitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydicom.tag import BaseTag

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.files.part10 import Front

__all__ = ["Directory", "DirectoryRecord", "read_directory"]

_RECORDS: Final = shared_tag(0x00041220)
_FIRST: Final = shared_tag(0x00041200)
_NEXT: Final = shared_tag(0x00041400)
_IN_USE: Final = shared_tag(0x00041410)
_LOWER: Final = shared_tag(0x00041420)
_KIND: Final = shared_tag(0x00041430)
_FILE_ID: Final = shared_tag(0x00041500)
_SHARED: Final = shared_tag(0x00041504)
_GROUP: Final = 0x0004
_ITEM_HEADER: Final = 8
_OFFSET_BYTES: Final = 4
_HEAD: Final = frozenset((0x00041130, 0x00041141, 0x00041142, 0x00041200, 0x00041220))
_WANTED: Final = RECORD_TAGS | set(map(int, (_NEXT, _IN_USE, _LOWER, _KIND, _FILE_ID, _SHARED)))


class DirectoryRecord(NamedTuple):
    """One record.

    Attributes
    ----------
    offset : int
        Where it begins in the DICOMDIR.
    kind : str
        Directory Record Type, such as ``"IMAGE"``.
    following, lower : int
        Where the next record of this level and the first of the level below begin; 0 for
        none.
    in_use : bool
        Whether the record counts.
    file_id : tuple of str
        The folders and the name of the file that it stands for; empty for none.
    shared : int
        Where the record begins that names the file in its stead, a "MRDR" as the standard had
        them until 2004; 0 for none.
    fields : dict
        What it says of its file and of the records below.
    """

    offset: int
    kind: str
    following: int
    lower: int
    in_use: bool
    file_id: tuple[str, ...]
    shared: int
    fields: Fields


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """A DICOMDIR whose records are parsed when they are asked for.

    Attributes
    ----------
    file_set_id, file_set_uid, descriptor_file_id, descriptor_character_set : str or None
        The File-set Identification Module (PS3.3 F.3.2.1) and the DICOMDIR's own UID.
    first : int
        Where the first record of the root begins.
    complete : bool
        Its records reach to their end: the file is not cut off, and nothing else is in them.
    """

    file_set_id: str | None
    file_set_uid: str | None
    descriptor_file_id: str | None
    descriptor_character_set: str | None
    first: int
    complete: bool
    _spans: Mapping[int, Span]
    _buffer: bytes
    _encodings: tuple[str, ...]
    _depth: int

    @property
    def offsets(self) -> Sequence[int]:
        """Where the records begin, in the order of the file."""
        return tuple(self._spans)

    def __contains__(self, offset: int) -> bool:
        return offset in self._spans

    def record(self, offset: int) -> DirectoryRecord:
        """Parse one record."""
        start, end, encoding = self._spans[offset]
        found: Elements = {}
        read_elements(
            self._buffer[start:end], 0, encoding, found, depth=self._depth, wanted=_WANTED
        )
        little = encoding.little
        return DirectoryRecord(
            offset,
            _text(found, _KIND),
            _number(found, _NEXT, 0, little=little),
            _number(found, _LOWER, 0, little=little),
            # PS3.3 F.3.2.2: 0000H is inactive, FFFFH in use.
            _number(found, _IN_USE, 0xFFFF, little=little) != 0,
            _file_id(found),
            _number(found, _SHARED, 0, little=little),
            fields_of(found, encodings_of(found, self._encodings)),
        )


def read_directory(file: File, limits: Limits = DEFAULT_LIMITS) -> Directory | None:
    """Read a DICOMDIR, in any encoding; None where the file is DICOM of another kind.

    What makes a DICOMDIR is its Directory Record Sequence. Without one, it is a DICOMDIR if it
    says so and has the File-set's other elements: the sequence is optional (PS3.3 F.3.1), or
    lies behind where the file is cut off.

    Raises
    ------
    DicomKitError
        As `read_dataset` does, for a fault before the first record.
    """
    with open_file(file, limits) as opened:
        front = read_front(opened, limits)
        head, place = _read_head(front, limits)
        if place is None and not (_says_so(front) and any(tag.group == _GROUP for tag in head)):
            return None
        source = front.cursor.source
        if source.size > limits.inflated_bytes:
            msg = f"a DICOMDIR of {source.size} bytes is over the limit of {limits.inflated_bytes}"
            raise LimitError(msg)
        buffer = source.read(0, source.size)
    ds = Dataset(head)
    spans: dict[int, Span] = {}
    # What has a place for its first record has records.
    complete = _FIRST not in head
    if place is not None:
        start, length = place
        end = None if length == UNDEFINED else start + length
        spans, complete = _find_records(buffer, start, end, front.encoding, limits)
    return Directory(
        file_set_id=text(ds, "FileSetID"),
        file_set_uid=text(Dataset(front.meta), "MediaStorageSOPInstanceUID"),
        descriptor_file_id="/".join(texts(ds, "FileSetDescriptorFileID")) or None,
        descriptor_character_set=text(ds, "SpecificCharacterSetOfFileSetDescriptorFile"),
        first=integer(ds, "OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity") or 0,
        complete=complete,
        _spans=spans,
        _buffer=buffer,
        _encodings=encodings_of(head, DEFAULT_ENCODINGS),
        _depth=limits.depth,
    )


def _says_so(front: Front) -> bool:
    sop_class = text(Dataset(front.meta), "MediaStorageSOPClassUID")
    return sop_class == MediaStorageDirectoryStorage


def _read_head(front: Front, limits: Limits) -> tuple[Elements, tuple[int, int] | None]:
    """Read what comes before the records, and say where these begin and how long they are."""
    head: Elements = {}
    cursor, encoding = front.cursor, front.encoding
    cursor.take(encoding, head, limits, stop=_RECORDS)
    if cursor.at_end:
        return head, None
    tag, _, length, start = read_header(cursor.buffer, cursor.pos, encoding)
    if tag == _RECORDS:
        return head, (cursor.base + start, length)
    if _says_so(front):
        # Elements may be out of order.
        with suppress(DicomKitError):
            cursor.take(encoding, head, limits, stop=PIXELS[0], wanted=_HEAD)
        records = head.pop(_RECORDS, None)
        if isinstance(records, RawDataElement):
            return head, (records.value_tell, records.length)
    return head, None


def _find_records(
    buffer: bytes, start: int, end: int | None, encoding: Encoding, limits: Limits
) -> tuple[dict[int, Span], bool]:
    """Find where each record lies, and say whether nothing but records was there."""
    spans: dict[int, Span] = {}
    last = start
    reach = len(buffer) if end is None else min(end, len(buffer))
    for span in item_spans(buffer, start, reach, encoding, limits.depth):
        # Offsets count to an item's own header.
        place = span.start - _ITEM_HEADER
        _, length, _ = read_item_header(buffer, place, encoding)
        if length != UNDEFINED and span.start + length > span.end:
            # What is left of a record that is cut off could name another file.
            record = buffer[span.start : span.end]
            if read_elements(record, 0, span.encoding, {}, depth=limits.depth).need:
                break
        spans[place] = span
        last = span.end
    rest = buffer[last:reach].removeprefix(encoding.item_end + bytes(4))
    if end is None:
        return spans, rest.startswith(encoding.sequence_end)
    return spans, end <= len(buffer) and not rest


def _text(found: Elements, tag: BaseTag) -> str:
    element = found.get(tag)
    value = element.value if element is not None and element.value else b""
    try:
        decoded = value.decode("utf-8")
    except UnicodeDecodeError:
        decoded = value.decode("latin-1")
    return str(decoded.strip(" \0"))


def _file_id(found: Elements) -> tuple[str, ...]:
    # Thousands of files lie in a few folders.
    parts = map(str.strip, _text(found, _FILE_ID).split("\\"))
    return tuple([sys.intern(part) for part in parts if part])


def _number(found: Elements, tag: BaseTag, default: int, *, little: bool) -> int:
    element = found.get(tag)
    if element is None or not element.value:
        return default
    return int.from_bytes(element.value[:_OFFSET_BYTES], "little" if little else "big")
