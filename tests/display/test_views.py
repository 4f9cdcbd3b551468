"""What `window=` may be."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import dicomkit as dk
from dicomkit.display.options import PictureOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


@pytest.fixture
def ct(grey: Make) -> Dataset:
    """Stored 0 to 2000 are -1000 to 1000 HU; two windows in the file."""
    return grey(
        np.arange(0, 2001, 100),
        Modality="CT",
        RescaleSlope=1,
        RescaleIntercept=-1000,
        WindowCenter=[50, 400],
        WindowWidth=[100, 2000],
    )


def voi(ds: Dataset, window: Any = None) -> tuple[Any, str]:  # noqa: ANN401
    (step,) = (s for s in dk.display_pipeline(ds, window=window).steps if s.role == "VOI")
    return step.transform, step.source


def test_none_is_the_files_first_view(ct: Dataset) -> None:
    assert voi(ct) == (dk.Window(50, 100), "the file, window 0")


def test_none_is_the_full_range_where_the_file_has_no_view(ct: Dataset) -> None:
    del ct.WindowCenter, ct.WindowWidth
    assert (
        voi(ct)
        == voi(ct, "full")
        == (dk.Window(0.5, 2001), "computed: the full range of the values")
    )


@pytest.mark.parametrize("index", [0, 1, np.int64(1), np.uint8(0)])
def test_a_number_is_a_view_of_the_file(ct: Dataset, index: Any) -> None:  # noqa: ANN401
    assert voi(ct, index)[0] == [dk.Window(50, 100), dk.Window(400, 2000)][index]


@pytest.mark.parametrize("index", [2, 99])
def test_a_view_that_the_file_does_not_offer(ct: Dataset, index: int) -> None:
    with pytest.raises(IndexError, match=f"view {index} .* offers 2"):
        voi(ct, index)


@pytest.mark.parametrize("window", [-1, np.int8(-3), ("full", -1, 0)])
def test_views_are_counted_from_0(ct: Dataset, window: Any, tmp_path: Path) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="a file's views count from 0; got -"):
        voi(ct, window)
    with pytest.raises(ValueError, match="a file's views count from 0; got -"):
        dk.export_fileset(tmp_path, tmp_path / "out", window=window)


@pytest.mark.parametrize("kind", [tuple, list, deque])
def test_any_sequence_of_three_is_one(ct: Dataset, kind: Any) -> None:  # noqa: ANN401
    several = kind(["brain", np.int64(1), None])
    picture = dk.render(ct, window=several)
    assert np.array_equal(picture, dk.render(ct, window=("brain", 1, None)))
    assert PictureOptions(several) == PictureOptions(("brain", 1, None))


@pytest.mark.parametrize("window", [True, False, np.True_])
def test_true_is_no_views_number(ct: Dataset, window: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="a window is a Window, a LookupTable, a name"):
        voi(ct, window)


def test_a_window_or_table_of_the_callers(ct: Dataset) -> None:
    window = dk.Window(7, 9, "SIGMOID")
    assert voi(ct, window) == (window, "the caller")
    table = dk.LookupTable(0, [1, 2], 8)
    transform, source = voi(ct, table)
    assert (transform.table, source) == (table, "the caller")


@pytest.mark.parametrize("name", dk.WINDOWS)
def test_a_preset_by_its_name(ct: Dataset, name: str) -> None:
    assert voi(ct, name) == (dk.WINDOWS[name], f"preset {name}")


def test_auto_leaves_the_extreme_values_out(grey: Make) -> None:
    ds = grey(np.concatenate([np.arange(1001), [60000]]))
    window, source = voi(ds, "auto")
    assert window == dk.auto_window(dk.to_values(ds))
    assert window.width < 1001
    assert source.startswith("computed")


@pytest.mark.parametrize("name", ["", "Brain", "none", "0"])
def test_an_unknown_name_is_answered_with_the_known_ones(ct: Dataset, name: str) -> None:
    with pytest.raises(ValueError, match=r"known are auto, full, abdomen, .*brain"):
        voi(ct, name)


def test_a_preset_needs_hounsfield_units(grey: Make) -> None:
    for elements in ({}, {"Modality": "MR", "RescaleSlope": 1, "RescaleIntercept": 0}):
        with pytest.raises(dk.UnitsError, match=r"'brain' is in Hounsfield units.*'auto'"):
            voi(grey([0, 1], **elements), "brain")


@pytest.mark.parametrize("wrong", [3.5, {"a": 1}, {1, 2}, object(), (["full"], 0, 0), np.arange(3)])
def test_what_is_no_window_is_a_type_error(ct: Dataset, wrong: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="a window is a Window, a LookupTable, a name"):
        voi(ct, wrong)


@pytest.mark.parametrize("several", [(), ("full",), ["full"] * 2, ("full",) * 4, b"full"])
def test_several_windows_are_three(ct: Dataset, several: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="3 are needed"):
        voi(ct, several)


def test_three_windows_make_red_green_and_blue(ct: Dataset) -> None:
    names: list[str | int | dk.Window] = ["brain", 0, dk.Window(0, 10)]
    transform, source = voi(ct, names)
    assert transform.steps == (dk.WINDOWS["brain"], dk.Window(50, 100), dk.Window(0, 10))
    assert source == "preset brain | the file, window 0 | the caller"
    picture = dk.render(ct, window=names)
    assert picture.shape == (1, 21, 3)
    for channel, window in enumerate(names):
        assert np.array_equal(picture[..., channel], dk.render(ct, window=window))


def test_three_windows_are_inverted_together(ct: Dataset) -> None:
    ct.PhotometricInterpretation = "MONOCHROME1"
    picture = dk.render(ct, window=("brain", "lung", "bone"), bits=16)
    assert np.array_equal(picture[..., 1], dk.render(ct, window="lung", bits=16))


def test_pixels_are_decoded_only_where_a_step_depends_on_them(ct: Dataset) -> None:
    ct.PixelData = b""
    for window in (None, 0, 1, "brain", dk.Window(1, 2), ("brain", 0, 1)):
        assert dk.display_pipeline(ct, window=window).steps
    for window in ("auto", "full"):
        with pytest.raises(dk.DicomKitError):
            dk.display_pipeline(ct, window=window)


def test_notes_are_not_repeated(grey: Make) -> None:
    ds = grey([[[0, 9]], [[0, 9]]])
    ds.PixelData = ds.PixelData[:-2]
    notes = dk.display_pipeline(ds, window=(None, None, None)).notes
    assert [note.code for note in notes] == ["range_incomplete"]


def test_a_center_and_a_width_are_told_what_they_are(ct: Dataset) -> None:
    with pytest.raises(ValueError, match=r"Window\(center, width\)"):
        dk.render(ct, window=(40, 80))
