"""Directory records (PS3.3 annex F): the index that a DICOMDIR holds of its File-set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import MediaStorageDirectoryStorage

from dicomkit.dataset.elements.attributes import integer, text, texts
from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS
from dicomkit.dataset.files.elements import Elements, read_elements
from dicomkit.dataset.files.encoding import UNDEFINED, Encoding, read_header, read_item_header
from dicomkit.dataset.files.nesting import Span, item_spans
from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.sources import MemorySource, open_file
from dicomkit.dataset.identity import IDENTITY_TAGS, Fields, encodings_of, fields_of
from dicomkit.errors import LimitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from pydicom.tag import BaseTag

__all__ = ["Directory", "DirectoryRecord", "read_directory"]

Order: TypeAlias = Literal["little", "big"]

_RECORDS: Final = Tag("DirectoryRecordSequence")
_NEXT: Final = Tag("OffsetOfTheNextDirectoryRecord")
_IN_USE: Final = Tag("RecordInUseFlag")
_LOWER: Final = Tag("OffsetOfReferencedLowerLevelDirectoryEntity")
_KIND: Final = Tag("DirectoryRecordType")
_FILE_ID: Final = Tag("ReferencedFileID")
_ITEM_HEADER: Final = 8
_OFFSET_BYTES: Final = 4
_WANTED: Final = IDENTITY_TAGS | {int(tag) for tag in (_NEXT, _IN_USE, _LOWER, _KIND, _FILE_ID)}


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
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
    fields : dict
        What it adds to the identity of its file and of the records below.
    """

    offset: int
    kind: str
    following: int
    lower: int
    in_use: bool
    file_id: tuple[str, ...]
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
    _encodings: Sequence[str]
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
        order: Order = "little" if encoding.little else "big"
        return DirectoryRecord(
            offset=offset,
            kind=_text(found, _KIND),
            following=_number(found, _NEXT, order, 0),
            lower=_number(found, _LOWER, order, 0),
            # PS3.3 F.3.2.2: 0000H is inactive, FFFFH in use.
            in_use=_number(found, _IN_USE, order, 0xFFFF) != 0,
            file_id=tuple(filter(None, map(str.strip, _text(found, _FILE_ID).split("\\")))),
            fields=fields_of(found, encodings_of(found, self._encodings)),
        )


def read_directory(
    path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS
) -> Directory | None:
    """Read a DICOMDIR, in any encoding; None where the file is DICOM of another kind.

    Raises
    ------
    DicomKitError
        As `read_dataset` does, for a fault before the first record.
    """
    with open_file(path) as source:
        if source.size > limits.inflated_bytes:
            msg = f"a DICOMDIR of {source.size} bytes is over the limit of {limits.inflated_bytes}"
            raise LimitError(msg)
        front = read_front(MemorySource(source.read(0, source.size)), limits)
    cursor, encoding = front.cursor, front.encoding
    found = dict(front.meta)
    cursor.take(encoding, found, limits, stop=_RECORDS)
    ds = Dataset(found)
    spans: dict[int, Span] = {}
    complete = True
    if not cursor.at_end:
        tag, _, length, start = read_header(cursor.buffer, cursor.pos, encoding)
        if tag == _RECORDS:
            end = None if length == UNDEFINED else start + length
            spans, complete = _find_records(cursor.buffer, start, end, encoding, limits)
    if not spans and text(ds, "MediaStorageSOPClassUID") != MediaStorageDirectoryStorage:
        return None
    return Directory(
        file_set_id=text(ds, "FileSetID"),
        file_set_uid=text(ds, "MediaStorageSOPInstanceUID"),
        descriptor_file_id="/".join(texts(ds, "FileSetDescriptorFileID")) or None,
        descriptor_character_set=text(ds, "SpecificCharacterSetOfFileSetDescriptorFile"),
        first=integer(ds, "OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity") or 0,
        complete=complete,
        _spans=spans,
        _buffer=cursor.buffer,
        _encodings=encodings_of(found, DEFAULT_ENCODINGS),
        _depth=limits.depth,
    )


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


def _number(found: Elements, tag: BaseTag, order: Order, default: int) -> int:
    element = found.get(tag)
    if element is None or not element.value:
        return default
    return int.from_bytes(element.value[:_OFFSET_BYTES], order)
