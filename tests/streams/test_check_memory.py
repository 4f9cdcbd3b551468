"""Memory is asked for before a decoder asks for it."""

from __future__ import annotations

import pytest

from dicomkit.errors import LimitError
from dicomkit.streams.decoders import check_memory


def test_what_the_system_has_not_got_is_refused() -> None:
    with pytest.raises(LimitError, match="1125899906842624 samples"):
        check_memory(1 << 50, 2)


def test_a_usual_frame_has_room() -> None:
    check_memory(512 * 512, 2)
