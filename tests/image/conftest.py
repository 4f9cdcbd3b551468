"""The fixtures of `tests.pixels`, and images from arrays."""

from tests.display.conftest import grey, item
from tests.pixels import (
    core_only,
    dataset,
    encoders,
    image,
    installed,
    make_groups,
    ramp,
    real,
    stream,
)

__all__ = [
    "core_only",
    "dataset",
    "encoders",
    "grey",
    "image",
    "installed",
    "item",
    "make_groups",
    "ramp",
    "real",
    "stream",
]
