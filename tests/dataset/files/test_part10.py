"""The front of a file: preamble, meta information, inflation, and going through the rest."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.files.elements import MAX_ELEMENTS, Elements
from dicomkit.dataset.files.part10 import Cursor, read_front
from dicomkit.dataset.files.recognition import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from dicomkit.dataset.files.sources import MemorySource, Source
from dicomkit.errors import DecodeError, LimitError, NotDicomError, TruncatedError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from dicomkit.dataset.files.encoding import Encoding

DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"


def element(tag: int, vr: str, value: bytes) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"OB", "UN"}:
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def meta(syntax: str | None) -> bytes:
    found = element(0x00020001, "OB", b"\x00\x01")
    if syntax is not None:
        found += element(0x00020010, "UI", syntax.encode() + b"\0" * (len(syntax) % 2))
    return element(0x00020000, "UL", struct.pack("<L", len(found))) + found


PREAMBLE = bytes(range(128))
BODY = element(0x00080005, "CS", b"ISO_IR 100") + element(0x00080060, "CS", b"CT")
IMPLICIT_BODY = b"\x08\x00\x60\x00\x02\x00\x00\x00CT\x10\x00\x10\x00\x02\x00\x00\x00A "


class Pieces(Source):
    """Memory that is read a few bytes at a time."""

    def __init__(self, data: bytes, chunk: int) -> None:
        self.data, self.size, self.chunk = data, len(data), chunk

    def read(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


def front_of(data: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[Encoding, str, list[int]]:
    front = read_front(MemorySource(data), limits)
    found: Elements = {}
    front.cursor.take(front.encoding, found, limits)
    return front.encoding, front.syntax, [int(tag) for tag in found]


def test_a_whole_file() -> None:
    front = read_front(MemorySource(PREAMBLE + b"DICM" + meta(EXPLICIT) + BODY), DEFAULT_LIMITS)
    assert front.preamble == PREAMBLE
    assert [int(tag) for tag in front.meta] == [0x00020000, 0x00020001, 0x00020010]
    assert front.command == {}
    assert front.encoding == EXPLICIT_LITTLE
    assert (front.stated, front.syntax) == (EXPLICIT, EXPLICIT)
    assert front.cursor.buffer[front.cursor.pos :] == BODY


@pytest.mark.parametrize(
    "data",
    [
        PREAMBLE + b"DICM" + meta(EXPLICIT) + BODY,
        PREAMBLE + b"DICM" + meta(None) + BODY,
        PREAMBLE + b"DICM" + meta("no uid") + BODY,
        PREAMBLE + b"DICM" + meta(IMPLICIT) + BODY,
        PREAMBLE + b"DICM" + BODY,
        b"DICM" + meta(EXPLICIT) + BODY,
        meta(EXPLICIT) + BODY,
        BODY,
    ],
)
def test_wherever_the_dataset_begins_it_is_found(data: bytes) -> None:
    assert front_of(data) == (EXPLICIT_LITTLE, EXPLICIT, [0x00080005, 0x00080060])


@pytest.mark.parametrize("stray", [b" ", b"\x08\x00" + b"CT" * 60, bytes(256)])
def test_a_cut_at_the_wrong_place_leaves_some_of_what_was_before(stray: bytes) -> None:
    body = BODY + element(0x00080070, "LO", b"") + element(0x00080080, "LO", b"")
    encoding, _, tags = front_of(stray + body)
    assert encoding == EXPLICIT_LITTLE
    assert tags == [0x00080005, 0x00080060, 0x00080070, 0x00080080]
    # With less evidence, and further in, it would be chance.
    for data in (stray + BODY, bytes(257) + body):
        with pytest.raises(NotDicomError):
            front_of(data)


def test_meta_information_without_vrs() -> None:
    uid = b"1.2.840.10008.1.2\0"
    data = b"\x02\x00\x10\x00" + struct.pack("<L", len(uid)) + uid + IMPLICIT_BODY
    assert front_of(PREAMBLE + b"DICM" + data) == (
        IMPLICIT_LITTLE,
        IMPLICIT,
        [0x00080060, 0x00100010],
    )


def test_a_command_set_comes_before_the_dataset() -> None:
    command = b"\x00\x00\x00\x01\x02\x00\x00\x00\x20\x00"
    front = read_front(MemorySource(meta(EXPLICIT) + command + BODY), DEFAULT_LIMITS)
    assert [int(tag) for tag in front.command] == [0x00000100]
    assert front.encoding == EXPLICIT_LITTLE


def test_short_meta_information_without_prefix_before_another_encoding() -> None:
    big = b"\x00\x08\x00\x60CS\x00\x02CT\x00\x10\x00\x10PN\x00\x02A "
    syntax = element(0x00020010, "UI", b"1.2.840.10008.1.2.2\0")
    front = read_front(MemorySource(syntax + big), DEFAULT_LIMITS)
    assert front.syntax == "1.2.840.10008.1.2.2"
    assert front.cursor.pos == len(syntax)


def test_a_first_group_below_the_meta_information() -> None:
    # An experiment's file of pydicom's has elements of group 0001.
    body = b"\x01\x00\x01\x00\xff\xff\xff\xff\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    encoding, syntax, tags = front_of(PREAMBLE + b"DICM" + meta(None) + body)
    assert (encoding, syntax, tags) == (IMPLICIT_LITTLE, IMPLICIT, [0x00010001])


@pytest.mark.parametrize("data", [b"", b"text that is long enough" * 20, b"\0" * 500, b"\x08\0"])
def test_not_dicom(data: bytes) -> None:
    with pytest.raises(NotDicomError):
        read_front(MemorySource(data), DEFAULT_LIMITS)


@pytest.mark.parametrize("junk", [b"\0" * 300, b"<html>" * 50, b"\x00\x01\x02\x03" * 80])
def test_a_prefix_alone_makes_no_dicom(junk: bytes) -> None:
    with pytest.raises(NotDicomError):
        read_front(MemorySource(PREAMBLE + b"DICM" + junk), DEFAULT_LIMITS)


@pytest.mark.parametrize("cut", range(len(meta(EXPLICIT)) + 1))
def test_cut_before_the_dataset(cut: int) -> None:
    with pytest.raises(TruncatedError):
        read_front(MemorySource(PREAMBLE + b"DICM" + meta(EXPLICIT)[:cut]), DEFAULT_LIMITS)


def deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


def test_a_deflated_dataset() -> None:
    data = PREAMBLE + b"DICM" + meta(DEFLATED)
    assert front_of(data + deflate(BODY)) == (EXPLICIT_LITTLE, DEFLATED, [0x00080005, 0x00080060])
    # PS3.5 A.5: a byte pads it to an even length.
    assert front_of(data + deflate(BODY) + b"\0")[2] == [0x00080005, 0x00080060]


def test_a_dataset_that_is_called_deflated_but_is_not() -> None:
    assert front_of(PREAMBLE + b"DICM" + meta(DEFLATED) + BODY)[2] == [0x00080005, 0x00080060]


def test_a_damaged_deflated_dataset() -> None:
    with pytest.raises(DecodeError):
        front_of(PREAMBLE + b"DICM" + meta(DEFLATED) + b"\xff" * 40)


def test_a_deflated_dataset_that_is_cut_off_gives_what_there_is() -> None:
    body = BODY + element(0x00091001, "UN", bytes(range(256)) * 40)
    data = PREAMBLE + b"DICM" + meta(DEFLATED) + deflate(body)[:-30]
    front = read_front(MemorySource(data), DEFAULT_LIMITS)
    found: Elements = {}
    with pytest.raises(TruncatedError):
        front.cursor.take(front.encoding, found, DEFAULT_LIMITS)
    assert len(found) == 2


def test_inflation_is_bounded() -> None:
    body = BODY + element(0x00091001, "UN", bytes(1_000_000))
    data = PREAMBLE + b"DICM" + meta(DEFLATED) + deflate(body)
    assert len(data) < 2000
    assert len(front_of(data, Limits(inflated_bytes=len(body)))[2]) == 3
    with pytest.raises(LimitError, match="inflates"):
        front_of(data, Limits(inflated_bytes=len(body) - 1))


def test_measuring_stops_at_the_end_of_a_stream_that_is_cut_off() -> None:
    data = PREAMBLE + b"DICM" + meta(DEFLATED) + deflate(BODY + bytes(100_000))[:-4]
    read_front(MemorySource(data), Limits(inflated_bytes=110_000))


@pytest.mark.parametrize("chunk", [8, 13, 16, 40, 100])
def test_reading_in_pieces_gives_the_same(chunk: int) -> None:
    long = element(0x00091001, "UN", bytes(range(200)))
    sequence = (
        b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
        + BODY
        + b"\xfe\xff\x0d\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    )
    data = BODY + sequence + long + element(0x00100020, "LO", b"ID")
    whole: Elements = {}
    Cursor(MemorySource(data)).take(EXPLICIT_LITTLE, whole, DEFAULT_LIMITS)
    pieces: Elements = {}
    Cursor(Pieces(data, chunk)).take(EXPLICIT_LITTLE, pieces, DEFAULT_LIMITS)
    assert pieces == whole
    assert len(pieces) == 5


@pytest.mark.parametrize("chunk", [16, 40, 1000])
def test_what_is_not_wanted_is_not_even_read(chunk: int) -> None:
    data = BODY + element(0x00091001, "UN", bytes(500)) + element(0x00100020, "LO", b"ID")
    source = Pieces(data, chunk)
    found: Elements = {}
    cursor = Cursor(source)
    cursor.take(EXPLICIT_LITTLE, found, DEFAULT_LIMITS, wanted=frozenset((0x00100020,)))
    assert list(found) == [0x00100020]
    assert cursor.at_end


def test_a_long_sequence_without_a_length_takes_few_reads() -> None:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + BODY + b"\xfe\xff\x0d\xe0\0\0\0\0"
    sequence = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + 500 * item
    data = sequence + b"\xfe\xff\xdd\xe0\0\0\0\0"
    reads = []

    class Counted(Pieces):
        def read(self, offset: int, length: int) -> bytes:
            reads.append(length)
            return super().read(offset, length)

    found: Elements = {}
    Cursor(Counted(data, 256)).take(EXPLICIT_LITTLE, found, DEFAULT_LIMITS)
    assert [int(tag) for tag in found] == [0x00081140]
    # Each read at least doubles the last one: 256 bytes become 21,000 in seven steps.
    assert len(reads) < 10


def test_an_element_that_is_not_wanted_may_not_exceed_the_source() -> None:
    data = (BODY + element(0x00091001, "UN", bytes(500)))[:-1]
    with pytest.raises(TruncatedError):
        Cursor(MemorySource(data)).take(EXPLICIT_LITTLE, {}, DEFAULT_LIMITS, wanted=frozenset((1,)))


def test_padding_shorter_than_a_header_is_no_truncation() -> None:
    found: Elements = {}
    Cursor(MemorySource(BODY + b"\0\0\0")).take(EXPLICIT_LITTLE, found, DEFAULT_LIMITS)
    assert len(found) == 2
    with pytest.raises(TruncatedError):
        Cursor(MemorySource(BODY + b"\x08\0\0")).take(EXPLICIT_LITTLE, {}, DEFAULT_LIMITS)


def test_the_number_of_elements_is_bounded_across_pieces() -> None:
    many = b"".join(
        struct.pack("<HHL", 0x0009 + 2 * (n >> 16), n & 0xFFFF, 0) for n in range(MAX_ELEMENTS + 2)
    )
    with pytest.raises(LimitError):
        Cursor(Pieces(many, 1 << 20)).take(IMPLICIT_LITTLE, {}, DEFAULT_LIMITS)


def test_looking_ahead_keeps_the_place() -> None:
    cursor = Cursor(Pieces(BODY, 8))
    cursor.pos = 4
    cursor.ahead(12)
    assert (cursor.offset, cursor.buffer[cursor.pos :][:12]) == (4, BODY[4:16])
    cursor.ahead(1000)
    assert cursor.buffer[cursor.pos :] == BODY[4:]
