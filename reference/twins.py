"""Files of the corpora that hold the same image in different transfer syntaxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["TWINS", "Twins"]


@dataclass(frozen=True, slots=True)
class Twins:
    """An uncompressed file, and others whose stored values may differ by `tolerance` at most."""

    original: str
    others: tuple[str, ...]
    tolerance: int = 0


TWINS: Final = (
    Twins(
        "MR_small.dcm",
        (
            "MR_small_RLE.dcm",
            "MR_small_bigendian.dcm",
            "MR_small_expb.dcm",
            "MR_small_implicit.dcm",
            "MR_small_jp2klossless.dcm",
            "MR_small_jpeg_ls_lossless.dcm",
            "MR_small_padded.dcm",
        ),
    ),
    Twins("693_UNCR.dcm", ("693_J2KR.dcm",)),
    Twins("MR2_UNCR.dcm", ("MR2_J2KR.dcm",)),
    Twins("RG1_UNCR.dcm", ("RG1_J2KR.dcm",)),
    Twins("RG3_UNCR.dcm", ("RG3_J2KR.dcm",)),
    Twins("US1_UNCR.dcm", ("US1_J2KR.dcm",)),
    Twins(
        "emri_small.dcm",
        (
            "emri_small_RLE.dcm",
            "emri_small_big_endian.dcm",
            "emri_small_jpeg_2k_lossless.dcm",
            "emri_small_jpeg_ls_lossless.dcm",
        ),
    ),
    Twins("SC_rgb.dcm", ("SC_rgb_expb.dcm", "SC_rgb_rle.dcm", "SC_rgb_jpeg_gdcm.dcm")),
    Twins("SC_rgb_2frame.dcm", ("SC_rgb_expb_2frame.dcm", "SC_rgb_rle_2frame.dcm")),
    Twins("SC_rgb_16bit.dcm", ("SC_rgb_expb_16bit.dcm", "SC_rgb_rle_16bit.dcm")),
    Twins(
        "SC_rgb_16bit_2frame.dcm",
        ("SC_rgb_expb_16bit_2frame.dcm", "SC_rgb_rle_16bit_2frame.dcm"),
    ),
    Twins("SC_rgb_32bit.dcm", ("SC_rgb_expb_32bit.dcm", "SC_rgb_rle_32bit.dcm")),
    Twins(
        "SC_rgb_32bit_2frame.dcm",
        ("SC_rgb_expb_32bit_2frame.dcm", "SC_rgb_rle_32bit_2frame.dcm"),
    ),
    Twins("SC_rgb_small_odd.dcm", ("SC_rgb_small_odd_big_endian.dcm",)),
    Twins("rtdose.dcm", ("rtdose_expb.dcm", "rtdose_rle.dcm")),
    Twins("rtdose_1frame.dcm", ("rtdose_expb_1frame.dcm", "rtdose_rle_1frame.dcm")),
    Twins("OBXXXX1A.dcm", ("OBXXXX1A_expb.dcm", "OBXXXX1A_rle.dcm")),
    Twins("OBXXXX1A_2frame.dcm", ("OBXXXX1A_expb_2frame.dcm", "OBXXXX1A_rle_2frame.dcm")),
    Twins("liver.dcm", ("liver_expb.dcm",)),
    Twins("liver_1frame.dcm", ("liver_expb_1frame.dcm",)),
    Twins("gdcm-US-ALOKA-16.dcm", ("gdcm-US-ALOKA-16_big.dcm",)),
    Twins("color-px.dcm", ("color-pl.dcm",)),
    # Lossy streams and what another decoder made of them: a decoder may round either way.
    Twins("693_UNCI.dcm", ("693_J2KI.dcm",), tolerance=1),
    Twins("MR2_UNCI.dcm", ("MR2_J2KI.dcm",), tolerance=1),
    Twins("RG1_UNCI.dcm", ("RG1_J2KI.dcm",), tolerance=1),
    Twins("RG3_UNCI.dcm", ("RG3_J2KI.dcm",), tolerance=1),
    Twins("US1_UNCI.dcm", ("US1_J2KI.dcm",), tolerance=1),
    Twins("JPEG2000_UNC.dcm", ("JPEG2000.dcm",), tolerance=1),
    Twins("SC_rgb_gdcm2k_uncompressed.dcm", ("SC_rgb_gdcm_KY.dcm",), tolerance=1),
    Twins("SC_rgb_dcmtk_ebcr_dcmd.dcm", ("SC_rgb_dcmtk_+eb+cr.dcm",), tolerance=1),
    Twins("SC_rgb_dcmtk_ebcyn1_dcmd.dcm", ("SC_rgb_dcmtk_+eb+cy+n1.dcm",), tolerance=1),
    Twins("SC_rgb_dcmtk_ebcyn2_dcmd.dcm", ("SC_rgb_dcmtk_+eb+cy+n2.dcm",), tolerance=1),
    Twins("SC_rgb_dcmtk_ebcynp_dcmd.dcm", ("SC_rgb_dcmtk_+eb+cy+np.dcm",), tolerance=1),
    Twins("SC_rgb_dcmtk_ebcys2_dcmd.dcm", ("SC_rgb_dcmtk_+eb+cy+s2.dcm",), tolerance=1),
    Twins("SC_rgb_dcmtk_ebcys4_dcmd.dcm", ("SC_rgb_dcmtk_+eb+cy+s4.dcm",), tolerance=1),
    Twins("SC_rgb_jpeg_dcmd.dcm", ("SC_rgb_jpeg.dcm",), tolerance=1),
)
