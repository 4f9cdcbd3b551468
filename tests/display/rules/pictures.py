"""What the tests of the rules say of a picture, and the tables that they make."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    MakeItem = Callable[..., Dataset]


def levels(ds: Dataset, **options: Any) -> list[Any]:  # noqa: ANN401
    """Give the picture's levels; every way to them has to agree."""
    picture = dk.render(ds, **options)
    chosen = {k: v for k, v in options.items() if k in ("window", "bits", "padding")}
    pipeline = dk.display_pipeline(ds, **chosen)
    stored = dk.stored_values(ds, 0, sample_color=options.get("sample_color"))
    first = picture if picture.shape[:2] == stored.shape[:2] else picture[0]
    assert np.array_equal(pipeline(stored), first)
    assert np.array_equal(pipeline.by_steps(stored), first)
    found: list[Any] = (
        picture.reshape(-1, 3).tolist() if first.ndim > 2 else picture.ravel().tolist()
    )
    return found


def codes(ds: Dataset, **options: Any) -> list[str]:  # noqa: ANN401
    return [note.code for note in dk.display_pipeline(ds, **options).notes]


def table(make: MakeItem, first: int, bits: int, entries: list[int], **elements: object) -> Dataset:
    ds = make(**elements)
    vr = "SS" if first < 0 else "US"
    ds.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    ds.add_new("LUTData", "OW", struct.pack(f"<{len(entries)}H", *entries))
    return ds
