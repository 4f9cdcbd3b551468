"""Recognising encodings and transfer syntaxes."""

from __future__ import annotations

import pytest
from pydicom.data import get_testdata_file
from pydicom.filereader import dcmread
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from dicomkit.dataset.files.encoding import Encoding
from dicomkit.dataset.files.recognition import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Trust,
    find_encoding,
    name_encapsulated,
    name_native,
)

BIG = Encoding(explicit=True, little=False)
EXPLICIT_BYTES = b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100\x08\x00\x60\x00CS\x02\x00CT"
IMPLICIT_BYTES = b"\x08\x00\x05\x00\x0a\x00\x00\x00ISO_IR 100\x08\x00\x60\x00\x02\x00\x00\x00CT"
BIG_BYTES = b"\x00\x08\x00\x05CS\x00\x0aISO_IR 100\x00\x08\x00\x60CS\x00\x02CT"


@pytest.mark.parametrize(
    ("buffer", "encoding"),
    [(EXPLICIT_BYTES, EXPLICIT_LITTLE), (IMPLICIT_BYTES, IMPLICIT_LITTLE), (BIG_BYTES, BIG)],
)
@pytest.mark.parametrize(
    "stated",
    [
        None,
        str(ImplicitVRLittleEndian),
        str(ExplicitVRLittleEndian),
        str(ExplicitVRBigEndian),
        str(JPEG2000Lossless),
        "1.2.3.4",
    ],
)
def test_what_the_bytes_say_beats_what_is_stated(
    buffer: bytes, encoding: Encoding, stated: str | None
) -> None:
    assert find_encoding(buffer, 0, len(buffer), stated) == encoding
    assert find_encoding(b"junk" + buffer, 4, len(buffer) + 4, stated) == encoding


def test_what_is_stated_holds_where_the_bytes_say_nothing() -> None:
    buffer = b"\x0b\x00\x05\x00" * 20
    assert find_encoding(buffer, 0, len(buffer), None) is None
    assert find_encoding(buffer, 0, len(buffer), str(ImplicitVRLittleEndian)) == IMPLICIT_LITTLE
    assert find_encoding(buffer, 0, len(buffer), "1.2.3") == EXPLICIT_LITTLE


@pytest.mark.parametrize(
    "buffer",
    [
        b"",
        b"\x08\x00\x05\x00CS",
        b"\x08\x00\x05\x00CS\x0a\x00ISO_IR",
        # Tags that do not ascend.
        EXPLICIT_BYTES[18:] + EXPLICIT_BYTES,
        # A tag that no dictionary knows.
        b"\x08\x00\x04\x00CS\x00\x00",
        b"#!/bin/sh\necho a script is no dataset",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"II*\x00\x08\x00\x00\x00",
        b"\x00" * 64,
    ],
)
def test_what_is_not_dicom(buffer: bytes) -> None:
    assert find_encoding(buffer, 0, len(buffer), None) is None


def test_a_source_that_ends_in_its_second_element_is_recognised_by_its_first() -> None:
    buffer = EXPLICIT_BYTES[:-1]
    assert find_encoding(buffer, 0, len(buffer), None) == EXPLICIT_LITTLE


@pytest.mark.parametrize(
    ("vr", "fits"), [(b"SQ", True), (b"UN", True), (b"OB", True), (b"OW", True), (b"UT", False)]
)
def test_only_some_values_may_have_no_length(vr: bytes, fits: bool) -> None:
    buffer = b"\x08\x00\x40\x11" + vr + b"\x00\x00\xff\xff\xff\xff"
    found = find_encoding(buffer, 0, len(buffer), None)
    assert found == (EXPLICIT_LITTLE if fits else None)


def test_private_elements_are_vouched_for_by_others() -> None:
    private = b"\x09\x00\x10\x00LO\x04\x00ACME"
    buffer = EXPLICIT_BYTES + private
    assert find_encoding(buffer, 0, len(buffer), None) == EXPLICIT_LITTLE
    assert find_encoding(private, 0, len(private), None) is None
    assert find_encoding(private, 0, len(private), None, trust=Trust.CERTAIN) == EXPLICIT_LITTLE


