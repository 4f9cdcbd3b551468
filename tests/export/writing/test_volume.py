"""Volumes as files, read back by other programs: whole or not at all, and in their place."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.volumes import classic, turned

import dicomkit as dk
from dicomkit.export.writing import volume as module

if TYPE_CHECKING:
    from pathlib import Path

    from dicomkit.transforms.arrays import AnyArray

SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".mha", ".zarr", ".npz")


def oblique(*, sheared: bool = False, **more: Any) -> dk.Volume:  # noqa: ANN401
    orientation = turned(25)
    normal = np.cross(orientation[:3], orientation[3:]) if not sheared else np.array((0, 0, 1))
    slices = [classic(n, 4 * n * normal + (9, -8, 7), orientation=orientation) for n in range(5)]
    return dk.read_volume(slices, **more)


def read_back(path: Path) -> tuple[AnyArray, AnyArray]:
    """Give the array as (k, j, i) and the matrix from (k, j, i) to LPS, as others read them."""
    if ".nii" in path.name:
        nibabel = pytest.importorskip("nibabel")
        image = nibabel.load(path)
        matrix = np.diag([-1, -1, 1, 1]) @ image.affine
        return np.asanyarray(image.dataobj).T, matrix[:, [2, 1, 0, 3]]
    if path.suffix in (".nrrd", ".mha"):
        sitk = pytest.importorskip("SimpleITK")
        image = sitk.ReadImage(str(path))
        ends = [image.TransformIndexToPhysicalPoint(index) for index in
                ((0, 0, 1), (0, 1, 0), (1, 0, 0))]  # fmt: skip
        matrix = np.eye(4)
        matrix[:3, 3] = image.GetOrigin()
        matrix[:3, :3] = (np.array(ends) - image.GetOrigin()).T
        return sitk.GetArrayFromImage(image), matrix
    if path.suffix == ".zarr":
        zarr = pytest.importorskip("zarr")
        stored = zarr.open_array(str(path), mode="r")
        assert stored.chunks == (1, 5, 7)
        assert stored.attrs["units"] == "HU"
        return stored[:], np.array(stored.attrs["affine"])
    with np.load(path, allow_pickle=False) as found:
        assert str(found["units"]) == "HU"
        return found["array"], found["affine"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read_back_in_its_place(tmp_path: Path, suffix: str) -> None:
    volume = oblique()
    path = dk.save_volume(volume, tmp_path / f"head{suffix}")
    assert path == tmp_path / f"head{suffix}"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    array, matrix = read_back(path)
    assert array.dtype == np.float32
    assert np.array_equal(array, volume.array)
    assert volume.grid is not None
    assert np.allclose(matrix, volume.grid.affine, atol=1e-5)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_simpleitk_reads_nifti_in_its_place(tmp_path: Path, suffix: str) -> None:
    sitk = pytest.importorskip("SimpleITK")
    volume = oblique(dtype=np.int16)
    image = sitk.ReadImage(str(dk.save_volume(volume, tmp_path / f"head{suffix}")))
    assert image.GetPixelIDTypeAsString() == "16-bit signed integer"
    assert volume.grid is not None
    for k, j, i in ((0, 0, 0), (4, 0, 6), (1, 4, 2)):
        assert image.GetPixel(i, j, k) == volume.array[k, j, i]
        place = image.TransformIndexToPhysicalPoint((i, j, k))
        assert np.allclose(place, volume.grid.to_patient((k, j, i)), atol=1e-4)


@pytest.mark.parametrize("suffix", [".nii", ".zarr", ".npz"])
def test_a_sheared_volume_keeps_its_places(tmp_path: Path, suffix: str) -> None:
    volume = oblique(sheared=True)
    _, matrix = read_back(dk.save_volume(volume, tmp_path / f"tilted{suffix}"))
    assert volume.grid is not None
    assert np.allclose(matrix, volume.grid.affine, atol=1e-5)


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_itk_files_hold_no_sheared_volume(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(dk.UnsupportedError, match="unshear"):
        dk.save_volume(oblique(sheared=True), tmp_path / f"tilted{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_there_stays_unless_asked(tmp_path: Path, suffix: str) -> None:
    path = dk.save_volume(oblique(), tmp_path / f"head{suffix}")
    with pytest.raises(dk.WriteError, match="the name is taken") as caught:
        dk.save_volume(oblique(), path)
    assert caught.value.errno == errno.EEXIST
    other = oblique()
    other.array[0, 0, 0] = 77
    assert dk.save_volume(other, path, overwrite=True) == path
    assert read_back(path)[0][0, 0, 0] == 77
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_write_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    write = module.VOLUME_SUFFIXES[suffix]

    def half(volume: dk.Volume, place: Path) -> None:
        write(volume, place)
        raise OSError(errno.ENOSPC, "No space left on device")

    old = dk.save_volume(oblique(), tmp_path / f"head{suffix}")
    before = read_back(old)[0]
    monkeypatch.setitem(module.VOLUME_SUFFIXES, suffix, half)
    for path in (old, tmp_path / f"new{suffix}"):
        with pytest.raises(dk.WriteError, match="No space left") as caught:
            dk.save_volume(oblique(), path, overwrite=True)
        assert caught.value.path == str(path)
    assert [one.name for one in tmp_path.iterdir()] == [old.name]
    assert np.array_equal(read_back(old)[0], before)


def test_what_a_library_raises_is_a_write_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_volume: dk.Volume, _place: Path) -> None:
        msg = "secret"
        raise RuntimeError(msg)

    monkeypatch.setitem(module.VOLUME_SUFFIXES, ".npz", broken)
    with pytest.raises(dk.WriteError) as caught:
        dk.save_volume(oblique(), tmp_path / "head.npz")
    assert caught.value.message == "RuntimeError while the volume was written"


@pytest.mark.parametrize("name", ["head", "head.gz", "head.dcm", "nii"])
def test_the_suffix_says_which(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="unknown suffix"):
        dk.save_volume(oblique(), tmp_path / name)


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert dk.save_volume(oblique(), tmp_path / "HEAD.NPZ").exists()


def test_the_folder_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(dk.WriteError, match="its folder does not exist"):
        dk.save_volume(oblique(), tmp_path / "nowhere" / "head.npz")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_volume_without_a_grid_is_not_saved(tmp_path: Path, suffix: str) -> None:
    volume = dk.Volume(np.zeros((2, 3, 4), np.float32), None, None, (), ())
    with pytest.raises(dk.InconsistentError, match="no grid"):
        dk.save_volume(volume, tmp_path / f"head{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".nii.gz", ".npz"])
def test_equal_volumes_make_equal_files(tmp_path: Path, suffix: str) -> None:
    first, second = (
        dk.save_volume(oblique(), tmp_path / f"{name}{suffix}") for name in ("one", "two")
    )
    assert first.read_bytes() == second.read_bytes()


def test_no_file_names_the_patient(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        path = dk.save_volume(oblique(), tmp_path / f"head{suffix}")
        files = path.rglob("*") if path.is_dir() else [path]
        for one in files:
            if one.is_file():
                assert b"secret" not in one.read_bytes().lower()
