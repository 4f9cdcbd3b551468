"""What uptake is divided by: the sizes of a body that kinds of SUV are normalised to."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

__all__ = ["Sex", "body_surface_area", "lean_mass_james", "lean_mass_janmahasatian"]

Sex: TypeAlias = Literal["M", "F"]


def lean_mass_james(weight: float, height: float, sex: Sex, *, male: float = 120.0) -> float:
    """Compute the lean body mass by James, in kg, of a weight in kg and a height in m.

    Parameters
    ----------
    weight, height, sex
        Of the patient.
    male : {120, 128}
        Printed as 120 in most papers that cite James for males, and as 128 in his own.

    Examples
    --------
    >>> round(lean_mass_james(75, 1.85, "M"), 6)
    62.777575
    """
    # 1.10 W - 120 (W / H)^2 for males, 1.07 W - 148 (W / H)^2 for females; W in kg, H in cm
    ratio = weight / (100 * height)
    if sex == "M":
        return 1.10 * weight - male * ratio * ratio
    return 1.07 * weight - 148 * ratio * ratio


def lean_mass_janmahasatian(weight: float, height: float, sex: Sex) -> float:
    """Compute the lean body mass by Janmahasatian, in kg, of a weight in kg and a height in m.

    Examples
    --------
    >>> round(lean_mass_janmahasatian(75, 1.85, "F"), 6)
    49.21438
    """
    # 9270 W / (6680 + 216 BMI) for males, 9270 W / (8780 + 244 BMI) for females
    bmi = weight / height**2
    return 9270 * weight / (6680 + 216 * bmi if sex == "M" else 8780 + 244 * bmi)


def body_surface_area(weight: float, height: float) -> float:
    """Compute the body surface area by Du Bois, in cm2, of a weight in kg and a height in m.

    Examples
    --------
    >>> round(body_surface_area(75, 1.85), 3)
    19813.758
    """
    # 0.007184 W^0.425 H^0.725 m2; W in kg, H in cm
    return 71.84 * math.pow(weight, 0.425) * math.pow(100 * height, 0.725)
