"""Segmented palettes; the clause is PS3.3 C.7.9.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.dataset.modules.palettes import expand_segments
from dicomkit.errors import DicomKitError, InconsistentError, LimitError

if TYPE_CHECKING:
    import numpy.typing as npt

DISCRETE, LINEAR, INDIRECT = 0, 1, 2


def expand(*units: int, most: int = 65536, dtype: Any = np.uint16) -> list[int]:  # noqa: ANN401
    found = expand_segments(np.array(units, dtype), most)
    assert found.dtype == np.uint16
    return [int(entry) for entry in found]


def test_c_7_9_2_1_a_discrete_segment_lists_its_entries() -> None:
    assert expand(DISCRETE, 3, 7, 0, 65535) == [7, 0, 65535]
    assert expand(DISCRETE, 2, 1, 2, DISCRETE, 1, 3) == [1, 2, 3]


def test_c_7_9_2_2_a_linear_segment_goes_from_the_last_entry_to_its_own() -> None:
    # From 0 in five steps to 10; the entry that it starts from is not repeated.
    assert expand(DISCRETE, 1, 0, LINEAR, 5, 10) == [0, 2, 4, 6, 8, 10]
    assert expand(DISCRETE, 1, 9, LINEAR, 3, 0) == [9, 6, 3, 0]
    assert expand(DISCRETE, 1, 4, LINEAR, 2, 4) == [4, 4, 4]
    # 10 / 3 and 20 / 3 to the nearest.
    assert expand(DISCRETE, 1, 0, LINEAR, 3, 10) == [0, 3, 7, 10]
    assert expand(DISCRETE, 1, 0, LINEAR, 1, 5, LINEAR, 1, 6) == [0, 5, 6]


def test_c_7_9_2_3_an_indirect_segment_copies_from_a_byte_offset() -> None:
    # The offset's low word stands first; the first segment takes 5 words, 10 bytes.
    first = [DISCRETE, 3, 1, 2, 3]
    second = [DISCRETE, 2, 8, 9]
    assert expand(*first, *second, INDIRECT, 1, 10, 0) == [1, 2, 3, 8, 9, 8, 9]
    assert expand(*first, *second, INDIRECT, 2, 0, 0) == [1, 2, 3, 8, 9, 1, 2, 3, 8, 9]
    # And what follows is read from behind the indirect segment.
    copied = expand(*first, INDIRECT, 1, 0, 0, DISCRETE, 1, 50)
    assert copied == [1, 2, 3, 1, 2, 3, 50]


def test_a_copied_linear_segment_starts_from_where_the_copy_stands() -> None:
    # 0, 4; up to 8 in two; then the same segment again from 8 to 8.
    data = [DISCRETE, 2, 0, 4, LINEAR, 2, 8, INDIRECT, 1, 8, 0]
    assert expand(*data) == [0, 4, 6, 8, 8, 8]


def test_an_indirect_segment_of_none_copies_nothing() -> None:
    assert expand(DISCRETE, 1, 5, INDIRECT, 0, 0, 0, DISCRETE, 1, 6) == [5, 6]


def test_8_bit_data_have_an_offset_of_four_bytes() -> None:
    data = [DISCRETE, 2, 10, 20, DISCRETE, 1, 30, INDIRECT, 1, 4, 0, 0, 0]
    assert expand(*data, dtype=np.uint8) == [10, 20, 30, 30]


def test_an_offset_beyond_64k_uses_its_high_word() -> None:
    entries = list(range(40_000))
    data = [DISCRETE, 40_000, *entries, DISCRETE, 2, 7, 8]
    # 40 002 words are 80 004 bytes: 1 * 65 536 + 14 468.
    found = expand(*data, INDIRECT, 1, 14_468, 1)
    assert found[-4:] == [7, 8, 7, 8]


@pytest.mark.parametrize("spare", [[], [0], [0, 0]])
def test_padding_at_the_end_is_no_segment(spare: list[int]) -> None:
    assert expand(DISCRETE, 1, 5, *spare) == [5]


def test_nothing_expands_to_nothing() -> None:
    assert expand() == []
    assert expand(DISCRETE, 0, DISCRETE, 0) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((DISCRETE, 4, 1, 2), "ends before its entries"),
        ((LINEAR, 4, 1), "nothing to start from"),
        ((DISCRETE, 0, LINEAR, 4, 1), "nothing to start from"),
        ((3, 1, 1), "unknown opcode 3"),
        ((DISCRETE, 1, 5, 65535, 1, 1), "unknown opcode 65535"),
        ((INDIRECT, 1, 0, 0), "stands first"),
        ((DISCRETE, 1, 5, INDIRECT, 1, 6, 0), "copied by another"),
    ],
)
def test_broken_segments_are_inconsistent(data: tuple[int, ...], message: str) -> None:
    with pytest.raises(InconsistentError, match=message):
        expand(*data)


def test_the_expansion_stops_at_what_the_descriptor_declares() -> None:
    data = (DISCRETE, 1, 0, LINEAR, 65535, 1)
    assert len(expand(*data, most=65536)) == 65536
    with pytest.raises(LimitError, match="more than its 65535 entries"):
        expand(*data, most=65535)
    # 200 times 65 535 entries are never made.
    with pytest.raises(LimitError):
        expand(DISCRETE, 1, 0, *(LINEAR, 65535, 1) * 200, most=65536)


def test_segments_without_entries_cannot_be_copied_without_end() -> None:
    # Each indirect segment asks for 65 535 empty ones.
    data = [DISCRETE, 1, 1, *(DISCRETE, 0) * 1000, *(INDIRECT, 65535, 6, 0) * 1000]
    with pytest.raises(DicomKitError):
        expand(*data, most=100)


@given(arrays(np.uint16, st.integers(0, 40), elements=st.integers(0, 5)), st.integers(1, 300))
def test_any_words_give_entries_or_an_error_of_ours(
    data: npt.NDArray[np.uint16], most: int
) -> None:
    for before in (data, data.astype(np.uint8)):
        kept = before.copy()
        try:
            found = expand_segments(before, most)
        except (InconsistentError, LimitError):
            pass
        else:
            assert found.size <= most
        assert np.array_equal(before, kept)
