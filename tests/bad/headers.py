"""Files that are no DICOM, are cut off, or describe no image that there could be."""

from __future__ import annotations

from typing import Final

from tests.bad.case import refused
from tests.bad.files import element, good, part10, with_pixels, with_values

__all__ = ["HEADERS"]

_CT: Final = "CT_small.dcm"
_RGB: Final = "SC_rgb_small_odd.dcm"
_RLE: Final = "MR_small_RLE.dcm"
_PIXELS: Final = b"\xe0\x7f\x10\x00OW"
_PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00"


def _us(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _cut_before_pixels() -> bytes:
    data = good(_CT)
    return data[: data.index(_PIXELS) - 5]


def _wrong_item() -> bytes:
    """Put an element where a sequence's item must be."""
    return part10(element(0x00081140, "SQ", element(0x00080060, "CS", b"CT") * 4, 0xFFFFFFFF))


HEADERS: Final = (
    *refused(
        "not_dicom",
        {
            "an empty file": lambda: b"",
            "one byte": lambda: b"\0",
            "a text": lambda: b"The quick brown fox jumps over the lazy dog. " * 20,
            "a PNG": lambda: _PNG + bytes(200),
            "a zip archive": lambda: b"PK\x03\x04" + bytes(500),
            "nothing but zeros": lambda: bytes(1000),
            "a prefix before a text": lambda: bytes(128) + b"DICM" + b"lorem ipsum dolor sit " * 9,
        },
    ),
    *refused(
        "truncated",
        {
            "a prefix alone": lambda: bytes(128) + b"DICM",
            "four bytes behind the prefix": lambda: good(_CT)[:136],
            "cut in File Meta Information": lambda: good(_CT)[:200],
            "cut behind File Meta Information": lambda: part10(b""),
            "File Meta Information before a text": lambda: part10(b"lorem ipsum dolor sit " * 9),
            "cut in the header": lambda: good(_CT)[:1000],
            "cut before the pixel data": _cut_before_pixels,
            "cut in a deflated dataset's middle": lambda: good("image_dfl.dcm")[:2000],
            "native pixel data cut by one row": lambda: with_pixels(_CT, lambda data: data[:-256]),
            "native pixel data cut in half": lambda: good(_CT)[:20000],
            "native frames missing": lambda: with_values("emri_small.dcm", NumberOfFrames=b"11"),
            "bits short": lambda: with_pixels("liver_1frame.dcm", lambda data: data[:-2]),
        },
    ),
    *refused(
        "no_pixels",
        {
            "a structured report": lambda: good("test-SR.dcm"),
            "a plan": lambda: good("rtplan.dcm"),
            "structures": lambda: good("rtstruct.dcm"),
            "a waveform": lambda: good("waveform_ecg.dcm"),
            "a DICOMDIR": lambda: good("dicomdirtests/DICOMDIR"),
            "an image without pixel data": lambda: with_values(_CT, PixelData=None),
            "pixel data that nothing describes": lambda: good("nested_priv_SQ.dcm"),
            "an image with empty pixel data": lambda: with_pixels(_CT, lambda _: b""),
        },
    ),
    *refused(
        "inconsistent",
        {
            "no rows": lambda: with_values(_CT, Rows=None),
            "rows of 0": lambda: with_values(_CT, Rows=_us(0)),
            "columns that are no number": lambda: with_values(_CT, Columns=b"x"),
            "no bits allocated": lambda: with_values(_CT, BitsAllocated=None),
            "65535 bits allocated": lambda: with_values(_CT, BitsAllocated=_us(65535)),
            "two samples a pixel": lambda: with_values(_CT, SamplesPerPixel=_us(2)),
            "RGB of one sample": lambda: with_values(_CT, PhotometricInterpretation=b"RGB "),
            "grey of three samples": lambda: with_values(
                _RGB, PhotometricInterpretation=b"MONOCHROME2 "
            ),
            "PALETTE COLOR without a palette": lambda: with_values(
                _CT, PhotometricInterpretation=b"PALETTE COLOR "
            ),
            "a palette without data": lambda: with_values(
                "examples_palette.dcm", RedPaletteColorLookupTableData=b""
            ),
            "a palette without a descriptor": lambda: with_values(
                "examples_palette.dcm", GreenPaletteColorLookupTableDescriptor=b"\0\1"
            ),
            "a sequence of no items": _wrong_item,
        },
    ),
    *refused(
        "unsupported",
        {
            "JPIP": lambda: with_values(_RLE, TransferSyntaxUID=b"1.2.840.10008.1.2.4.94\0"),
            "a retired colour": lambda: with_values(_RGB, PhotometricInterpretation=b"HSV "),
        },
    ),
    *refused(
        "decode",
        {
            "a deflated dataset of noise": lambda: part10(
                b"\x07" + bytes(range(1, 250)), "1.2.840.10008.1.2.1.99"
            ),
        },
    ),
)
