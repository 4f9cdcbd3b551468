"""Memory is asked for before a decoder asks for it."""

from __future__ import annotations

import pytest

from dicomkit.dataset.pixels.room import make_sure_of_room
from dicomkit.errors import LimitError


def test_what_the_system_has_not_got_is_refused() -> None:
    with pytest.raises(LimitError, match="1125899906842624 samples"):
        make_sure_of_room(1 << 50, 2)


def test_a_usual_frame_has_room() -> None:
    make_sure_of_room(512 * 512, 2)
