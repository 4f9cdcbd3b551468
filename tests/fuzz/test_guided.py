"""What the guided fuzzer begins with is sound, and it would find what it looks for."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from tests.fuzz import guided
from tests.fuzz.guided import TARGETS, run_target, seeds

from dicomkit.errors import DecodeError


def test_every_target_has_seeds_and_lets_no_other_error_out() -> None:
    pytest.importorskip("imagecodecs")
    found: Counter[str] = Counter()
    rng = random.Random(1)  # noqa: S311 - repeatable
    for seed in seeds():
        found[TARGETS[seed[0] % len(TARGETS)].__name__] += 1
        run_target(seed)
        damaged = bytearray(seed)
        for _ in range(4):
            damaged[rng.randrange(1, len(damaged))] = rng.randrange(256)
        run_target(bytes(damaged))
    assert found.keys() == {target.__name__ for target in TARGETS}
    assert found["_stream"] > 30
    assert found["_dataset"] > 30


def test_only_the_librarys_own_error_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes) -> None:
        raise DecodeError("refused") if data else IndexError

    monkeypatch.setattr(guided, "TARGETS", (fail,))
    run_target(b"")
    run_target(b"\0a")
    with pytest.raises(IndexError):
        run_target(b"\0")
