"""A volume to a file that other programs read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dicomkit.errors import DicomKitError, WriteError
from dicomkit.export.writing.whole import whole
from dicomkit.volume.conversion import extra, grid_of, to_nibabel, to_sitk

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomkit.volume.volume import Volume

__all__ = ["VOLUME_SUFFIXES", "require_libraries", "save_volume"]

# The least that compresses; more takes many times as long for a few per cent.
_GZIP_LEVEL: Final = 1


def save_volume(
    volume: Volume, path: str | os.PathLike[str], /, *, overwrite: bool = False
) -> Path:
    """Save a volume in the format that the path's suffix names.

    The file appears whole or not at all, and holds nothing of the patient but the voxels.

    Parameters
    ----------
    volume : Volume
        With a grid.
    path : path-like
        Where to, in a folder that exists:

        - ``.nii``, ``.nii.gz``: NIfTI, in RAS, with a sform, and a qform unless the grid is
          sheared. Needs the extra `nifti`.
        - ``.nrrd``, ``.mha``: as ITK writes them, in LPS. Needs the extra `itk`.
        - ``.zarr``: a folder with one chunk a slice, and the affine matrix, units and axes as
          attributes. Needs the extra `zarr`.
        - ``.npz``: numpy's, with ``array``, ``affine`` and ``units``.
    overwrite : bool
        Whether to replace what is there.

    Returns
    -------
    pathlib.Path
        Where it is.

    Raises
    ------
    WriteError
        If it cannot be written, or exists and `overwrite` is false.
    InconsistentError
        If the volume has no grid.
    UnsupportedError
        If the format cannot hold it, as ITK's cannot a sheared grid.
    ImportError
        If the extra is not installed.
    ValueError
        If the suffix is none of these.

    Examples
    --------
    >>> import tempfile
    >>> from dicomkit import Grid, Volume
    >>> grid = Grid((2, 3, 4), np.diag([5, 1, 1, 1]))
    >>> volume = Volume(np.zeros((2, 3, 4), np.float32), grid, "HU", (), ())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_volume(volume, Path(folder) / "head.npz")
    ...     path.name, np.load(path)["affine"].shape
    ('head.npz', (4, 4))
    """
    target = Path(path)
    write = _writer(target.name)
    grid_of(volume)
    with whole(target, overwrite=overwrite) as place:
        try:
            write(volume, place)
        except (DicomKitError, ImportError, OSError, MemoryError):
            raise
        except Exception as error:
            # What the libraries raise may be anything, and name the temporary place.
            msg = f"{type(error).__name__} while the volume was written"
            raise WriteError(msg, path=target) from error
    return target


def _writer(name: str) -> Callable[[Volume, Path], None]:
    for suffix, write in VOLUME_SUFFIXES.items():
        if name.lower().endswith(suffix):
            return write
    msg = f"unknown suffix of a volume: use one of {', '.join(VOLUME_SUFFIXES)}"
    raise ValueError(msg)


def require_libraries(suffix: str) -> None:
    """Import what writes such files.

    Raises
    ------
    ImportError
        It is not installed; the message says how to mend it.
    """
    for module, name in _LIBRARIES.get(suffix, ()):
        extra(module, name)


def _write_nifti(volume: Volume, place: Path) -> None:
    image = to_nibabel(volume)
    with place.open("wb") as file:
        image.to_stream(file)


def _write_gzipped_nifti(volume: Volume, place: Path) -> None:
    image = to_nibabel(volume)
    # Without a time or a name in its header, equal volumes make equal files.
    with (
        place.open("wb") as file,
        gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as packed,
    ):
        image.to_stream(packed)


def _write_itk(volume: Volume, place: Path) -> None:
    image = to_sitk(volume)
    extra("SimpleITK", "itk").WriteImage(image, os.fspath(place), useCompression=True)


def _write_zarr(volume: Volume, place: Path) -> None:
    zarr = extra("zarr", "zarr")
    shape = volume.shape
    array: Any = zarr.create_array(
        store=os.fspath(place),
        shape=shape,
        chunks=(1, *shape[1:]),
        dtype=volume.array.dtype,
        attributes={
            "affine": grid_of(volume).affine.tolist(),
            "space": "LPS, mm, affine @ (k, j, i, 1)",
            "units": volume.units,
        },
    )
    for index in range(len(volume)):
        array[index] = volume.array[index]


def _write_npz(volume: Volume, place: Path) -> None:
    with place.open("wb") as file:
        np.savez(
            file,
            array=np.asarray(volume.array),
            affine=grid_of(volume).affine,
            units=np.str_(volume.units or ""),
        )


VOLUME_SUFFIXES: Final[dict[str, Callable[[Volume, Path], None]]] = {
    ".nii": _write_nifti,
    ".nii.gz": _write_gzipped_nifti,
    ".nrrd": _write_itk,
    ".mha": _write_itk,
    ".zarr": _write_zarr,
    ".npz": _write_npz,
}
"""What writes each kind of file, by suffix."""

_LIBRARIES: Final = {
    ".nii": (("nibabel", "nifti"),),
    ".nii.gz": (("nibabel", "nifti"),),
    ".nrrd": (("SimpleITK", "itk"),),
    ".mha": (("SimpleITK", "itk"),),
    ".zarr": (("zarr", "zarr"),),
}