def test_a_place_that_nothing_points_at_needs_several_elements() -> None:
    guess = Trust.GUESS
    assert find_encoding(EXPLICIT_BYTES, 0, len(EXPLICIT_BYTES), None, trust=guess) is None
    buffer = EXPLICIT_BYTES + b"\x08\x00\x70\x00LO\x00\x00\x08\x00\x80\x00LO\x00\x00"
    assert find_encoding(buffer, 0, len(buffer), None, trust=guess) == EXPLICIT_LITTLE


def test_old_files_of_big_endian_machines() -> None:
    def element(tag: bytes, value: bytes) -> bytes:
        return tag + len(value).to_bytes(4, "big") + value

    buffer = (
        element(b"\0\x08\0\0", b"\0\0\0\x24")
        + element(b"\0\x08\0\x10", b"ACR-NEMA")
        + element(b"\0\x08\0\x60", b"MR")
    )
    # In no transfer syntax, so that a few elements alone prove nothing.
    assert find_encoding(buffer, 0, len(buffer), None) is None
    buffer += element(b"\0\x28\0\x10", b"\0\x40")
    found = find_encoding(buffer, 0, len(buffer), None)
    implicit_big = Encoding(explicit=False, little=False)
    assert found == implicit_big
    assert name_native(implicit_big) == ExplicitVRBigEndian


def test_native_syntaxes_by_encoding() -> None:
    assert name_native(EXPLICIT_LITTLE) == ExplicitVRLittleEndian
    assert name_native(IMPLICIT_LITTLE) == ImplicitVRLittleEndian
    assert name_native(BIG) == ExplicitVRBigEndian


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("SC_rgb_jpeg_dcmtk.dcm", "1.2.840.10008.1.2.4.50"),
        ("JPGExtended.dcm", "1.2.840.10008.1.2.4.51"),
        ("JPGLosslessP14SV1_1s_1f_8b.dcm", "1.2.840.10008.1.2.4.57"),
        ("MR_small_jpeg_ls_lossless.dcm", "1.2.840.10008.1.2.4.81"),
        ("JPEG2000.dcm", "1.2.840.10008.1.2.4.91"),
        ("SC_rgb_rle.dcm", "1.2.840.10008.1.2.5"),
    ],
)
def test_families_of_compressed_streams(name: str, family: str) -> None:
    path = get_testdata_file(name, download=False)
    assert name_encapsulated(dcmread(str(path)).PixelData, EXPLICIT_LITTLE) == family


def fragments(stream: bytes) -> bytes:
    return (
        b"\xfe\xff\x00\xe0\x04\x00\x00\x00\x00\x00\x00\x00\xfe\xff\x00\xe0\x00\x00\x00\x00" + stream
    )


@pytest.mark.parametrize(
    ("stream", "syntax"),
    [
        # ISO/IEC 15444-15: SIZ, then CAP.
        (b"\xff\x4f\xff\x51\x00\x04\x00\x00\xff\x50", "1.2.840.10008.1.2.4.203"),
        (b"\xff\x4f\xff\x51\x00\x04\x00\x00\xff\x52", "1.2.840.10008.1.2.4.91"),
        # JPEG whose frame header is out of sight: the most common process.
        (b"\xff\xd8\xff\xe0\x00\x04ab", "1.2.840.10008.1.2.4.50"),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc3", "1.2.840.10008.1.2.4.57"),
        (b"\x03\x00\x00\x00\x40\x00\x00\x00", "1.2.840.10008.1.2.5"),
        (b"\x10\x00\x00\x00\x40\x00\x00\x00", "1.2.840.10008.1.2.1.98"),
        (b"\x03\x00\x00\x00\x41\x00\x00\x00", "1.2.840.10008.1.2.1.98"),
        (b"", "1.2.840.10008.1.2.1.98"),
    ],
)
def test_streams_by_their_first_bytes(stream: bytes, syntax: str) -> None:
    assert name_encapsulated(fragments(stream), EXPLICIT_LITTLE) == syntax
