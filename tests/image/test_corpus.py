"""Every image of pydicom's and pydicom-data's test files.

Each decodes to what another implementation makes of it, or stands in `REFUSED` with the
reason. Where the corpora hold an uncompressed twin of a losslessly coded image, both are
the same to the bit.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from numpy.testing import assert_array_equal
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels.utils import pixel_array
from pydicom.uid import JPEGBaseline8Bit
from tests.pixels import read_frame

from dicomkit.errors import DicomKitError
from dicomkit.image.values import frame_count, stored_values

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from pydicom.dataset import Dataset

PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
# One file of pydicom's own, one of pydicom-data's: the others lie beside them.
FOLDERS = [
    Path(str(get_testdata_file(name, download=False))).parent
    for name in ("MR_small.dcm", "MR2_UNCR.dcm")
]
# pydicom says that one file's dataset is not encoded as its meta information has it.
pytestmark = pytest.mark.filterwarnings("ignore:Expected explicit VR")

REFUSED = {
    "JPEG2000-embedded-sequence-delimiter.dcm": (
        "inconsistent",
        "four bytes of the stream's size were overwritten on purpose",
    ),
    "MR_truncated.dcm": ("truncated", "62 bytes of the pixel data were cut off"),
    "meta_missing_tsyntax.dcm": ("no_pixels", "two bytes stand in for pixels"),
    "nested_priv_SQ.dcm": ("no_pixels", "two bytes stand in for pixels"),
}
"""The images that do not decode: the error's code, and why."""

NOTED = {
    "J2K_pixelrep_mismatch.dcm": "sign_contradicted",
    "JPEG-lossy.dcm": "scan_header_mended",
    "MR_small_padded.dcm": "surplus_bytes",
    "badVR.dcm": "surplus_bytes",
}
"""The images that decode with something noted."""

# pydicom refuses these; another file holds the same pixels.
TWINS_OF_REFUSED = {"JPEG-lossy.dcm": "JPGExtended.dcm"}
# pydicom refuses these for what is beside the pixels: no transfer syntax, no frame count.
NOT_REFERENCED = {"OT-PAL-8-face.dcm", "badVR.dcm"}

SAME = [
    ("693_J2KR", "693_UNCR"),
    ("693_J2KI", "693_UNCI"),
    ("MR2_J2KR", "MR2_UNCR"),
    ("MR2_J2KI", "MR2_UNCI"),
    ("RG1_J2KR", "RG1_UNCR"),
    ("RG3_J2KR", "RG3_UNCR"),
    ("RG3_J2KI", "RG3_UNCI"),
    ("US1_J2KR", "US1_UNCR"),
    ("US1_J2KI", "US1_UNCI"),
    ("JPEG2000", "JPEG2000_UNC"),
    ("emri_small_RLE", "emri_small"),
    ("emri_small_big_endian", "emri_small"),
    ("emri_small_jpeg_2k_lossless", "emri_small"),
    ("emri_small_jpeg_ls_lossless", "emri_small"),
    ("MR_small_RLE", "MR_small"),
    ("MR_small_bigendian", "MR_small"),
    ("MR_small_expb", "MR_small"),
    ("MR_small_implicit", "MR_small"),
    ("MR_small_jp2klossless", "MR_small"),
    ("MR_small_jpeg_ls_lossless", "MR_small"),
    ("MR_small_padded", "MR_small"),
    ("color-pl", "color-px"),
    ("OBXXXX1A_expb", "OBXXXX1A"),
    ("OBXXXX1A_rle", "OBXXXX1A"),
    ("OBXXXX1A_expb_2frame", "OBXXXX1A_2frame"),
    ("OBXXXX1A_rle_2frame", "OBXXXX1A_2frame"),
    ("liver_expb", "liver"),
    ("liver_expb_1frame", "liver_1frame"),
    ("rtdose_expb", "rtdose"),
    ("rtdose_rle", "rtdose"),
    ("rtdose_expb_1frame", "rtdose_1frame"),
    ("rtdose_rle_1frame", "rtdose_1frame"),
    ("gdcm-US-ALOKA-16_big", "gdcm-US-ALOKA-16"),
    ("SC_rgb_expb", "SC_rgb"),
    ("SC_rgb_rle", "SC_rgb"),
    ("SC_rgb_gdcm_KY", "SC_rgb"),
    ("SC_rgb_jpeg_gdcm", "SC_rgb"),
    ("SC_rgb_expb_16bit", "SC_rgb_16bit"),
    ("SC_rgb_rle_16bit", "SC_rgb_16bit"),
    ("SC_rgb_expb_16bit_2frame", "SC_rgb_16bit_2frame"),
    ("SC_rgb_rle_16bit_2frame", "SC_rgb_16bit_2frame"),
    ("SC_rgb_expb_32bit_2frame", "SC_rgb_32bit_2frame"),
    ("SC_rgb_rle_32bit_2frame", "SC_rgb_32bit_2frame"),
    ("SC_rgb_small_odd_big_endian", "SC_rgb_small_odd"),
    # Decoded by DCMTK.
    ("SC_rgb_dcmtk_+eb+cr", "SC_rgb_dcmtk_ebcr_dcmd"),
    ("SC_rgb_dcmtk_+eb+cy+n1", "SC_rgb_dcmtk_ebcyn1_dcmd"),
    ("SC_rgb_dcmtk_+eb+cy+n2", "SC_rgb_dcmtk_ebcyn2_dcmd"),
    ("SC_rgb_dcmtk_+eb+cy+np", "SC_rgb_dcmtk_ebcynp_dcmd"),
    ("SC_rgb_dcmtk_+eb+cy+s2", "SC_rgb_dcmtk_ebcys2_dcmd"),
    ("SC_rgb_dcmtk_+eb+cy+s4", "SC_rgb_dcmtk_ebcys4_dcmd"),
    ("SC_rgb_jpeg", "SC_rgb_jpeg_dcmd"),
]
"""Two files of the same pixels."""


