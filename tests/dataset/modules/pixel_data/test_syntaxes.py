"""PS3.5 annex A and PS3.6 annex A: the transfer syntaxes."""

from __future__ import annotations

import pytest
from pydicom.uid import (
    HTJ2K,
    MPEG2MPML,
    UID,
    AllTransferSyntaxes,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGTransferSyntaxes,
    RLELossless,
)

from dicomkit.dataset.modules.syntaxes import (
    BIG_ENDIAN,
    Packing,
    expected_kinds,
    packing,
    syntax_name,
)


@pytest.mark.parametrize("syntax", [uid for uid in AllTransferSyntaxes if not uid.is_encapsulated])
def test_everything_uncompressed_is_native(syntax: UID) -> None:
    assert packing(syntax) is Packing.NATIVE


@pytest.mark.parametrize("syntax", [*JPEGTransferSyntaxes, JPEGLSLossless, JPEG2000Lossless, HTJ2K])
def test_the_jpeg_family(syntax: UID) -> None:
    assert packing(syntax) is Packing.STREAM
    assert len(expected_kinds(syntax)) == 1


@pytest.mark.parametrize(
    ("syntax", "expected"),
    [
        (RLELossless, Packing.RLE),
        ("1.2.840.10008.1.2.1.98", Packing.FRAMED),
        ("1.2.840.10008.1.2.8.1", Packing.DEFLATED),
        ("1.2.840.113619.5.2", Packing.NATIVE),
        (MPEG2MPML, Packing.VIDEO),
        ("1.2.840.10008.1.2.4.94", Packing.UNSUPPORTED),
        ("1.2.840.10008.1.2.4.113", Packing.UNSUPPORTED),
        ("1.2.840.10008.1.20", Packing.UNKNOWN),
        ("1.3.46.670589.33.1.4.1", Packing.UNKNOWN),
    ],
)
def test_the_others(syntax: str, expected: Packing) -> None:
    assert packing(syntax) is expected
    assert expected_kinds(syntax) == ()


@pytest.mark.parametrize(
    ("syntax", "kind"),
    [
        (JPEGBaseline8Bit, "jpeg"),
        (JPEGExtended12Bit, "jpeg"),
        (JPEGLossless, "jpeg-lossless"),
        (JPEGLosslessSV1, "jpeg-lossless"),
        ("1.2.840.10008.1.2.4.202", "htj2k"),
    ],
)
def test_what_a_syntax_announces(syntax: str, kind: str) -> None:
    assert expected_kinds(syntax) == (kind,)


def test_byte_order() -> None:
    assert ExplicitVRBigEndian in BIG_ENDIAN
    assert DeflatedExplicitVRLittleEndian not in BIG_ENDIAN


def test_names_hold_no_unknown_value() -> None:
    assert syntax_name(JPEGBaseline8Bit) == "JPEG Baseline (Process 1)"
    assert syntax_name("1.2.3.4") == "a private transfer syntax"
