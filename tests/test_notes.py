from __future__ import annotations

import pickle
from typing import Any

import pytest

from dicomkit.notes import Note


def test_a_note_is_a_value() -> None:
    note = Note("window_ignored", "view 0 has a width of 0")
    assert note == Note("window_ignored", "view 0 has a width of 0")
    assert note != Note("window_ignored", "view 1 has a width of 0")
    assert len({note, Note("window_ignored", "view 0 has a width of 0")}) == 1
    assert pickle.loads(pickle.dumps(note)) == note  # noqa: S301


def test_a_note_prints_code_and_sentence() -> None:
    assert str(Note("padding", "drawn as background")) == "padding: drawn as background"


def test_a_note_cannot_be_changed() -> None:
    note: Any = Note("code", "message")
    with pytest.raises(AttributeError):
        note.code = "other"
