"""What nibabel, SimpleITK and highdicom make of a volume: every voxel at the same place."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.volumes import classic, turned

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.transforms.arrays import AnyArray

nibabel = pytest.importorskip("nibabel")
sitk = pytest.importorskip("SimpleITK")

TO_LPS = np.diag([-1, -1, 1, 1])


def tilted(degrees: float = 0, table: float = 0) -> list[Dataset]:
    """Make slices that are turned, and lie along their normal or, if told so, along the table."""
    orientation = turned(degrees)
    normal = np.cross(orientation[:3], orientation[3:])
    normal = normal if not table else np.array((0.0, 0.0, 1.0))
    return [classic(n, 4 * n * normal + (9, -8, 7), orientation=orientation) for n in range(5)]


def corners() -> AnyArray:
    return np.array([(k, j, i) for k in (0, 4) for j in (0, 4) for i in (0, 6)] + [(1, 2, 3)])


def colour() -> dk.Volume:
    rng = np.random.default_rng(1)
    grid = dk.Grid((2, 3, 4), np.diag([3, 2, 1, 1])[[2, 1, 0, 3]])
    array = rng.integers(0, 256, (2, 3, 4, 3)).astype(np.float32)
    return dk.Volume(array, grid, None, (), ())


@pytest.mark.parametrize(("degrees", "table"), [(0, 0), (20, 0), (20, 1)])
def test_nibabel_has_every_voxel_at_its_place(degrees: float, table: float) -> None:
    volume = dk.read_volume(tilted(degrees, table))
    image = dk.to_nibabel(volume)
    assert volume.grid is not None
    data = np.asanyarray(image.dataobj)
    for k, j, i in corners():
        assert data[i, j, k] == volume.array[k, j, i]
        place = TO_LPS @ image.affine @ (i, j, k, 1)
        assert np.allclose(place[:3], volume.grid.to_patient((k, j, i)), atol=1e-4)
    assert image.get_data_dtype() == np.float32
    assert image.header.get_xyzt_units()[0] == "mm"
    assert image.header["sform_code"] == 1
    assert image.header["qform_code"] == (0 if table else 1)
    if not table:
        assert np.allclose(image.get_qform(), image.get_sform(), atol=1e-4)


@pytest.mark.parametrize("degrees", [0, -35])
def test_simpleitk_has_every_voxel_at_its_place(degrees: float) -> None:
    volume = dk.read_volume(tilted(degrees))
    image = dk.to_sitk(volume)
    assert volume.grid is not None
    for k, j, i in corners().tolist():
        assert image.GetPixel(i, j, k) == volume.array[k, j, i]
        place = image.TransformIndexToPhysicalPoint((i, j, k))
        assert np.allclose(place, volume.grid.to_patient((k, j, i)), atol=1e-9)


def test_highdicom_has_the_same_array_from_the_other_end(tmp_path: Any) -> None:  # noqa: ANN401
    highdicom = pytest.importorskip("highdicom")
    from pydicom import dcmread
    from tests.volumes import save

    volume = dk.read_volume(save(tilted(20), tmp_path))
    theirs = highdicom.get_volume_from_series(
        [dcmread(path) for path in sorted(tmp_path.iterdir())]
    )
    assert volume.grid is not None
    assert np.array_equal(theirs.array[::-1], volume.array)
    for k, j, i in corners():
        place = theirs.affine @ (4 - k, j, i, 1)
        assert np.allclose(place[:3], volume.grid.to_patient((k, j, i)), atol=1e-6)


def test_itk_takes_no_sheared_grid() -> None:
    volume = dk.read_volume(tilted(20, 1))
    with pytest.raises(dk.UnsupportedError, match=r"sheared by 20 degrees.*unshear"):
        dk.to_sitk(volume)
    assert dk.to_sitk(dk.unshear(volume)).GetSize()[2] == 5


def test_colour_is_rgb() -> None:
    volume = colour()
    data = np.asanyarray(dk.to_nibabel(volume).dataobj)
    assert data.shape == (4, 3, 2)
    assert data[3, 1, 0].tolist() == tuple(volume.array[0, 1, 3].astype(int))
    image = dk.to_sitk(volume)
    assert image.GetPixel(3, 1, 0) == pytest.approx(volume.array[0, 1, 3])
    assert image.GetSpacing() == (1, 2, 3)


def test_colour_that_nifti_does_not_hold_is_refused() -> None:
    volume = colour()
    volume.array[0, 0, 0] = 255.5
    with pytest.raises(dk.UnsupportedError, match="colour of 8 bits"):
        dk.to_nibabel(volume)


@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.int64, np.float64])
def test_types_stay(dtype: Any) -> None:  # noqa: ANN401
    volume = dk.read_volume(tilted(), dtype="stored")
    volume = dk.Volume(volume.array.astype(dtype), volume.grid, None, (), ())
    assert dk.to_nibabel(volume).get_data_dtype() == dtype
    assert sitk.GetArrayFromImage(dk.to_sitk(volume)).dtype == dtype


def test_without_a_grid_there_is_no_place() -> None:
    volume = dk.Volume(np.zeros((1, 2, 3)), None, None, (), ())
    for convert in (dk.to_nibabel, dk.to_sitk):
        with pytest.raises(dk.InconsistentError, match="no grid"):
            convert(volume)


@pytest.mark.parametrize(
    ("function", "module", "extra"),
    [("to_nibabel", "nibabel", "nifti"), ("to_sitk", "SimpleITK", "itk")],
)
def test_what_is_not_installed_is_named(function: str, module: str, extra: str) -> None:
    code = f"""
import sys
sys.modules[{module!r}] = None
import numpy, dicomkit
grid = dicomkit.Grid((1, 1, 1), numpy.diag([1, 1, 1, 1]))
volume = dicomkit.Volume(numpy.zeros((1, 1, 1)), grid, None, (), ())
try:
    dicomkit.{function}(volume)
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == f"this needs {module}: pip install 'dicomkit[{extra}]'"
