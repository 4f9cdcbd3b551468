"""Values and pictures of every image of pydicom's and pydicom-data's test files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels.processing import apply_modality_lut

import dicomkit as dk
from dicomkit.dataset.modules.image_pixel import describe_image

FOLDERS = [
    Path(str(get_testdata_file(name, download=False))).parent
    for name in ("MR_small.dcm", "MR2_UNCR.dcm")
]
# tests/dataset/pixels/test_corpus.py says why these do not decode.
REFUSED = {
    "JPEG2000-embedded-sequence-delimiter.dcm": dk.InconsistentError,
    "MR_truncated.dcm": dk.TruncatedError,
    "meta_missing_tsyntax.dcm": dk.NoPixelsError,
    "nested_priv_SQ.dcm": dk.NoPixelsError,
}
# What the first frame's pipeline and decoder have to say of a file.
NOTED = {
    "badVR.dcm": ["attribute_ignored", "units_elsewhere"],
    "eCT_Supplemental.dcm": ["units_elsewhere"],
    **{
        f"rtdose{kind}.dcm": ["units_elsewhere"]
        for kind in ("", "_1frame", "_expb", "_expb_1frame", "_rle", "_rle_1frame")
    },
}
# Thumbnails of 16 x 16 pixels that are all above the file's window.
CONSTANT = {"17166", "17196"}
# Its rescale stands in functional groups, which pydicom's function does not read.
GROUPED = {"eCT_Supplemental.dcm": (1, -1024)}


def images() -> list[Path]:
    found = []
    for path in sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                dk.frame_count(dk.read_dataset(path))
            except dk.DicomKitError:
                if path.name not in REFUSED:
                    continue
        found.append(path)
    return found


IMAGES = images()
every_image = pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)


def test_the_corpora_are_there() -> None:
    assert len(IMAGES) > 150


@every_image
def test_a_picture_or_the_reason_why_not(path: Path) -> None:
    ds = dk.read_dataset(path)
    if path.name in REFUSED:
        with pytest.raises(REFUSED[path.name]):
            dk.render(ds, 0)
        return
    image = describe_image(ds)
    picture = dk.render(ds, 0)
    colored = image.samples == 3 or image.photometric == "PALETTE COLOR" or "Supple" in path.name
    assert picture.dtype == np.uint8
    assert picture.shape == (image.rows, image.columns) + ((3,) if colored else ())
    pipeline = dk.display_pipeline(ds)
    assert np.array_equal(pipeline.by_steps(dk.stored_values(ds, 0)), picture)
    assert bool(picture.min() == picture.max()) is (path.name in CONSTANT)
    assert [note.code for note in pipeline.notes] == NOTED.get(path.name, [])


@every_image
def test_values_are_those_of_another_implementation(path: Path) -> None:
    """pydicom's own modality step, in float64 and rounded once."""
    ds = dk.read_dataset(path)
    if path.name in REFUSED:
        with pytest.raises(REFUSED[path.name]):
            dk.to_values(ds, 0)
        return
    values = dk.to_values(ds, 0)
    assert values.dtype == np.float32
    stored = dk.stored_values(ds, 0)
    if path.name in GROUPED:
        slope, intercept = GROUPED[path.name]
        expected = stored.astype(np.float64) * slope + intercept
    else:
        expected = apply_modality_lut(stored, ds)
    assert np.array_equal(values, np.asarray(expected, np.float32))
    stated = ds.get("RescaleType")
    if ds.get("Modality") == "CT" and "RescaleSlope" in ds and stated in (None, "", "HU"):
        assert np.array_equal(dk.to_hu(ds, 0), values)
    else:
        with pytest.raises(dk.UnitsError):
            dk.to_hu(ds, 0)
