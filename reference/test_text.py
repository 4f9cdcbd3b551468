"""Text in every character set that DCMTK converts, held against its conversion to UTF-8."""

from __future__ import annotations

import struct
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from tests.dataset.elements.annexes import EXAMPLES

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

_PLACES: Final = {
    "PN": 0x00100010,
    "LO": 0x00081030,
    "SH": 0x00200010,
    "ST": 0x00082111,
    "LT": 0x00104000,
    "UC": 0x00189908,
    "UT": 0x0040A160,
}
_ONE_BYTE: Final = {
    b"ISO_IR 100": b"J\xe9r\xf4me",
    b"ISO_IR 101": b"\xa3\xf3d\xbc",
    b"ISO_IR 109": b"\xc6\xfe",
    b"ISO_IR 110": b"R\xe5\xb9s",
    b"ISO_IR 144": b"\xbb\xee\xda^\x81",
    b"ISO_IR 127": b"\xe2\xc8\xc7\xe6\xea",
    b"ISO_IR 126": b"\xc4\xe9\xef\xed",
    b"ISO_IR 138": b"\xf9\xf8\xe5\xef",
    b"ISO_IR 148": b"\xdd\xfe\xd0",
    b"ISO_IR 166": b"\xb9\xd2\xc1",
    b"ISO_IR 13": b"\xd4\xcf\xc0\xde~",
}
_EXTENDED: Final = [
    (rb"ISO 2022 IR 100\ISO 2022 IR 144", b"J\xe9\x1b-L\xbb\xee\xda \x1b-A\xe9"),
    # What ends a character set, in PN and elsewhere; Value 1 has letters for what follows.
    (rb"ISO 2022 IR 100\ISO 2022 IR 149", b"\x1b$)C\xd1\xce^\xd4\xd7=\xc8\xab"),
    (rb"ISO 2022 IR 100\ISO 2022 IR 149", b"\x1b$)C\xd1\xce\t\xd4"),
    (rb"ISO 2022 IR 100\ISO 2022 IR 149", b"\x1b$)C\xd1\xce\r\n\xd4"),
    (rb"ISO 2022 IR 100\ISO 2022 IR 149", b"\x1b$)C\xd1\xce\x0c\xd4"),
    (rb"ISO 2022 IR 100\ISO 2022 IR 58", b"\x1b$)A\xd0\xa1^\xb6\xab=\xb6\xab"),
    (rb"\ISO 2022 IR 149", b"\x1b$)C\xd1\xceab\xd4\xd7"),
    (rb"\ISO 2022 IR 149", b"\x1b$)C\xd1\xce\\\x1b$)C\xd4\xd7"),
]
CASES: Final = [
    *((example.clause, example.terms, example.value) for example in EXAMPLES),
    *((terms.decode(), terms, value) for terms, value in _ONE_BYTE.items()),
    *((f"extended {number}", terms, value) for number, (terms, value) in enumerate(_EXTENDED)),
]
# Where the two differ, and why dicomkit is right; an excuse without a difference fails, too.
_SECOND: Final = (
    "DCMTK decodes all of a value behind an escape as one piece of GB 2312, and a second escape to "
    "the same set, which PS3.5 6.1.2.5.3 allows, stays in it"
)
DIFFERENCES: Final = {("K.2", vr): _SECOND for vr in ("LO", "SH", "ST", "LT", "UC", "UT")}


def _element(tag: int, vr: str, value: bytes) -> bytes:
    value += b" " * (len(value) % 2)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    return head + struct.pack("<2xL" if vr in ("UC", "UT") else "<H", len(value)) + value


def _converted(folder: Path, terms: bytes, vr: str, value: bytes) -> tuple[Path, str]:
    """Write a file, have DCMTK convert it to UTF-8, and give both: the file and that text."""
    ours, theirs = folder / "ours.dcm", folder / "theirs.dcm"
    charset = _element(0x00080005, "CS", terms)
    ours.write_bytes(charset + _element(_PLACES[vr], vr, value))
    command = ["dcmconv", "-f", "+F", "+U8", str(ours), str(theirs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if "Cannot open character encoding" in done.stderr:
        pytest.skip("this DCMTK's iconv has no such character set")
    assert done.returncode == 0, done.stderr
    raw = dk.read_dataset(theirs).get_item(_PLACES[vr]).value
    assert isinstance(raw, bytes)
    return ours, raw.decode("utf-8")


@pytest.mark.parametrize("vr", _PLACES)
@pytest.mark.parametrize(("name", "terms", "value"), CASES, ids=[case[0] for case in CASES])
def test_text_agrees(tmp_path: Path, name: str, terms: bytes, value: bytes, vr: str) -> None:
    """The same letters, value by value."""
    path, theirs = _converted(tmp_path, terms, vr, value)
    (row,) = (row for row in dk.metadata_rows(dk.read_dataset(path)) if vr == row.VR)
    ours = "\\".join(map(str, row.value)) if isinstance(row.value, tuple) else row.value
    excuse = DIFFERENCES.get((name, vr))
    assert (ours == theirs.rstrip(" \0")) == (excuse is None), excuse or "differs"
