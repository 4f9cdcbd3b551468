"""Headers of PET images, made of elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydicom.dataset import Dataset

if TYPE_CHECKING:
    import dicomkit as dk

PHILIPS: Final = "Philips PET Private Group"
# In the sequence of the tracer.
TRACER: Final = {
    "RadionuclideTotalDose",
    "RadionuclideHalfLife",
    "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
}


def pet(**elements: Any) -> Dataset:  # noqa: ANN401 - elements of many types
    """Make the header of an image: 100 g for 100 MBq, corrected to the injection an hour before.

    At a half-life of an hour, half of the dose was left when the series began.
    """
    plain = {
        "Modality": "PT",
        "Units": "BQML",
        "CorrectedImage": ["ATTN", "DECY"],
        "DecayCorrection": "START",
        "PatientWeight": "0.1",
        "SeriesDate": "20201217",
        "SeriesTime": "110000",
        "AcquisitionDate": "20201217",
        "AcquisitionTime": "110000",
        "RadionuclideTotalDose": "1E8",
        "RadionuclideHalfLife": "3600",
        "RadiopharmaceuticalStartTime": "100000",
    }
    ds, tracer = Dataset(), Dataset()
    for keyword, value in (plain | elements).items():
        if value is not None:
            setattr(tracer if keyword in TRACER else ds, keyword, value)
    ds.RadiopharmaceuticalInformationSequence = [tracer]
    return ds


def philips(ds: Dataset, **factors: str) -> Dataset:
    block = ds.private_block(0x7053, PHILIPS, create=True)
    for name, value in factors.items():
        block.add_new({"suv": 0x00, "activity": 0x09}[name], "DS", value)
    return ds


def codes(factor: dk.SuvFactor) -> list[str]:
    return [note.code for note in factor.notes]
