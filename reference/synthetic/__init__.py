"""Datasets for what the corpora do not have, each made of one sentence of the standard."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from reference.synthetic.colors import COLOR_MAKERS
from reference.synthetic.frames import FRAME_MAKERS
from reference.synthetic.groups import GROUP_MAKERS
from reference.synthetic.headers import HEADER_MAKERS
from reference.synthetic.overlays import OVERLAY_MAKERS
from reference.synthetic.pixels import PIXEL_MAKERS
from reference.synthetic.segmentations import SEGMENTATION_MAKERS
from reference.synthetic.streams import STREAM_MAKERS
from reference.synthetic.tables import TABLE_MAKERS
from reference.synthetic.windows import WINDOW_MAKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydicom.dataset import Dataset

__all__ = ["SYNTHETIC"]

SYNTHETIC: Final[Mapping[str, Callable[[], Dataset]]] = MappingProxyType(
    {
        maker.__name__.lstrip("_").replace("_", " "): maker
        for maker in (
            *WINDOW_MAKERS,
            *TABLE_MAKERS,
            *PIXEL_MAKERS,
            *HEADER_MAKERS,
            *FRAME_MAKERS,
            *GROUP_MAKERS,
            *SEGMENTATION_MAKERS,
            *COLOR_MAKERS,
            *OVERLAY_MAKERS,
            *STREAM_MAKERS,
        )
    }
)
"""What makes each dataset, by a name that says what is in it."""