def images() -> list[Path]:
    found = []
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    ds = dcmread(path, force=True)
                except Exception:  # noqa: BLE001, S112 - no DICOM at all
                    continue
                if any(keyword in ds for keyword in PIXELS):
                    found.append(path)
    return found


IMAGES = images()


def name_of(path: Path) -> str:
    return path.name


def reference(path: Path) -> np.ndarray[Any, np.dtype[Any]]:
    """Let pydicom decode, with the sign, the masks and the colour that it corrects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(path, force=True)
        # Decoders of lossy JPEG may differ by a level; which one pydicom takes by itself depends
        # on what is installed.
        baseline = ds.file_meta.get("TransferSyntaxUID") == JPEGBaseline8Bit
        return pixel_array(ds, decoding_plugin="pillow" if baseline else "")


def test_the_corpus_is_there() -> None:
    assert len(IMAGES) > 150
    assert {*REFUSED, *NOTED} <= {path.name for path in IMAGES}


@pytest.mark.parametrize("path", [p for p in IMAGES if p.name not in REFUSED], ids=name_of)
def test_an_image_decodes(path: Path, real: Callable[[str], Dataset]) -> None:
    ds = dcmread(path, force=True)
    values = stored_values(ds)
    frames = range(frame_count(ds))
    noted = {note.code for index in frames for note in read_frame(ds, index).notes}
    expected = {NOTED[path.name]} if path.name in NOTED else set()
    assert noted - {"attribute_ignored"} == expected
    if path.name in TWINS_OF_REFUSED:
        assert_array_equal(values, stored_values(real(TWINS_OF_REFUSED[path.name])))
    elif path.name not in NOT_REFERENCED:
        theirs = reference(path)
        assert values.dtype == theirs.dtype.newbyteorder("=")
        assert_array_equal(values, theirs)


@pytest.mark.parametrize("path", [p for p in IMAGES if p.name in REFUSED], ids=name_of)
def test_an_image_does_not_decode(path: Path) -> None:
    code, why = REFUSED[path.name]
    with pytest.raises(DicomKitError) as caught:
        stored_values(dcmread(path, force=True))
    assert caught.value.code == code, why


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_files_of_the_same_pixels(real: Callable[[str], Dataset], one: str, other: str) -> None:
    assert_array_equal(stored_values(real(f"{one}.dcm")), stored_values(real(f"{other}.dcm")))


@pytest.mark.usefixtures("encoders", "core_only")
@pytest.mark.parametrize(
    "path", [p for p in IMAGES if p.name not in REFUSED and p.stat().st_size < 400_000], ids=name_of
)
def test_the_core_packages_alone_give_the_same(path: Path) -> None:
    if path.name == "GDCMJ2K_TextGBR.dcm":
        pytest.skip("Pillow refuses this stream; the error names the extra that decodes it")
    if path.name not in {*NOT_REFERENCED, *TWINS_OF_REFUSED}:
        assert_array_equal(stored_values(dcmread(path, force=True)), reference(path))


@pytest.mark.parametrize(("name", "missing"), [("MR_truncated.dcm", 62 // 2)])
def test_what_there_is_of_the_truncated_ones(
    real: Callable[[str], Dataset], name: str, missing: int
) -> None:
    values = stored_values(real(name), lenient=True)
    whole = stored_values(real("MR_small.dcm"))
    assert_array_equal(values.ravel()[:-missing], whole.ravel()[:-missing])
    assert not values.ravel()[-missing:].any()
