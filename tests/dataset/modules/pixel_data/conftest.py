"""The fixtures of `tests.pixels`."""

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
    "image",
    "installed",
    "make_groups",
    "ramp",
    "real",
    "stream",
]
