"""Discs made by hand: images of a few pixels, and DICOMDIRs of linked records (PS3.3 F.3)."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "CT",
    "DIRECTORY",
    "Node",
    "directory_of",
    "element",
    "file_of",
    "image",
    "make_image",
    "patient",
    "series",
    "study",
    "write",
    "zip_folder",
]

CT: Final = b"1.2.840.10008.5.1.4.1.1.2"
DIRECTORY: Final = b"1.2.840.10008.1.3.10"
EXPLICIT: Final = b"1.2.840.10008.1.2.1"


def element(tag: int, vr: str, value: bytes) -> bytes:
    """Encode a data element in Explicit VR Little Endian (PS3.5 7.1.2)."""
    value += (b"\0" if vr in {"OB", "UI"} else b" ") * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"SQ", "OB", "OW"}:
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def file_of(sop_class: bytes, sop_instance: bytes, dataset: bytes) -> bytes:
    """Put preamble, prefix and File Meta Information in front (PS3.10 7.1)."""
    meta = (
        element(0x00020002, "UI", sop_class)
        + element(0x00020003, "UI", sop_instance)
        + element(0x00020010, "UI", EXPLICIT)
    )
    length = element(0x00020000, "UL", struct.pack("<L", len(meta)))
    return bytes(128) + b"DICM" + length + meta + dataset


def make_image(
    uid: str,
    *,
    patient_id: str = "P1",
    name: str = "Doe^Jane",
    study: str = "1.2.3",
    date: str = "20200131",
    series: str | None = "1.2.3.4",
    number: int | None = 5,
    instance: int | None = 1,
    position: float | None = None,
    modality: str = "CT",
    sop_class: bytes = CT,
    media_class: bytes | None = None,
    pixels: bytes | None = bytes(range(64)),
) -> bytes:
    """Make an image of 8 x 8 pixels, or, without pixels, an instance that is none."""
    said = [
        element(0x00080016, "UI", sop_class) if media_class is None else b"",
        element(0x00080018, "UI", uid.encode()),
        element(0x00080020, "DA", date.encode()),
        element(0x00080030, "TM", b"101500"),
        element(0x00080060, "CS", modality.encode()),
        element(0x00100010, "PN", name.encode()),
        element(0x00100020, "LO", patient_id.encode()),
        element(0x0020000D, "UI", study.encode()) if study else b"",
        b"" if series is None else element(0x0020000E, "UI", series.encode()),
        element(0x00200010, "SH", b"S1"),
        b"" if number is None else element(0x00200011, "IS", str(number).encode()),
        b"" if instance is None else element(0x00200013, "IS", str(instance).encode()),
    ]
    if position is not None:
        said.append(element(0x00200032, "DS", f"0\\0\\{position}".encode()))
        said.append(element(0x00200037, "DS", b"1\\0\\0\\0\\1\\0"))
    if pixels is not None:
        said += [
            element(0x00280002, "US", b"\1\0"),
            element(0x00280004, "CS", b"MONOCHROME2"),
            element(0x00280010, "US", b"\x08\0"),
            element(0x00280011, "US", b"\x08\0"),
            element(0x00280100, "US", b"\x08\0"),
            element(0x00280101, "US", b"\x08\0"),
            element(0x00280102, "US", b"\x07\0"),
            element(0x00280103, "US", b"\0\0"),
            element(0x7FE00010, "OB", pixels),
        ]
    return file_of(media_class or sop_class, uid.encode(), b"".join(said))


@dataclass(eq=False)
class Node:
    """A record, the records below it, and what is wrong with it."""

    kind: str
    said: bytes = b""
    below: list[Node] = field(default_factory=list)
    file_id: bytes = b""
    in_use: int = 0xFFFF
    following: Node | int | None = None
    lower: Node | int | None = None
    shared: Node | int | None = None
    orphan: bool = False

    def encode(self, following: int, lower: int, shared: int) -> bytes:
        """Encode an item with its offsets."""
        content = (
            element(0x00041400, "UL", struct.pack("<L", following))
            + element(0x00041410, "US", struct.pack("<H", self.in_use))
            + element(0x00041420, "UL", struct.pack("<L", lower))
            + element(0x00041430, "CS", self.kind.encode())
            + (element(0x00041500, "CS", self.file_id) if self.file_id else b"")
            + (b"" if self.shared is None else element(0x00041504, "UL", struct.pack("<L", shared)))
            + self.said
        )
        return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(content)) + content


def image(name: str, number: int = 1, uid: str | None = None, **wrong: object) -> Node:
    """Make the record of an image."""
    said = (
        element(0x00041510, "UI", CT)
        + element(0x00041511, "UI", (uid or f"1.2.3.4.{number}").encode())
        + element(0x00041512, "UI", EXPLICIT)
        + element(0x00200013, "IS", str(number).encode())
    )
    return Node("IMAGE", said, file_id=name.encode(), **wrong)  # type: ignore[arg-type]


def series(*below: Node, uid: bytes = b"1.2.3.4", number: bytes = b"5") -> Node:
    """Make the record of a series."""
    said = element(0x00080060, "CS", b"CT") + element(0x00200011, "IS", number)
    return Node("SERIES", said + (element(0x0020000E, "UI", uid) if uid else b""), [*below])


def study(*below: Node, uid: bytes = b"1.2.3", date: bytes = b"20200131") -> Node:
    """Make the record of a study."""
    said = element(0x00080020, "DA", date) + element(0x00080030, "TM", b"101500")
    return Node("STUDY", said + element(0x0020000D, "UI", uid), [*below])


def patient(*below: Node, number: bytes = b"P1", name: bytes = b"Doe^Jane") -> Node:
    """Make the record of a patient."""
    said = element(0x00100010, "PN", name) + element(0x00100020, "LO", number)
    return Node("PATIENT", said, [*below])


def directory_of(*root: Node, first: int | None = None) -> bytes:
    """Lay the records out one after the other, and link them."""
    nodes: list[Node] = []

    def collect(level: list[Node]) -> None:
        for node in level:
            nodes.append(node)
            collect(node.below)

    collect([*root])
    front = file_of(DIRECTORY, b"1.2.3.7", element(0x00041130, "CS", b"TEST"))
    start = len(front) + 12 + 12
    offsets, at = {}, start
    for node in nodes:
        offsets[node] = at
        at += len(node.encode(0, 0, 0))

    def offset(node: Node | int | None) -> int:
        return offsets[node] if isinstance(node, Node) else node or 0

    def after(level: list[Node], node: Node) -> Node | int | None:
        kept = [other for other in level if not other.orphan]
        if node.following is not None or node not in kept:
            return node.following
        return dict(pairwise(kept)).get(node)

    body = b""
    levels = {child: node.below for node in nodes for child in node.below}
    for node in nodes:
        below = [child for child in node.below if not child.orphan]
        lower = node.lower if node.lower is not None else (below[0] if below else None)
        following = after(levels.get(node, [*root]), node)
        body += node.encode(offset(following), offset(lower), offset(node.shared))
    linked = [node for node in root if not node.orphan]
    begin = first if first is not None else offset(linked[0] if linked else None)
    pointer = element(0x00041200, "UL", struct.pack("<L", begin))
    return front + pointer + element(0x00041220, "SQ", body)


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def zip_folder(root: Path, path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Zip everything below a folder."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(root.rglob("*")):
            archive.write(file, file.relative_to(root).as_posix())
    return path
