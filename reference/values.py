"""Values after the Modality step, as highdicom and SimpleITK give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import highdicom
import numpy as np
import SimpleITK
from pydicom.errors import InvalidDicomError

from reference.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Reader = Callable[[Path], NDArray[np.floating]]

__all__ = ["READERS", "UnreadableError"]


class UnreadableError(Exception):
    """The other library cannot read the file."""


@quiet()
def with_highdicom(path: Path) -> NDArray[np.floating]:
    """Read every frame, shape (frames, rows, columns)."""
    try:
        image = highdicom.imread(path)
    except (AttributeError, InvalidDicomError, KeyError, TypeError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    return np.stack([_frame(image, number + 1) for number in range(image.number_of_frames)])


def _frame(image: highdicom.Image, number: int) -> NDArray[np.floating]:
    try:
        return image.get_frame(
            number,
            apply_real_world_transform=False,
            apply_voi_transform=False,
            apply_presentation_lut=False,
            apply_palette_color_lut=False,
            apply_icc_profile=False,
            dtype=np.float64,
        )
    except (RuntimeError, ValueError) as error:
        raise UnreadableError(str(error)) from error


def with_simpleitk(path: Path) -> NDArray[np.floating]:
    """Read every frame, shape (frames, rows, columns)."""
    sitk: Any = SimpleITK  # it has no types
    reader = sitk.ImageFileReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileName(str(path))
    try:
        values = sitk.GetArrayFromImage(reader.Execute())
    except RuntimeError as error:
        raise UnreadableError(str(error).strip().splitlines()[-1]) from error
    return np.asarray(values, np.float64)


READERS: Final[Mapping[str, Reader]] = {"highdicom": with_highdicom, "SimpleITK": with_simpleitk}
