from __future__ import annotations

from typing import Any

import pytest

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
    with pytest.raises(TypeError):
        presets["brain"] = Window(0, 1)


def test_names_are_sorted_for_whoever_prints_them() -> None:
    assert list(WINDOWS) == sorted(WINDOWS)
