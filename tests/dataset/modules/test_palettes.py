"""Palettes; the clauses are PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9 and C.8.16.2.1.1.1."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from pydicom.data import get_palette_files, get_testdata_file
from pydicom.pixels.processing import apply_color_lut

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.palettes import palette, supplemental_palette
from dicomkit.errors import InconsistentError, LimitError
from dicomkit.transforms.palette import Palette

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]

COLORS = ("Red", "Green", "Blue")


def words(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *(value % 65536 for value in values))


def tables(
    red: bytes, green: bytes, blue: bytes, *, descriptor: tuple[int, int, int], kind: str = ""
) -> dict[str, bytes]:
    """Give the elements of three tables that share a descriptor."""
    found = {f"{c}PaletteColorLookupTableDescriptor": words(*descriptor) for c in COLORS}
    for color, data in zip(COLORS, (red, green, blue), strict=True):
        found[f"{kind}{color}PaletteColorLookupTableData"] = data
    return found


def read(ds: Dataset) -> tuple[Palette, list[str]]:
    notes: list[Note] = []
    return palette(ds, describe_image(ds), notes), [note.code for note in notes]


@pytest.fixture
def colored(image: Make) -> Make:
    def make(**elements: object) -> Dataset:
        return image(PhotometricInterpretation="PALETTE COLOR", **elements)

    return make


# ---- Plain tables --------------------------------------------------------------------------


def test_c_7_6_3_1_6_16_bit_entries_stand_as_they_are(colored: Make) -> None:
    ds = colored(**tables(words(0, 65535), words(1000, 2), words(3, 40000), descriptor=(2, 5, 16)))
    assert read(ds) == (Palette(5, [[0, 1000, 3], [65535, 2, 40000]]), [])


def test_c_7_6_3_1_6_8_bit_entries_span_the_whole_range(colored: Make) -> None:
    """255 is full intensity, which 65 535 is in 16 bits: 257 to one."""
    ds = colored(**tables(words(0, 255), words(1, 128), words(2, 3), descriptor=(2, 0, 8)))
    assert read(ds) == (Palette(0, [[0, 257, 514], [65535, 128 * 257, 771]]), [])


def test_8_bit_entries_may_be_packed_two_a_word(colored: Make) -> None:
    ds = colored(**tables(words(0x0201), words(0x0403), words(0xFF00), descriptor=(2, 0, 8)))
    assert read(ds) == (Palette(0, np.array([[1, 3, 0], [2, 4, 255]]) * 257), [])


def test_packed_entries_that_call_themselves_16_are_unpacked_and_stretched(colored: Make) -> None:
    """Half the words for the number of entries: the data are the proof, as for DCMTK."""
    ds = colored(**tables(words(0x0201), words(0x0403), words(0xFF00), descriptor=(2, 0, 16)))
    expected = Palette(0, np.array([[1, 3, 0], [2, 4, 255]]) * 257)
    assert read(ds) == (expected, ["palette_bits"])


def test_entries_between_8_and_16_bits_span_the_whole_range(colored: Make) -> None:
    """C.7.9.1: full intensity is the highest number of the entries' bits."""
    ds = colored(**tables(words(0, 4095), words(1, 4095), words(819, 4095), descriptor=(2, 0, 12)))
    assert read(ds) == (Palette(0, [[0, 16, 13107], [65535] * 3]), ["palette_bits"])
    # More than is declared: these are 16 bits.
    ds = colored(**tables(words(0, 4096), words(1, 9), words(2, 9999), descriptor=(2, 0, 12)))
    assert read(ds) == (Palette(0, [[0, 1, 2], [4096, 9, 9999]]), [])


def test_8_bit_entries_that_call_themselves_16_are_stretched_and_noted(colored: Make) -> None:
    ds = colored(**tables(words(0, 255), words(1, 128), words(2, 3), descriptor=(2, 0, 16)))
    assert read(ds) == (Palette(0, np.array([[0, 1, 2], [255, 128, 3]]) * 257), ["palette_bits"])


def test_16_bit_entries_that_call_themselves_8_are_believed(colored: Make) -> None:
    ds = colored(**tables(words(0, 65535), words(1, 2), words(2, 3), descriptor=(2, 0, 8)))
    assert read(ds)[0] == Palette(0, [[0, 1, 2], [65535, 2, 3]])


def test_a_descriptor_of_0_is_65536_entries(colored: Make) -> None:
    ramp = np.arange(65536, dtype="<u2").tobytes()
    found, notes = read(colored(**tables(ramp, ramp, ramp, descriptor=(0, 0, 16))))
    assert found.entries.shape == (65536, 3)
    assert found.entries[-1].tolist() == [65535] * 3
    assert notes == []


@pytest.mark.parametrize(("signed", "first"), [(1, -2), (0, 65534)])
def test_the_first_value_has_the_pixels_sign(colored: Make, signed: int, first: int) -> None:
    ds = colored(
        PixelRepresentation=signed,
        **tables(words(0, 65535), words(0, 1), words(0, 1), descriptor=(2, -2, 16)),
    )
    assert read(ds)[0].first == first


def test_colours_that_differ_in_size_are_evened_out_and_noted(colored: Make) -> None:
    short = tables(words(1, 2, 3, 65535), words(5), words(6, 7, 8), descriptor=(4, 4, 16))
    assert read(colored(**short)) == (
        Palette(4, [[1, 5, 6], [2, 5, 7], [3, 5, 8], [65535, 5, 8]]),
        ["palette_uneven"],
    )


