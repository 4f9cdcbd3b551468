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
        # RT Second Generation: Physician Intent, Radiation Set, C-Arm, Robotic Record, Preparation.
        ("1.2.840.10008.5.1.4.1.1.481.10", "RADIOTHERAPY"),
        ("1.2.840.10008.5.1.4.1.1.481.12", "RADIOTHERAPY"),
        ("1.2.840.10008.5.1.4.1.1.481.13", "RADIOTHERAPY"),
        ("1.2.840.10008.5.1.4.1.1.481.20", "RADIOTHERAPY"),
        ("1.2.840.10008.5.1.4.1.1.481.22", "RADIOTHERAPY"),
        # Its images: Enhanced RT Image, Enhanced Continuous RT Image.
        ("1.2.840.10008.5.1.4.1.1.481.23", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.481.24", "IMAGE"),
        # RT Beams Delivery Instruction, RT Brachy Application Setup Delivery Instruction.
        ("1.2.840.10008.5.1.4.34.7", "PLAN"),
        ("1.2.840.10008.5.1.4.34.10", "PLAN"),
        # Microscopy Bulk Simple Annotations, Inventory, Intraocular Lens Calculations.
        ("1.2.840.10008.5.1.4.1.1.91.1", "ANNOTATION"),
        ("1.2.840.10008.5.1.4.1.1.201.1", "INVENTORY"),
        ("1.2.840.10008.5.1.4.1.1.78.8", "MEASUREMENT"),
        # Without a type: CT Defined Procedure Protocol, Protocol Approval.
        ("1.2.840.10008.5.1.4.1.1.200.1", "PRIVATE"),
        ("1.2.840.10008.5.1.4.1.1.200.3", "PRIVATE"),
        # Retired: Detached Study Management, Standalone PET Curve and VOI LUT.
        ("1.2.840.10008.3.1.2.3.1", "STUDY"),
        ("1.2.840.10008.5.1.4.1.1.129", "CURVE"),
        ("1.2.840.10008.5.1.4.1.1.11", "VOI LUT"),
        # Pixels under other names: US Volume, B-scan Volume Analysis, Thickness Map.
        ("1.2.840.10008.5.1.4.1.1.6.2", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.77.1.5.8", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.81.1", "IMAGE"),
        ("1.2.3.4", "IMAGE"),
        ("nonsense", "IMAGE"),
        ("", "IMAGE"),
    ],
)
def test_types_that_pydicom_finds_otherwise(sop_class: str, record_type: str) -> None:
    assert name_record_type(sop_class) == record_type


def test_what_is_in_no_dictionary_is_what_the_caller_says() -> None:
    assert name_record_type("1.2.3.4", "PRIVATE") == "PRIVATE"
    assert name_record_type("1.2.840.10008.5.1.4.1.1.2", "PRIVATE") == "IMAGE"
