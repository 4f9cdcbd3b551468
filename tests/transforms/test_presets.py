from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from tests.fresh import run

import dicomkit as dk
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.window import Window


def test_the_design_names_eight_of_them() -> None:
    named = {"brain", "subdural", "stroke", "bone", "lung", "mediastinum", "abdomen", "liver"}
    assert named <= set(WINDOWS)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_preset_is_a_linear_window_within_what_ct_can_hold(name: str) -> None:
    window = WINDOWS[name]
    assert isinstance(window, Window)
    assert window.function == "LINEAR"
    assert window.center - window.width / 2 >= -1400
    assert window.center + window.width / 2 <= 3071


def test_presets_show_the_tissue_that_they_are_named_for() -> None:
    """Grey matter is near 40 HU, cortical bone above 300, lung near -800, liver near 60."""
    tissue = {"brain": 40, "bone": 1000, "lung": -800, "liver": 60, "mediastinum": 50}
    for name, value in tissue.items():
        assert 0.1 < WINDOWS[name](value) < 0.9


def test_presets_cannot_be_changed() -> None:
    presets: Any = WINDOWS
    before = dict(WINDOWS)
    with pytest.raises(TypeError):
        presets["brain"] = Window(0, 1)
    with pytest.raises(TypeError):
        del presets["brain"]
    with pytest.raises(TypeError, match="gives a dict"):
        presets |= {"brain": Window(0, 1)}
    with pytest.raises(AttributeError):
        presets.orbit = Window(0, 1)
    for method in ("clear", "pop", "popitem", "setdefault", "update"):
        assert not hasattr(presets, method)
    assert before == WINDOWS


@pytest.mark.parametrize(
    "again",
    [
        *(pickle.loads(pickle.dumps(WINDOWS, level)) for level in range(6)),  # noqa: S301
        copy.copy(WINDOWS),
        copy.deepcopy(WINDOWS),
    ],
)
def test_presets_can_be_pickled_and_copied(again: object) -> None:
    assert type(again) is type(WINDOWS)
    assert again == WINDOWS
    assert list(again) == list(WINDOWS)


def test_presets_travel_to_another_process() -> None:
    carried = pickle.dumps({"windows": dk.WINDOWS})
    code = f"import pickle; print(pickle.loads({carried!r})['windows']['brain'])"
    assert run(code) == "center 40, width 80, LINEAR"


def test_presets_are_a_mapping_as_a_read_only_view_of_a_dict_is() -> None:
    windows = WINDOWS.copy()
    proxy = MappingProxyType(windows)
    assert type(windows) is dict
    assert isinstance(WINDOWS, Mapping)
    # Whatever the view has, they have.
    assert set(dir(proxy)) - set(dir(WINDOWS)) == set()
    for equal in (windows, proxy):
        assert WINDOWS == equal  # noqa: SIM300 - either side may ask
        assert equal == WINDOWS
    assert windows | {"bone": Window(0, 1)} != WINDOWS
    assert not operator.eq(WINDOWS, list(windows))
    assert list(reversed(WINDOWS)) == list(reversed(proxy))
    assert list(WINDOWS.items()) == list(proxy.items())
    assert list(WINDOWS.values()) == list(proxy.values())
    assert (len(WINDOWS), "brain" in WINDOWS, "x" in WINDOWS) == (len(proxy), True, False)
    assert WINDOWS.get("x") is None


def test_presets_join_others_into_a_dict() -> None:
    mine = {"bone": Window(300, 1500), "orbit": Window(50, 350)}
    joined, under = WINDOWS | mine, mine | WINDOWS
    assert type(joined) is type(under) is dict
    assert joined["bone"] == mine["bone"]
    assert under["bone"] == WINDOWS["bone"]
    assert joined.keys() == under.keys() == {*WINDOWS, "orbit"}
    assert list(joined)[-1] == "orbit"
    assert (WINDOWS | WINDOWS) == WINDOWS
    with pytest.raises(TypeError):
        _ = WINDOWS | 3  # type: ignore[operator]


def test_printed_they_are_their_names() -> None:
    assert repr(WINDOWS) == f"<windows: {', '.join(WINDOWS)}>"
    assert len(repr(WINDOWS)) < 150


def test_names_are_sorted_for_whoever_prints_them() -> None:
    assert list(WINDOWS) == sorted(WINDOWS)
