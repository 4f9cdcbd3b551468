"""PS3.5 A.4: encapsulated frames, with and without tables that tell the truth."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames

from dicomkit.errors import InconsistentError, LimitError
from dicomkit.streams.fragments import EncapsulatedFrames
from dicomkit.streams.header import begins_rle, begins_stream

ITEM, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0" + bytes(4)


def item(data: bytes) -> bytes:
    return ITEM + struct.pack("<L", len(data)) + data


def value(*fragments: bytes, table: list[int] | None = None, end: bytes = b"") -> bytes:
    offsets = struct.pack(f"<{len(table or [])}L", *(table or []))
    return item(offsets) + b"".join(map(item, fragments)) + end


def jpeg(number: int, size: int = 20) -> bytes:
    return b"\xff\xd8\xff\xe0" + bytes([number]) * size + b"\xff\xd9"


def rle(number: int) -> bytes:
    return struct.pack("<16L", 1, 64, *[0] * 14) + bytes([number]) * 4


ONE, TWO, THREE = jpeg(1), jpeg(2), jpeg(3)
STEP = len(ONE) + 8


def frames(data: bytes, declared: int) -> list[bytes]:
    source = EncapsulatedFrames(data, declared)
    assert source.count == declared
    found = []
    for index in range(declared):
        # A source of its own for each, so that none leans on what another found.
        frame, notes = EncapsulatedFrames(data, declared).frame(index)
        assert notes == ()
        found.append(frame)
    return found


@pytest.mark.parametrize("table", [[], [0, STEP, 2 * STEP]])
@pytest.mark.parametrize("end", [b"", END])
def test_a_fragment_for_each_frame(table: list[int], end: bytes) -> None:
    data = value(ONE, TWO, THREE, table=table, end=end)
    assert frames(data, 3) == [ONE, TWO, THREE]


@pytest.mark.parametrize("fragments", [1, 2, 3])
@pytest.mark.parametrize("has_bot", [True, False])
def test_what_pydicom_writes(fragments: int, has_bot: bool) -> None:
    whole = [jpeg(n, 30 + 2 * n) for n in range(5)]
    data = encapsulate(whole, fragments_per_frame=fragments, has_bot=has_bot)
    assert frames(data, 5) == whole
    assert frames(data, 5) == list(generate_frames(data, number_of_frames=5))


def test_the_extended_offset_table() -> None:
    data, offsets, lengths = encapsulate_extended([ONE, TWO, THREE])
    source = EncapsulatedFrames(data, 3, extended=(offsets, lengths))
    assert [source.frame(index) for index in range(3)] == [(ONE, ()), (TWO, ()), (THREE, ())]
    assert source.count == 3


@pytest.mark.parametrize(
    "table",
    [
        [8, 8 + STEP, 8 + 2 * STEP],
        [0, STEP + 2, 2 * STEP],
        [0, 2 * STEP, STEP],
        [0, 0, 0],
        [0],
        [0, STEP],
        [0, STEP, 2 * STEP, 3 * STEP],
        [0, STEP, 4_000_000_000],
        [0, 2 * STEP, 3 * STEP],
        [0, 2 * STEP, 2 * STEP + 8],
    ],
)
def test_a_wrong_table_is_not_believed(table: list[int]) -> None:
    data = value(ONE, TWO, THREE, table=table)
    source = EncapsulatedFrames(data, 3)
    assert source.count == 3
    for index, frame in enumerate([ONE, TWO, THREE]):
        found, notes = EncapsulatedFrames(data, 3).frame(index)
        assert found == frame
        assert [note.code for note in notes] == ["offset_table_ignored"]


def test_a_table_that_leads_into_the_middle_of_a_fragment() -> None:
    """Where the bytes look like an item, but none that ends where the next frame begins."""
    inside = ONE[:8] + ITEM + struct.pack("<L", 2) + ONE[8:]
    data = value(inside, TWO, THREE, table=[0, 16, len(inside) + 8])
    source = EncapsulatedFrames(data, 3)
    assert [source.frame(index)[0] for index in range(3)] == [inside, TWO, THREE]


def test_frames_of_several_fragments_without_a_table() -> None:
    data = value(ONE[:10], ONE[10:], TWO, THREE[:4], THREE[4:8], THREE[8:])
    assert frames(data, 3) == [ONE, TWO, THREE]


def test_a_single_frame_of_several_fragments() -> None:
    assert frames(value(ONE[:10], ONE[10:]), 1) == [ONE]
    # Nothing of which looks like a stream.
    assert frames(value(b"abcd", b"efgh"), 1) == [b"abcdefgh"]


def test_fragments_without_the_table_item_before_them() -> None:
    """PS3.5 A.4 wants one, even if it is empty; what begins with a stream is none."""
    assert frames(item(ONE) + item(TWO) + END, 2) == [ONE, TWO]
    assert frames(item(ONE[:9]) + item(ONE[9:]), 1) == [ONE]
    source = EncapsulatedFrames(item(rle(1)) + item(rle(2)), 2, begins=begins_rle)
    assert [source.frame(index)[0] for index in range(2)] == [rle(1), rle(2)]


@pytest.mark.parametrize("between", [b"", b"\0"])
@pytest.mark.parametrize("table", [[], [0, len(ONE) + 8, len(ONE) + 16]])
def test_frames_that_share_a_fragment(between: bytes, table: list[int]) -> None:
    """PS3.5 A.4 gives each frame fragments of its own; streams show their own ends."""
    codestream = b"\xff\x4f\xff\x51" + bytes(9) + b"\xff\xd9"
    source = EncapsulatedFrames(value(between.join((ONE, TWO, codestream)), table=table), 3)
    assert source.count == 3
    assert [source.frame(index)[0] for index in range(3)] == [ONE, TWO, codestream]
    codes = [note.code for note in source.frame(0)[1]]
    assert codes == ["offset_table_ignored"] * bool(table) + ["frames_joined"]


@pytest.mark.parametrize("declared", [1, 2, 4])
def test_another_number_of_streams_in_a_fragment_proves_nothing(declared: int) -> None:
    """One may lie inside of another, as previews do."""
    data = value(ONE + TWO + THREE)
    assert EncapsulatedFrames(data, declared).count == 1
    assert EncapsulatedFrames(data, declared).frame(0) == (ONE + TWO + THREE, ())


def test_an_empty_item_too_many_before_the_first_frame() -> None:
    assert frames(value(b"", ONE, TWO), 2) == [ONE, TWO]
    assert frames(value(b"", ONE[:10], ONE[10:], TWO), 2) == [ONE, TWO]
    # An empty one in the place of a frame is that frame.
    assert frames(value(ONE, b"", THREE), 3) == [ONE, b"", THREE]


def test_rle_frames_begin_with_their_header() -> None:
    first, second = rle(1), rle(2)
    data = value(first[:40], first[40:], second)
    source = EncapsulatedFrames(data, 2, begins=begins_rle)
    # The first fragment alone does not show a whole header, but there is none before it.
    assert source.frame(0)[0] == first
    assert source.frame(1)[0] == second


@pytest.mark.parametrize(("declared", "there"), [(5, 3), (4, 3), (2, 3), (1, 3)])
@pytest.mark.parametrize("table", [[], [0, STEP, 2 * STEP]])
def test_another_number_of_frames_than_declared(
    declared: int, there: int, table: list[int]
) -> None:
    source = EncapsulatedFrames(value(ONE, TWO, THREE, table=table), declared)
    assert source.count == there
    for index, frame in enumerate([ONE, TWO, THREE][:declared]):
        assert source.frame(index)[0] == frame
    if declared > there:
        with pytest.raises(InconsistentError, match=f"{declared} frames are declared but 3"):
            source.frame(declared - 1)


def test_more_frames_than_declared_behind_a_good_table() -> None:
    source = EncapsulatedFrames(value(ONE, TWO, THREE, table=[0, STEP]), 2)
    assert source.frame(1)[0] == TWO
    assert source.count == 3


def test_fewer_frames_that_nothing_tells_apart() -> None:
    source = EncapsulatedFrames(value(b"abcd", b"efgh"), 3)
    assert source.count == 2
    assert source.frame(1)[0] == b"efgh"


def test_a_fragment_without_its_padding_byte() -> None:
    odd = ONE + b"\1"
    assert frames(value(odd) + b"\0" + item(TWO), 2) == [odd, TWO]


@pytest.mark.parametrize("length", [len(THREE) + 100, 0xFFFFFFFF])
def test_the_last_fragment_may_be_cut_off(length: int) -> None:
    data = value(ONE, TWO) + ITEM + struct.pack("<L", length) + THREE[:9]
    source = EncapsulatedFrames(data, 3)
    assert source.frame(2)[0] == THREE[:9]


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (ITEM, 0),
        (item(b""), 0),
        (ITEM + b"\xff\xff\xff\xff", 0),
        (item(b"") + ITEM, 0),
        (item(b"") + b"\0" + ITEM + b"\0", 0),
        (item(b"") + b"rubbish behind it", 0),
        (value(ONE) + b"rubbish behind it", 1),
        (value(ONE, end=END + b"rubbish"), 1),
    ],
)
def test_broken_values(data: bytes, count: int) -> None:
    source = EncapsulatedFrames(data, 2)
    assert source.count == count
    with pytest.raises(InconsistentError):
        source.frame(1)


@given(st.binary(max_size=200), st.integers(1, 5), st.booleans(), st.one_of(st.none(), st.binary()))
def test_any_bytes_give_frames_or_our_error(
    data: bytes,
    declared: int,
    rle: bool,
    table: bytes | None,
) -> None:
    extended = None if table is None else (table, table)
    source = EncapsulatedFrames(
        ITEM + data, declared, begins=begins_rle if rle else begins_stream, extended=extended
    )
    for index in range(declared):
        if index < source.count:
            assert isinstance(source.frame(index)[0], bytes)


def test_a_gigabyte_of_fragments_is_not_kept_track_of() -> None:
    data = item(b"") * ((1 << 18) + 10)
    for source in (EncapsulatedFrames(data, 1), EncapsulatedFrames(data, 2)):
        with pytest.raises(LimitError, match="fragments"):
            source.frame(0)
    # Frames that are declared have some each.
    assert EncapsulatedFrames(item(b"") + data, (1 << 18) + 10).count == (1 << 18) + 10


class Counted:
    """Bytes in a file, of which it is known how many were read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.read = 0

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, part: slice, /) -> bytes:
        self.read += len(self.data[part])
        return self.data[part]

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, /) -> bool:
        return self.data.startswith(prefix, start)


def test_a_table_of_another_length_is_not_read() -> None:
    data = Counted(item(bytes(1 << 20)) + item(ONE) + item(TWO))
    source = EncapsulatedFrames(data, 2)
    assert [source.frame(index)[0] for index in range(2)] == [ONE, TWO]
    assert [note.code for note in source.frame(0)[1]] == ["offset_table_ignored"]
    assert data.read < 1000
