"""The image files that come with pydicom and pydicom-data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
from pydicom.errors import InvalidDicomError

from reference.quiet import quiet

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["CorpusFile", "corpus"]

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_PACKAGES = {"pydicom": "pydicom.data", "pydicom-data": "data_store"}
_NOT_DICOM = {".json", ".md", ".py", ".pyc", ".txt", ".zip"}


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One file, by a name that is the same on every machine."""

    name: str
    path: Path

    @quiet()
    def read(self) -> Dataset:
        """Read it with pydicom alone."""
        return pydicom.dcmread(self.path, force=True)


@cache
def corpus() -> tuple[CorpusFile, ...]:
    """Give every file that has pixel data and says how large its image is, by name."""
    return tuple(
        CorpusFile(f"{package}/{path.relative_to(root).as_posix()}", path)
        for package, module in _PACKAGES.items()
        for root in _roots(module)
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix not in _NOT_DICOM and _has_image(path)
    )


def _roots(module: str) -> list[Path]:
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        msg = f"the package {module} is not installed"
        raise ModuleNotFoundError(msg)
    return [Path(place) for place in spec.submodule_search_locations]


@quiet()
def _has_image(path: Path) -> bool:
    try:
        ds = pydicom.dcmread(path, force=True)
    except (InvalidDicomError, OSError):
        return False
    return "Rows" in ds and any(keyword in ds for keyword in _PIXELS)
