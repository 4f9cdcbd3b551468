"""A volume as other libraries have it, in memory."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from dicomkit.errors import InconsistentError, UnsupportedError

if TYPE_CHECKING:
    import nibabel
    import SimpleITK

    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.grid import Grid
    from dicomkit.volume.volume import Volume

__all__ = ["extra", "grid_of", "to_nibabel", "to_sitk"]

# nifti1.h: aligned to the scanner.
_SCANNER = 1
_RGB = np.dtype([("R", np.uint8), ("G", np.uint8), ("B", np.uint8)])


def to_nibabel(volume: Volume, /) -> nibabel.Nifti1Image:
    """Give a volume to nibabel, as a NIfTI image in memory. Needs the extra `nifti`.

    Parameters
    ----------
    volume : Volume
        With a grid.

    Returns
    -------
    nibabel.Nifti1Image
        Its data are ``array.T``, in the order i, j, k; its matrix leads to RAS, millimetres.
        The sform has code 1 (scanner), and so has the qform unless the grid is sheared: a
        qform cannot say that, and has code 0. Colour of 8 bits becomes RGB24.

    Raises
    ------
    InconsistentError
        The volume has no grid.
    UnsupportedError
        NIfTI has no such type: colour that is not whole numbers from 0 to 255.
    ImportError
        nibabel is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from dicomkit import Grid, Volume
    >>> grid = Grid((2, 3, 4), np.diag([5, 1, 1, 1]))
    >>> volume = Volume(np.zeros((2, 3, 4), np.float32), grid, "HU", (), ())
    >>> to_nibabel(volume).shape
    (4, 3, 2)
    """
    grid = grid_of(volume)
    nib: Any = extra("nibabel", "nifti")
    array = np.asarray(volume.array)
    data = array.T if volume.is_gray else _as_rgb(array).T
    affine = grid.ras_affine
    image: Any = nib.Nifti1Image(data, affine, dtype=data.dtype)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, _SCANNER)
    image.set_qform(affine, 0 if grid.sheared else _SCANNER)
    return cast("nibabel.Nifti1Image", image)


def to_sitk(volume: Volume, /) -> SimpleITK.Image:
    """Give a volume to SimpleITK, as an image in memory. Needs the extra `itk`.

    Parameters
    ----------
    volume : Volume
        With a grid that is not sheared.

    Returns
    -------
    SimpleITK.Image
        With origin, spacing and direction in LPS, millimetres, as SimpleITK has them. Colour
        is a vector a pixel.

    Raises
    ------
    InconsistentError
        The volume has no grid.
    UnsupportedError
        The grid is sheared, as of a tilted gantry: an image of ITK has three directions at
        right angles. `unshear` makes one of it.
    ImportError
        SimpleITK is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from dicomkit import Grid, Volume
    >>> grid = Grid((2, 3, 4), np.diag([5, 1, 1, 1])[[2, 1, 0, 3]])
    >>> volume = Volume(np.zeros((2, 3, 4), np.float32), grid, "HU", (), ())
    >>> to_sitk(volume).GetSize(), to_sitk(volume).GetSpacing()
    ((4, 3, 2), (1.0, 1.0, 5.0))
    """
    grid = grid_of(volume)
    if grid.sheared:
        msg = (
            f"the grid is sheared by {grid.tilt:.3g} degrees, and an image of ITK has directions "
            "at right angles; unshear(volume) makes them"
        )
        raise UnsupportedError(msg)
    sitk: Any = extra("SimpleITK", "itk")
    image: Any = sitk.GetImageFromArray(np.asarray(volume.array), isVector=not volume.is_gray)
    steps = grid.affine[:3, 2::-1]
    spacing = np.linalg.norm(steps, axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(grid.origin)
    image.SetDirection((steps / spacing).ravel().tolist())
    return cast("SimpleITK.Image", image)


def grid_of(volume: Volume) -> Grid:
    """Give a volume's grid, which what it shall become needs.

    Raises
    ------
    InconsistentError
        It has none.
    """
    if volume.grid is None:
        msg = "the volume has no grid: its files do not say where in the patient they lie"
        raise InconsistentError(msg)
    return volume.grid


def extra(module: str, name: str) -> Any:  # noqa: ANN401 - a module
    """Import what an extra brings.

    Raises
    ------
    ImportError
        It is not installed; the message says how to mend it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        msg = f"this needs {module}: pip install 'dicomkit[{name}]'"
        raise ImportError(msg, name=module) from None


def _as_rgb(array: AnyArray) -> AnyArray:
    """Pack colour into NIfTI's RGB24."""
    samples = array.astype(np.uint8)
    if not np.array_equal(samples, array):
        msg = "NIfTI has colour of 8 bits alone: whole numbers from 0 to 255"
        raise UnsupportedError(msg)
    return np.ascontiguousarray(samples).view(_RGB)[..., 0]
