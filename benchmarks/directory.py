"""A DICOMDIR written in one pass, in time linear in its records (PS3.3 F.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage, generate_uid

__all__ = ["DirectoryWriter", "Record"]

_LEVELS: Final = {"PATIENT": 0, "STUDY": 1, "SERIES": 2, "IMAGE": 3}
# Where the two offsets stand in an encoded record: (0004,1400) is its first element, with 8
# bytes of header and 4 of value, (0004,1410) takes 10 bytes, then comes (0004,1420).
_NEXT: Final = 8
_LOWER: Final = 30
_ITEM_HEADER: Final = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One directory record: its type and its keys."""

    kind: str
    keys: Dataset

    def encode(self) -> bytes:
        """Encode it with both of its offsets still 0."""
        ds = Dataset()
        ds.OffsetOfTheNextDirectoryRecord = 0
        ds.RecordInUseFlag = 0xFFFF
        ds.OffsetOfReferencedLowerLevelDirectoryEntity = 0
        ds.DirectoryRecordType = self.kind
        ds.update(self.keys)
        return _encoded(ds)


@dataclass(slots=True)
class DirectoryWriter:
    """Collects records in depth-first order, then gives the bytes of the DICOMDIR."""

    file_set_id: str
    _records: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Add a record below the last one of the next higher level."""
        self.add_encoded(record.kind, record.encode())

    def add_encoded(self, kind: str, record: bytes) -> None:
        """Add a record that is encoded already, with both of its offsets 0."""
        self._records.append((_LEVELS[kind], record))

    def encode(self) -> bytes:
        """Place the records one after another and enter where each one's neighbours are."""
        head = self._head(0, 0)
        offsets = [len(head)]
        for _, record in self._records:
            offsets.append(offsets[-1] + _ITEM_HEADER + len(record))
        items = [bytearray(record) for _, record in self._records]
        last: list[int] = []
        for index, (level, _) in enumerate(self._records):
            if level < len(last):
                struct.pack_into("<L", items[last[level]], _NEXT, offsets[index])
            elif last:
                struct.pack_into("<L", items[last[-1]], _LOWER, offsets[index])
            last[level:] = [index]
        roots = [
            offset for offset, (level, _) in zip(offsets, self._records, strict=False) if not level
        ]
        parts: list[bytes | bytearray] = [self._head(roots[0], roots[-1], offsets[-1] - offsets[0])]
        for item in items:
            parts += [struct.pack("<HHL", 0xFFFE, 0xE000, len(item)), item]
        return b"".join(parts)

    def _head(self, first: int, last: int, length: int = 0) -> bytes:
        """Encode everything up to the first item of the Directory Record Sequence."""
        ds = Dataset()
        ds.FileSetID = self.file_set_id
        ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = first
        ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = last
        ds.FileSetConsistencyFlag = 0
        ds.file_meta = FileMetaDataset()
        ds.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
        ds.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[self.file_set_id])
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        buffer = BytesIO()
        pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
        return buffer.getvalue() + struct.pack("<HH2sHL", 0x0004, 0x1220, b"SQ", 0, length)


def _encoded(ds: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian = True
    buffer.is_implicit_VR = False
    write_dataset(buffer, ds)
    return buffer.getvalue()
