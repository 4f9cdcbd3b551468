"""Record types by SOP Class: those of pydicom's own table."""

from __future__ import annotations

import pytest
from pydicom import fileset

from dicomkit.fileset.kinds import name_record_type


@pytest.mark.parametrize(
    ("sop_class", "record_type"),
    [
        *fileset._FOUR_LEVEL_SOP_CLASSES.items(),
        *fileset._SINGLE_LEVEL_SOP_CLASSES.items(),
    ],
)
def test_pydicoms_types(sop_class: str, record_type: str) -> None:
    assert name_record_type(sop_class) == record_type


@pytest.mark.parametrize(
    ("sop_class", "record_type"),
    [
        # CT, Enhanced MR, Secondary Capture, Segmentation, Parametric Map, RT Image.
        ("1.2.840.10008.5.1.4.1.1.2", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.4.1", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.7", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.30", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.481.1", "IMAGE"),
        # RT Plan, RT Ion Plan, Encapsulated PDF: pydicom tells them by other elements.
        ("1.2.840.10008.5.1.4.1.1.481.5", "RT PLAN"),
        ("1.2.840.10008.5.1.4.1.1.481.8", "RT PLAN"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "ENCAP DOC"),
        ("1.2.3.4", "IMAGE"),
        ("nonsense", "IMAGE"),
        ("", "IMAGE"),
    ],
)
def test_types_that_pydicom_finds_otherwise(sop_class: str, record_type: str) -> None:
    assert name_record_type(sop_class) == record_type
