"""Windows for CT by the tissue that they show, in Hounsfield units."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WINDOWS"]

# No standard fixes these: they are the values in common clinical use.
WINDOWS: Mapping[str, Window] = MappingProxyType(
    {
        "abdomen": Window(50, 400),
        "angio": Window(300, 600),
        "bone": Window(400, 1800),
        "brain": Window(40, 80),
        "liver": Window(30, 150),
        "lung": Window(-600, 1500),
        "mediastinum": Window(50, 350),
        "soft_tissue": Window(40, 400),
        "spine": Window(50, 250),
        "stroke": Window(40, 40),
        "subdural": Window(75, 215),
        "temporal_bone": Window(600, 2800),
    }
)