# ---- Broken ones ---------------------------------------------------------------------------


def test_without_a_palette_the_values_have_no_colours(colored: Make) -> None:
    with pytest.raises(InconsistentError, match="no Palette Color Lookup Tables"):
        read(colored())
    with pytest.raises(InconsistentError, match="no Palette"):
        read(colored(PaletteColorLookupTableUID="1.2.3"))


@pytest.mark.parametrize("color", COLORS)
def test_a_colour_that_is_missing_is_named(colored: Make, color: str) -> None:
    plain = tables(words(0, 1), words(0, 1), words(0, 1), descriptor=(2, 0, 16))
    without_data = colored(**plain)
    del without_data[f"{color}PaletteColorLookupTableData"]
    with pytest.raises(InconsistentError, match=f"{color} Palette .* Data are missing"):
        read(without_data)
    broken = colored(**plain | {f"{color}PaletteColorLookupTableDescriptor": words(2, 0)})
    with pytest.raises(InconsistentError, match=f"{color} Palette .* Descriptor is"):
        read(broken)


# ---- Segments ------------------------------------------------------------------------------


def test_c_7_9_2_segmented_16_bit(colored: Make) -> None:
    ramp = words(0, 1, 0, 1, 5, 65535)
    flat = words(0, 1, 1000, 1, 5, 1000)
    ds = colored(**tables(ramp, flat, ramp, descriptor=(6, 0, 16), kind="Segmented"))
    expected = [[13107 * step, 1000, 13107 * step] for step in range(6)]
    assert read(ds) == (Palette(0, expected), [])


def test_c_7_9_2_segmented_8_bit(colored: Make) -> None:
    ramp = bytes([0, 1, 0, 1, 5, 255])
    flat = bytes([0, 1, 9, 1, 5, 9])
    ds = colored(**tables(ramp, flat, flat, descriptor=(6, 0, 8), kind="Segmented"))
    expected = np.array([[51 * step, 9, 9] for step in range(6)]) * 257
    assert read(ds) == (Palette(0, expected), [])


def test_segments_expand_within_what_is_declared(colored: Make) -> None:
    bomb = words(0, 1, 0, *(1, 65535, 1) * 400)
    ds = colored(**tables(bomb, bomb, bomb, descriptor=(256, 0, 16), kind="Segmented"))
    with pytest.raises(LimitError, match="256 entries"):
        read(ds)


# ---- Well-known ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(map(str, get_palette_files("*.dcm"))))
def test_ps3_6_table_a_7_the_well_known_palettes_by_uid(colored: Make, path: str) -> None:
    known = pydicom.dcmread(path)
    found, notes = read(colored(PaletteColorLookupTableUID=str(known.SOPInstanceUID)))
    assert notes == []
    # pydicom expands and applies them by code of its own.
    every = np.arange(256, dtype=np.uint8)
    expected = apply_color_lut(every, palette=known.SOPInstanceUID)
    assert expected.dtype == np.uint8
    assert np.array_equal(found.entries, expected.astype(np.uint16) * 257)


def test_tables_in_the_file_come_before_its_uid(colored: Make) -> None:
    ds = colored(
        PaletteColorLookupTableUID="1.2.840.10008.1.5.1",
        **tables(words(9), words(9), words(1000), descriptor=(1, 0, 16)),
    )
    assert read(ds)[0] == Palette(0, [[9, 9, 1000]])


# ---- Supplemental --------------------------------------------------------------------------


def supplement(ds: Dataset) -> tuple[Palette | None, list[str]]:
    notes: list[Note] = []
    return supplemental_palette(ds, describe_image(ds), notes), [note.code for note in notes]


PLAIN = tables(words(0, 65535), words(0, 1), words(0, 1), descriptor=(2, 4096, 16))


@pytest.mark.parametrize(
    ("photometric", "presentation", "used"),
    [
        ("MONOCHROME2", "COLOR", True),
        ("MONOCHROME2", "MIXED", True),
        ("MONOCHROME2", "MONOCHROME", False),
        ("MONOCHROME2", None, False),
        ("MONOCHROME1", "COLOR", False),
    ],
)
def test_c_8_16_2_1_1_1_pixel_presentation_says_whether_it_is_used(
    image: Make, photometric: str, presentation: str | None, *, used: bool
) -> None:
    ds = image(PhotometricInterpretation=photometric, PixelPresentation=presentation, **PLAIN)
    expected = Palette(4096, [[0, 0, 0], [65535, 1, 1]])
    assert supplement(ds) == (expected if used else None, [])


def test_without_tables_there_is_none(image: Make) -> None:
    assert supplement(image(PixelPresentation="COLOR")) == (None, [])


def test_a_broken_supplement_is_left_out_and_noted(image: Make) -> None:
    broken = PLAIN | {"BluePaletteColorLookupTableDescriptor": b""}
    ds = image(PixelPresentation="COLOR", **broken)
    assert supplement(ds) == (None, ["palette_ignored"])


def test_a_real_supplement() -> None:
    path = get_testdata_file("eCT_Supplemental.dcm", download=False)
    assert isinstance(path, str)
    ds = pydicom.dcmread(path)
    found, notes = supplement(ds)
    assert found is not None
    assert found.first == ds.RedPaletteColorLookupTableDescriptor[1]
    assert notes == []
