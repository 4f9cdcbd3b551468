"""Datasets of pixels, in the place of those of elements."""

from tests.pixels import dataset

__all__ = ["dataset"]
