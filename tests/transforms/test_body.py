"""Sizes of bodies; the expectations are published for 75 kg and 1.85 m by calculate-suv."""

from __future__ import annotations

import pytest

from dicomkit.transforms.body import (
    body_surface_area,
    lean_mass_james,
    lean_mass_janmahasatian,
)


def test_lean_mass_by_james() -> None:
    assert lean_mass_james(75, 1.85, "M") == pytest.approx(62.77757487216947, rel=1e-12)
    assert lean_mass_james(75, 1.85, "F") == pytest.approx(55.92567567567568, rel=1e-12)


def test_james_own_multiplier_counts_for_males_alone() -> None:
    # 1.10 * 75 - 128 * (75 / 185)^2, and 1.07 * 75 - 148 * (75 / 185)^2
    assert lean_mass_james(75, 1.85, "M", male=128) == pytest.approx(82.5 - 720_000 / 34_225)
    assert lean_mass_james(75, 1.85, "F", male=128) == pytest.approx(80.25 - 832_500 / 34_225)


def test_lean_mass_by_janmahasatian() -> None:
    assert lean_mass_janmahasatian(75, 1.85, "M") == pytest.approx(60.91533588651974, rel=1e-12)
    assert lean_mass_janmahasatian(75, 1.85, "F") == pytest.approx(49.21437996837613, rel=1e-12)


def test_body_surface_area() -> None:
    assert body_surface_area(75, 1.85) == pytest.approx(19813.758427117766, rel=1e-12)
