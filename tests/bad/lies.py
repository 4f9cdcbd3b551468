"""Files that lie about their picture where it is clear what it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from tests.bad.case import Noted
from tests.bad.files import element, good, item, with_pixels, with_values

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIES"]

_CT: Final = "CT_small.dcm"
_MR: Final = "MR_small.dcm"
_FRAMES: Final = "emri_small.dcm"
_RLE: Final = "emri_small_RLE.dcm"
_PALETTE: Final = "examples_palette.dcm"
_RGB: Final = "SC_rgb_small_odd.dcm"
_JPEG: Final = "SC_rgb_jpeg_dcmtk.dcm"
_DATA: Final = (0, 100, 1000, 4095)
_Make: TypeAlias = "Callable[[], bytes]"


def _us(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "little") for value in values)


def _sound(name: str) -> _Make:
    return lambda: good(name)


def _changed(name: str, **values: bytes | None) -> _Make:
    return lambda: with_values(name, **values)


def _windowed(center: bytes | None, width: bytes | None, function: bytes | None = None) -> _Make:
    return _changed(_MR, WindowCenter=center, WindowWidth=width, VOILUTFunction=function)


def _scaled(slope: bytes | None, intercept: bytes | None) -> _Make:
    return _changed(_CT, RescaleSlope=slope, RescaleIntercept=intercept)


def _looked_up(*described: int, data: tuple[int, ...] = _DATA) -> _Make:
    """Give an MR a VOI LUT in place of its window."""
    table = item(element(0x00283002, "US", _us(*described)) + element(0x00283006, "OW", _us(*data)))
    return _changed(_MR, VOILUTSequence=table, WindowCenter=None, WindowWidth=None)


def _modality_table(data: tuple[int, ...], **values: bytes | None) -> _Make:
    table = item(element(0x00283002, "US", _us(4, 0, 12)) + element(0x00283006, "OW", _us(*data)))
    return _changed(_CT, ModalityLUTSequence=table, **values)


def _colored(factor: int, greens: int = 256, highest: int = 255) -> _Make:
    """Give a palette a grey ramp in words; of its greens as many as wanted, none above one."""
    values: dict[str, bytes | None] = {}
    for color, count, most in (("Red", 256, 255), ("Green", greens, highest), ("Blue", 256, 255)):
        entries = (min(entry, most) * factor for entry in range(count))
        values[f"{color}PaletteColorLookupTableDescriptor"] = _us(count, 0, 16)
        values[f"{color}PaletteColorLookupTableData"] = _us(*entries)
    return _changed(_PALETTE, **values)


def _shifted() -> bytes:
    """Move samples of 12 bits to the high end of their words, with noise below them."""

    def change(data: bytes) -> bytes:
        words = memoryview(data).cast("H")
        return _us(*(word << 4 | place % 16 for place, word in enumerate(words)))

    return with_pixels(_FRAMES, change, HighBit=_us(15))


def _wrong_basic_table() -> bytes:
    def change(data: bytes) -> bytes:
        size = int.from_bytes(data[4:8], "little")
        return data[:8] + b"\x07" * size + data[8 + size :]

    return with_pixels(_RLE, change)


def _swapped_basic_table() -> bytes:
    """Let each entry of the table point to the frame behind it."""

    def change(data: bytes) -> bytes:
        size = int.from_bytes(data[4:8], "little")
        return data[:8] + data[12 : 8 + size] + data[8:12] + data[8 + size :]

    return with_pixels(_RLE, change)


LIES: Final = (
    Noted("a width of 0", _windowed(b"600", b"0"), "window_ignored", _windowed(None, None)),
    Noted("a width below 0", _windowed(b"600", b"-9"), "window_ignored", _windowed(None, None)),
    Noted("a width of NaN", _windowed(b"600", b"nan"), "attribute_ignored", _windowed(None, None)),
    Noted("a width of 1_0", _windowed(b"600", b"1_0"), "attribute_ignored", _windowed(None, None)),
    Noted("a center of inf", _windowed(b"inf", b"9"), "attribute_ignored", _windowed(None, None)),
    Noted(
        "a center of 1e999", _windowed(b"1e999", b"9"), "attribute_ignored", _windowed(None, None)
    ),
    Noted("a center in words", _windowed(b"six", b"9"), "attribute_ignored", _windowed(None, None)),
    Noted(
        "centers of 4 MB",
        _windowed(b"1\\" * 2_000_000, b"9"),
        "attribute_ignored",
        _windowed(None, None),
    ),
    Noted(
        "one bad view of two",
        _windowed(b"1\\300", b"0\\500"),
        "window_ignored",
        _windowed(b"300", b"500"),
    ),
    Noted(
        "two centers, one width",
        _windowed(b"300\\1", b"500"),
        "windows_unpaired",
        _windowed(b"300", b"500"),
    ),
    Noted(
        "LINEAR, width 0.5",
        _windowed(b"600", b"0.5"),
        "window_exact",
        _windowed(b"600", b"0.5", b"LINEAR_EXACT"),
    ),
    Noted(
        "no known function",
        _windowed(b"600", b"9", b"CUBIC"),
        "voi_function_unknown",
        _windowed(b"600", b"9"),
    ),
    Noted(
        "a slope of NaN", _scaled(b"nan", b"-1024"), "attribute_ignored", _scaled(b"1", b"-1024")
    ),
    Noted("a slope of 0", _scaled(b"0", b"-1024"), "slope_assumed", _scaled(b"1", b"-1024")),
    Noted("an intercept of 1_0", _scaled(b"2", b"1_0"), "intercept_assumed", _scaled(b"2", b"0")),
    Noted(
        "an infinite rescale", _scaled(b"inf", b"-inf"), "attribute_ignored", _scaled(None, None)
    ),
    Noted("a slope of 1e400", _scaled(b"1e400", b"0"), "slope_assumed", _scaled(b"1", b"0")),
    Noted("a short VOI LUT", _looked_up(300, 0, 12), "table_short", _looked_up(4, 0, 12)),
    Noted("a VOI LUT of few bits", _looked_up(4, 0, 8), "table_bits", _looked_up(4, 0, 12)),
    Noted("a VOI LUT of 99 bits", _looked_up(4, 0, 99), "table_bits", _looked_up(4, 0, 12)),
    Noted("a VOI LUT half described", _looked_up(4, 0), "table_ignored", _windowed(None, None)),
    Noted(
        "a VOI LUT without data",
        _looked_up(4, 0, 12, data=()),
        "table_ignored",
        _windowed(None, None),
    ),
    Noted("a Modality LUT without data", _modality_table(()), "table_ignored", _sound(_CT)),
    Noted(
        "a Modality LUT and a rescale",
        _modality_table(_DATA),
        "rescale_ignored",
        _modality_table(_DATA, RescaleSlope=None, RescaleIntercept=None),
    ),
    Noted("a palette of 8 bits in 16", _colored(1), "palette_bits", _colored(257)),
    Noted(
        "a palette of unequal colours", _colored(257, 99), "palette_uneven", _colored(257, 256, 98)
    ),
    Noted(
        "a supplemental palette without data",
        _changed(
            _CT, PixelPresentation=b"COLOR", RedPaletteColorLookupTableDescriptor=_us(4, 0, 16)
        ),
        "palette_ignored",
        _sound(_CT),
    ),
    Noted("samples at the high end", _shifted, "", _sound(_FRAMES)),
    Noted(
        "a High Bit below Bits Stored",
        _changed(_FRAMES, HighBit=_us(3)),
        "high_bit_assumed",
        _sound(_FRAMES),
    ),
    Noted(
        "a High Bit of 99", _changed(_FRAMES, HighBit=_us(99)), "high_bit_assumed", _sound(_FRAMES)
    ),
    Noted(
        "20 bits stored in 16",
        _changed(_CT, BitsStored=_us(20)),
        "bits_stored_assumed",
        _sound(_CT),
    ),
    Noted("0 frames", _changed(_CT, NumberOfFrames=b"0 "), "frames_assumed", _sound(_CT)),
    Noted(
        "frames in words", _changed(_CT, NumberOfFrames=b"many"), "attribute_ignored", _sound(_CT)
    ),
    Noted(
        "no samples per pixel", _changed(_CT, SamplesPerPixel=None), "samples_assumed", _sound(_CT)
    ),
    Noted(
        "no photometric interpretation",
        _changed(_CT, PhotometricInterpretation=None),
        "photometric_assumed",
        _sound(_CT),
    ),
    Noted(
        "signed JPEG colour",
        _changed(_JPEG, PixelRepresentation=_us(1)),
        "sign_ignored",
        _sound(_JPEG),
    ),
    Noted(
        "RGB by name only",
        _changed(_JPEG, PhotometricInterpretation=b"RGB "),
        "photometric_contradicted",
        _sound(_JPEG),
    ),
    Noted(
        "RLE called JPEG",
        _changed(_RLE, TransferSyntaxUID=b"1.2.840.10008.1.2.4.50"),
        "syntax_contradicted",
        _sound(_RLE),
    ),
    Noted("one padding byte", lambda: with_pixels(_RGB, lambda data: data[:27]), "", _sound(_RGB)),
    Noted(
        "too many bytes",
        lambda: with_pixels(_CT, lambda data: data + bytes(99)),
        "surplus_bytes",
        _sound(_CT),
    ),
    Noted("an offset table of noise", _wrong_basic_table, "offset_table_ignored", _sound(_RLE)),
    Noted(
        "an offset table out of order", _swapped_basic_table, "offset_table_ignored", _sound(_RLE)
    ),
    Noted(
        "an extended offset table of noise",
        _changed(_RLE, ExtendedOffsetTable=b"\7" * 80, ExtendedOffsetTableLengths=b"\7" * 80),
        "offset_table_ignored",
        _sound(_RLE),
    ),
    Noted(
        "a profile of noise", _changed(_RGB, ICCProfile=b"no profile"), "icc_ignored", _sound(_RGB)
    ),
    Noted(
        "pixels of no size",
        _changed(_CT, PixelSpacing=b"0\\0"),
        "spacing_unknown",
        _changed(_CT, PixelSpacing=None),
    ),
    Noted(
        "an overlay larger than its data",
        _changed("examples_overlay.dcm", **{"60000010": _us(65535)}),
        "overlay_ignored",
        _changed("examples_overlay.dcm", **{"60000010": None}),
    ),
)
