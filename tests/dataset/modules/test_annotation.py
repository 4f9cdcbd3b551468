"""Burned In Annotation, stated and likely."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from dicomkit.dataset.modules.annotation import annotation_note

CT = "1.2.840.10008.5.1.4.1.1.2"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MULTI_FRAME_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7.2"


@pytest.mark.parametrize(
    ("stated", "modality", "sop_class", "code"),
    [
        ("YES", "CT", CT, "burned_in"),
        ("NO", "US", SECONDARY_CAPTURE, None),
        (None, "CT", CT, None),
        (None, "US", CT, "may_be_burned_in"),
        (None, "CT", SECONDARY_CAPTURE, "may_be_burned_in"),
        (None, "CT", MULTI_FRAME_SECONDARY_CAPTURE, "may_be_burned_in"),
        ("", "US", CT, "may_be_burned_in"),
        (None, None, None, None),
    ],
)
def test_what_the_file_says_decides_then_its_kind(
    stated: str | None, modality: str | None, sop_class: str | None, code: str | None
) -> None:
    ds = Dataset()
    for keyword, value in (
        ("BurnedInAnnotation", stated),
        ("Modality", modality),
        ("SOPClassUID", sop_class),
    ):
        if value is not None:
            setattr(ds, keyword, value)
    note = annotation_note(ds)
    assert (note.code if note else None) == code
