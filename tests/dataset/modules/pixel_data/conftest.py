"""Datasets and images of pixels, in the place of those of elements."""

from tests.pixels import dataset, image

__all__ = ["dataset", "image"]
