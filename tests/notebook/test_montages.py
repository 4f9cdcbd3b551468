"""`montage`, by what it drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.fileset.instances import Instance, Series
from dicomkit.notebook import montage
from dicomkit.notebook.montages import evenly

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.axes import Axes
    from pydicom.dataset import Dataset

    from dicomkit.transforms.arrays import AnyArray


def drawn(axes: list[Axes]) -> list[AnyArray]:
    return [np.asarray(image.get_array()) for ax in axes for image in ax.images]


def labels(axes: list[Axes]) -> list[str]:
    return [ax.get_title() for ax in axes]


def instance(path: Path) -> Instance:
    return Instance(path=path, record_type="IMAGE")


@given(st.integers(1, 5000), st.integers(1, 200))
def test_sampling_is_even(available: int, count: int) -> None:
    chosen = evenly(available, count)
    assert len(chosen) == min(available, count)
    assert chosen == sorted(set(chosen))
    assert chosen[0] >= 0
    assert chosen[-1] < available
    steps = np.diff(chosen)
    assert not steps.size or steps.max() - steps.min() <= 1
    if count > 1:
        assert (chosen[0], chosen[-1]) == (0, available - 1)


def test_frames_of_one_image(sample: Callable[[str], Dataset]) -> None:
    ds = sample("emri_small.dcm")
    axes = montage(ds, 4).axes
    assert labels(axes) == ["frame 0", "frame 3", "frame 6", "frame 9"]
    for picture, frame in zip(drawn(axes), (0, 3, 6, 9), strict=True):
        assert np.array_equal(picture, dk.render(ds, frame))


def test_a_path_is_read() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    (picture,) = drawn(montage(path).axes)
    assert np.array_equal(picture, dk.render(dk.read_dataset(path)))


def test_each_of_several_images_and_one_window_for_all(
    sample: Callable[[str], Dataset], tmp_path: Path
) -> None:
    ds = sample("CT_small.dcm")
    path = tmp_path / "image"
    ds.save_as(path)
    window = dk.Window(40, 400)
    axes = montage([ds, path, str(path), instance(path)], window=window).axes
    assert labels(axes) == ["[0]", "[1]", "[2]", "[3]"]
    for picture in drawn(axes):
        assert np.array_equal(picture, dk.render(ds, window=window))


def test_a_series_is_sampled(sample: Callable[[str], Dataset], tmp_path: Path) -> None:
    ds = sample("CT_small.dcm")
    paths = [tmp_path / str(number) for number in range(7)]
    for path in paths:
        ds.save_as(path)
    series = Series(instances=tuple(map(instance, paths)))
    assert labels(montage(series, 3).axes)[:3] == ["[0]", "[3]", "[6]"]


def test_a_series_of_one_image_shows_its_frames() -> None:
    path = get_testdata_file("emri_small.dcm", download=False)
    series = Series(instances=(instance(path),))  # type: ignore[arg-type]
    assert labels(montage(series, 2).axes) == ["frame 0", "frame 9"]


def test_what_cannot_be_drawn_is_named(sample: Callable[[str], Dataset], tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"GIF89a")
    axes = montage([sample("CT_small.dcm"), sample("rtplan.dcm"), bad]).axes
    assert len(drawn(axes)) == 1
    texts = [[text.get_text() for text in ax.texts] for ax in axes[:3]]
    assert texts == [[], ["no_pixels"], ["not_dicom"]]


def test_a_single_image_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(dk.ReadError):
        montage(tmp_path / "absent")


def test_the_sheet_is_about_square_or_as_wide_as_asked(
    sample: Callable[[str], Dataset],
) -> None:
    ds = sample("emri_small.dcm")

    def shape(figure: Figure) -> tuple[int, int]:
        spec = figure.axes[0].get_gridspec()
        assert spec is not None
        return spec.nrows, spec.ncols

    assert shape(montage(ds)) == (3, 4)
    assert shape(montage(ds, columns=5)) == (2, 5)
    assert shape(montage(ds, 2, columns=5)) == (1, 2)


@pytest.mark.parametrize(
    ("name", "height"),
    [
        ("emri_small.dcm", 1.7 + 0.25),  # 64 x 64
        ("color3d_jpeg_baseline.dcm", 1.7 * 3 / 4 + 0.25),  # 480 rows of 640
    ],
)
def test_a_sheet_has_no_gaps(sample: Callable[[str], Dataset], name: str, height: float) -> None:
    figure = montage(sample(name), 4, columns=2)
    assert figure.get_size_inches() == pytest.approx([2 * 1.7, 2 * height])


def test_places_that_stay_empty_are_blank(sample: Callable[[str], Dataset]) -> None:
    axes = montage(sample("emri_small.dcm")).axes
    assert [len(ax.images) for ax in axes] == [1] * 10 + [0] * 2
    assert not any(ax.axison for ax in axes)


def test_given_axes_are_used(sample: Callable[[str], Dataset]) -> None:
    figure = Figure()
    axes = figure.subplots(2, 2)
    assert montage(sample("emri_small.dcm"), 4, axes=axes) is figure
    assert len(drawn(figure.axes)) == 4


@pytest.mark.parametrize(("count", "columns"), [(0, None), (4, 0)])
def test_no_places_are_refused(
    sample: Callable[[str], Dataset], count: int, columns: int | None
) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        montage(sample("emri_small.dcm"), count, columns=columns)


def test_nothing_is_no_sheet() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        montage([])
