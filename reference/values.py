"""Values after the Modality step, as highdicom and SimpleITK give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import highdicom
import numpy as np
import SimpleITK

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
        return np.stack(
            [
                image.get_frame(
                    number,
                    apply_real_world_transform=False,
                    apply_voi_transform=False,
                    apply_presentation_lut=False,
                    apply_palette_color_lut=False,
                    dtype=np.float64,
                )
                for number in range(1, image.number_of_frames + 1)
            ]
        )
    except Exception as error:
        # It refuses in as many ways as it has checks; any of them means: not this file.
        raise UnreadableError(type(error).__name__) from error


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
