"""`planes` and the contact sheet of a volume, by what they drew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.volumes import classic, save, turned

import dicomkit as dk
from dicomkit.notebook import montage, planes

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from dicomkit.transforms.arrays import AnyArray

FULL = dk.Window(127.5, 255, "LINEAR_EXACT")


def volume(directions: str = "SPL", spacing: tuple[float, ...] = (4, 2, 1)) -> dk.Volume:
    """Make a volume whose k, j and i lead where the letters say, with grey levels by place."""
    affine = np.eye(4)
    for column, (letter, step) in enumerate(zip(directions, spacing, strict=True)):
        axis = next(n for n, pair in enumerate(("LR", "PA", "SI")) if letter in pair)
        affine[:3, column] = 0
        affine[axis, column] = step if letter in "LPS" else -step
    shape = (3, 4, 5)
    return dk.Volume(
        np.arange(60, dtype=np.float32).reshape(shape), dk.Grid(shape, affine), None, (), ()
    )


def drawn(ax: Axes) -> AnyArray:
    (image,) = ax.images
    return np.asarray(image.get_array())


def letters(ax: Axes) -> str:
    return "".join(text.get_text() for text in ax.texts[:4])


@pytest.mark.parametrize(
    "directions", ["SPL", "IAR", "SPR", "LIA", "RSP", "PSL", "AIR", "PLS", "LPS"]
)
def test_pictures_hang_as_radiologists_hang_them(directions: str) -> None:
    figure = planes(volume(directions), window=FULL)
    assert isinstance(figure, Figure)
    # Left, right, top, bottom: of the axial, the coronal and the sagittal cut.
    hung = {"axial": "RLAP", "coronal": "RLHF", "sagittal": "APHF"}
    across = {"S": "axial", "I": "axial", "P": "coronal", "A": "coronal", "L": "sagittal",
              "R": "sagittal"}  # fmt: skip
    assert [letters(ax) for ax in figure.axes] == [hung[across[one]] for one in directions]
    for ax in figure.axes:
        assert ax.get_aspect() == 1
        assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_each_voxel_is_drawn_at_its_place() -> None:
    head = volume("SPL")
    axial, coronal, sagittal = planes(head, (1, 2, 3), FULL).axes
    levels = dk.to_uint8(dk.apply_window(head, FULL))
    assert np.array_equal(drawn(axial), levels[1])
    # The head is up.
    assert np.array_equal(drawn(coronal), levels[::-1, 2])
    assert np.array_equal(drawn(sagittal), levels[::-1, :, 3])
    assert [ax.get_title() for ax in (axial, coronal, sagittal)] == ["k = 1", "j = 2", "i = 3"]


def test_axes_are_in_millimetres_and_lines_go_through_the_point() -> None:
    axial, coronal, _ = planes(volume("SPL"), (0, 2, 3), FULL).axes
    # Five columns of 1 mm, four rows of 2 mm.
    assert axial.get_xlim() == (-0.5, 4.5)
    assert axial.get_ylim() == (7, -1)
    vertical, horizontal = axial.lines[-2:]
    assert set(np.asarray(vertical.get_xdata()).tolist()) == {3}
    assert set(np.asarray(horizontal.get_ydata()).tolist()) == {4}
    # Three slices of 4 mm; the lowest is drawn last.
    assert coronal.get_ylim() == (10, -2)
    assert set(np.asarray(coronal.lines[-1].get_ydata()).tolist()) == {8}


def test_a_sheared_volume_leans() -> None:
    slices = [classic(n, (0, 0, 4 * n), orientation=turned(30)) for n in range(5)]
    leaning = dk.read_volume(slices)
    _, _, sagittal = planes(leaning, window=FULL).axes
    to_axes: Any = sagittal.images[0].get_transform() - sagittal.transData
    a, b, c, d = to_axes.frozen().get_matrix()[:2, :2].T.ravel()
    # The angle between the two directions on the screen is 90 and 30 degrees.
    right, down = np.array((a, b)), np.array((c, d))
    cosine = abs(right @ down) / np.linalg.norm(right) / np.linalg.norm(down)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(60, abs=0.5)


def test_windows() -> None:
    head = volume()
    lowest = planes(head, window="full").axes[0].images[0].get_array()
    assert np.asarray(lowest).min() > 0
    assert planes(head, window="auto") is not None
    with pytest.raises(dk.UnitsError, match="Hounsfield"):
        planes(head, window="brain")
    hounsfield = dk.Volume(head.array, head.grid, "HU", (), ())
    view = dk.to_uint8(dk.apply_window(head, dk.WINDOWS["brain"]))
    assert np.array_equal(drawn(planes(hounsfield, window="brain").axes[0]), view[1])
    for wrong in ("brian", 3, ("brain", "bone", "lung")):
        with pytest.raises(ValueError, match="the window of a volume"):
            planes(head, window=wrong)


@pytest.mark.parametrize("at", [(3, 0, 0), (0, -1, 0), (0, 0), (0, 0, 0, 0), (0, 0, 1.5)])
def test_there_are_no_other_voxels(at: Any) -> None:  # noqa: ANN401
    with pytest.raises(IndexError, match="3 x 4 x 5"):
        planes(volume(), at)


def test_colour_and_padding_and_axes_that_are_given() -> None:
    grid = volume().grid
    colour = dk.Volume(np.full((3, 4, 5, 3), 300.0), grid, None, (), ())
    assert drawn(planes(colour).axes[1]).shape == (3, 5, 3)
    array = volume().array.copy()
    array[0] = np.nan
    assert planes(dk.Volume(array, grid, None, (), ())) is not None
    panels = Figure().subplots(2, 2)
    assert planes(volume(), axes=panels) is panels[0, 0].figure
    assert not panels[1, 1].axison
    with pytest.raises(dk.InconsistentError, match="no grid"):
        planes(dk.Volume(array, None, None, (), ()))


def test_a_sheet_of_a_volume() -> None:
    figure = montage(volume(), 2, FULL)
    assert [ax.get_title() for ax in figure.axes] == ["[0]", "[2]"]
    assert np.array_equal(drawn(figure.axes[1]), dk.to_uint8(dk.apply_window(volume(), FULL))[2])
    assert figure.axes[0].get_aspect() == 2
    colour = dk.Volume(np.zeros((2, 3, 4, 3)), None, None, (), ())
    assert drawn(montage(colour).axes[0]).shape == (3, 4, 3)


def test_a_sheet_of_a_series_is_in_the_order_of_space(tmp_path: Path) -> None:
    save([classic(n, (0, 0, 2 * (n * 5 % 7))) for n in range(7)], tmp_path)
    (series,) = dk.FileSetWalker(tmp_path).series()
    titles = [ax.get_title() for ax in montage(series, 7).axes[:7]]
    # Number n lies at 5 n modulo 7.
    assert titles == [f"[{n}]" for n in sorted(range(7), key=lambda n: n * 5 % 7)]
