"""Resampling: linear functions are exact, and SimpleITK's resampler agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import dicomkit as dk

if TYPE_CHECKING:
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.interpolation import Interpolation

NORMAL = np.array((0.3, -0.7, 1.1))


def grid(
    shape: tuple[int, int, int] = (6, 8, 7), degrees: float = 0.0, tilt: float = 0.0
) -> dk.Grid:
    """Make a grid that is turned about x, and leans."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    steps = np.array([[0, 0, 0.7], [0, 1.2, 0], [2.5, 0, 0]])
    steps[1, 0] = 2.5 * np.tan(np.radians(tilt))
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = turn @ steps, (4, -5, 6)
    return dk.Grid(shape, affine)


def linear(on: dk.Grid) -> AnyArray:
    """Give values that depend on the place alone, linearly."""
    places = on.to_patient(np.moveaxis(np.indices(on.shape), 0, -1))
    return np.asarray(places @ NORMAL, np.float32)


def volume(on: dk.Grid, array: AnyArray | None = None) -> dk.Volume:
    return dk.Volume(linear(on) if array is None else array, on, "HU", (), ())


def noise(on: dk.Grid, dtype: Any = np.float32) -> AnyArray:  # noqa: ANN401
    return np.random.default_rng(5).normal(0, 100, on.shape).astype(dtype)


@pytest.mark.parametrize("tilt", [0.0, 20.0])
@pytest.mark.parametrize("degrees", [0.0, 30.0])
def test_what_is_linear_in_space_stays_so(degrees: float, tilt: float) -> None:
    source = grid(degrees=degrees, tilt=tilt)
    target = source.along_axes((1, 1, 1))
    found = dk.resample(volume(source), target)
    assert found.grid == target
    assert found.units == "HU"
    assert found.array.dtype == np.float32
    # Between the outermost centres, values are those of the places.
    places = target.to_patient(np.moveaxis(np.indices(target.shape), 0, -1))
    indices = source.to_indices(places)
    between = ((indices >= 0) & (indices <= np.array(source.shape) - 1)).all(axis=-1)
    assert between.sum() > 50
    assert np.allclose(found.array[between], linear(target)[between], atol=1e-4)
    beyond = ((indices < -0.51) | (indices > np.array(source.shape) - 0.49)).any(axis=-1)
    assert np.isnan(found.array[beyond]).all()
    assert np.isfinite(found.array[~beyond & between]).all()


@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
@pytest.mark.parametrize("spacing", [(1.1, 0.9, 0.8), (4, 3, 2), (2.5, 1.2, 0.7)])
@pytest.mark.parametrize("degrees", [0.0, 25.0])
def test_simpleitk_agrees(
    interpolation: Interpolation, spacing: tuple[float, ...], degrees: float
) -> None:
    sitk = pytest.importorskip("SimpleITK")
    source = grid(degrees=degrees)
    target = grid(degrees=10).with_spacing(spacing)
    moving = volume(source, noise(source))
    found = dk.resample(moving, target, interpolation=interpolation, fill=-7)
    method = {"linear": sitk.sitkLinear, "nearest": sitk.sitkNearestNeighbor}[interpolation]
    like = dk.to_sitk(volume(target))
    image = sitk.Resample(dk.to_sitk(moving), like, sitk.Transform(), method, -7.0)
    theirs = sitk.GetArrayFromImage(image)
    assert np.allclose(found.array, theirs, rtol=0, atol=1e-4 * 100)
    assert (found.array != -7).sum() > 20


def test_nearest_keeps_labels() -> None:
    on = grid()
    labels = np.random.default_rng(1).integers(0, 5, on.shape).astype(np.uint8)
    found = dk.resample(
        volume(on, labels), on.with_spacing((1, 1, 1)), interpolation="nearest", fill=0
    )
    assert set(np.unique(found.array)) <= set(range(5))


def test_its_own_grid_changes_nothing() -> None:
    on = grid(degrees=33)
    source = volume(on, noise(on))
    assert np.allclose(dk.resample(source, on).array, source.array, atol=1e-3)


def test_padding_is_kept_out() -> None:
    on = dk.Grid((1, 1, 6), np.diag([1, 1, 1, 1]))
    row = np.array([[[-2000, -2000, 10, 20, 30, -2000]]], np.float32)
    fine = dk.Grid((1, 1, 11), np.diag([1, 1, 0.5, 1]))
    mixed = dk.resample(volume(on, row), fine).array[0, 0]
    assert mixed[3] == -995
    kept = dk.resample(volume(on, row), fine, exclude=(-2000, -2000)).array[0, 0]
    expected = [np.nan] * 3 + [10, 10, 15, 20, 25, 30, 30, np.nan]
    assert np.array_equal(kept, expected, equal_nan=True)
    # NaN is padding, too.
    again = dk.resample(volume(on, np.where(row == -2000, np.nan, row)), fine).array[0, 0]
    assert np.array_equal(again, expected, equal_nan=True)


def test_values_of_any_type_and_colour() -> None:
    on = grid()
    whole = volume(on, noise(on, np.int16))
    found = dk.resample(whole, on.with_spacing((1, 1, 1)))
    assert found.array.dtype == np.float32
    colours = np.stack([linear(on), 2 * linear(on), 0 * linear(on)], axis=-1)
    colours[0, 0, 0, 1] = np.nan
    found = dk.resample(volume(on, colours), on.with_spacing((1, 1, 1)), fill=0)
    assert found.array.shape[3] == 3
    assert np.isfinite(found.array).all()


def test_a_leaning_volume_is_put_upright() -> None:
    for degrees in (-20.0, 20.0):
        source = volume(grid(tilt=degrees))
        found = dk.unshear(source)
        assert found.grid is not None
        assert not found.grid.sheared
        assert found.grid.spacing == pytest.approx((2.5, 1.2, 0.7))
        # Every voxel of the old one lies in it.
        assert source.grid is not None
        old = source.grid.to_patient([(k, j, i) for k in (0, 5) for j in (0, 7) for i in (0, 6)])
        indices = found.grid.to_indices(old)
        assert (indices > -0.01).all()
        assert (indices < np.array(found.grid.shape) - 0.99).all()
        there = np.isfinite(found.array)
        assert there.sum() >= source.array.size * 0.8
        inside = found.array[there]
        # At the edges, the outermost value goes on for half a voxel.
        assert np.abs(inside - linear(found.grid)[there]).max() <= 1.2 * 0.5 * 0.7 + 1e-3


def test_an_upright_volume_stays() -> None:
    source = volume(grid(degrees=12))
    assert dk.unshear(source) is source


def test_what_cannot_be_resampled() -> None:
    on = grid()
    with pytest.raises(dk.InconsistentError, match="no grid"):
        dk.resample(dk.Volume(linear(on), None, None, (), ()), on)
    with pytest.raises(ValueError, match="interpolation is"):
        dk.resample(volume(on), on, interpolation="cubic")  # type: ignore[arg-type]
    with pytest.raises(dk.LimitError):
        dk.resample(volume(on), on, limits=dk.Limits(total_bytes=100))


def test_many_voxels_are_worked_out_in_blocks() -> None:
    source = grid((20, 60, 60))
    target = grid((40, 90, 80))
    found = dk.resample(volume(source), target)
    there = np.isfinite(found.array)
    assert there.sum() > 1 << 16
    assert np.allclose(found.array[there], linear(target)[there], atol=2)
