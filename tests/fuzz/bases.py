"""The files that mutants are made of, real and made ones, and where their data elements lie."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pydicom
import pydicom.data
from pydicom.dataelem import RawDataElement
from pydicom.uid import UID
from tests.fuzz.states import states
from tests.segmentations import segmentation, shapes, slide, tiled
from tests.structures import circle, contour, structure_set

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["Base", "Place", "bases", "corpus", "describe", "load", "made", "relative_name"]

# Of what lies beside the DICOM files: their descriptions, palettes' sources, profiles.
_OTHER_SUFFIXES: Final = frozenset({".txt", ".json", ".dump", ".gz", ".icc", ".py", ".pyc", ".md"})
# What neither package has: videos, made by tests.videos.
_VIDEOS: Final = Path(__file__).parent / "made"
_LARGEST: Final = 160_000
_MADE: Final = Path("made")
_LONG_HEADER: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UR", "UT", "UN"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where one data element lies in a file.

    Attributes
    ----------
    start, length_at, value, stop : int
        Offsets of its tag, of its length, of its value, and of what follows.
    explicit : bool
        Whether its VR is written.
    """

    start: int
    length_at: int
    value: int
    stop: int
    explicit: bool

    @property
    def length_bytes(self) -> int:
        """How many bytes the length takes."""
        return self.value - self.length_at


@dataclass(frozen=True, slots=True)
class Base:
    """A real file, or a made one.

    Attributes
    ----------
    name : str
        Its package's folder and its path in there; of a made one, that it is.
    path : Path
        Where it is, or would be.
    data : bytes
    places : tuple of Place
        Its elements outside sequences; none where the file is not read by pydicom.
    pixels : int
        Where the value of the pixel data begins; the file's end where there are none.
    """

    name: str
    path: Path
    data: bytes
    places: tuple[Place, ...]
    pixels: int


def _roots() -> tuple[Path, ...]:
    package = Path(pydicom.data.__file__).parent
    roots = [package / "test_files", package / "palettes"]
    found = importlib.util.find_spec("data_store")
    if found is not None and found.origin is not None:
        roots.append(Path(found.origin).parent / "data")
    return tuple(roots)


@cache
def corpus() -> tuple[Path, ...]:
    """List every file of pydicom's and pydicom-data's, whatever it holds."""
    return tuple(
        path
        for root in _roots()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix not in _OTHER_SUFFIXES
    )


def relative_name(path: Path) -> str:
    """Name a file of the corpus independently of where the packages are installed."""
    if path in states():
        return f"made/{path.name}"
    root = next(root for root in (*_roots(), _MADE, _VIDEOS) if path.is_relative_to(root))
    return f"{root.name}/{path.relative_to(root).as_posix()}"


@cache
def bases() -> tuple[Path, ...]:
    """List the files that are small enough to be mutated by the thousand."""
    real = tuple(path for path in corpus() if 0 < path.stat().st_size <= _LARGEST)
    return (*real, *made(), *states(), *sorted(_VIDEOS.glob("*.dcm")))


@cache
def made() -> dict[Path, bytes]:
    """Make small files of kinds that no real one is of."""
    grid = dk.Grid((3, 8, 9), np.array([[0, 0, 1, 2], [0, 1, 0, 3], [2, 0, 0, 4], [0, 0, 0, 1]]))
    labels = shapes(grid)
    masks = {number: labels == number for number in (2, 1, 3)}
    contours = [contour(circle(grid, k, radius, (4, 4))) for k in (0, 1, 2) for radius in (3, 1)]
    kinds = {
        "BINARY": segmentation(masks, grid),
        "FRACTIONAL": segmentation({1: 90 * masks[1]}, grid, "FRACTIONAL"),
        "LABELMAP": segmentation({0: labels}, grid, "LABELMAP"),
        "TILED_FULL": tiled({1: labels[0] == 1, 2: labels[0] == 2}, (4, 4), full=True),
        "TILED_SPARSE": tiled({0: labels[1]}, (4, 4), "LABELMAP"),
        "slide": slide((8, 9), (4, 4)),
        "RTSTRUCT": structure_set(contours, [contour([1, 2, 3], "POINT")]),
    }
    files = {}
    for number, (name, ds) in enumerate(kinds.items()):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{number}")
        stream = BytesIO()
        ds.save_as(stream, enforce_file_format=True)
        files[_MADE / name] = stream.getvalue()
    return files


@cache
def load(path: Path) -> Base:
    """Read a file and find its elements."""
    return describe(path, made().get(path) or path.read_bytes())


def describe(path: Path, data: bytes) -> Base:
    """Find the elements of a file that may have been changed since it was read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = pydicom.dcmread(BytesIO(data), force=True)
            places = [*_places(ds.file_meta), *_places(ds)]
            pixels = next((_tell(ds, tag) for tag in (0x7FE00010, 0x7FE00008) if tag in ds), 0)
    except Exception:  # noqa: BLE001 - some are damaged on purpose
        places, pixels = [], 0
    inside = tuple(place for place in places if 0 <= place.start < place.stop <= len(data))
    return Base(relative_name(path), path, data, inside, pixels or len(data))


def _tell(ds: Dataset, tag: int) -> int:
    raw = _raw(ds, tag)
    return 0 if raw is None else raw.value_tell


def _places(ds: Dataset) -> list[Place]:
    found: list[Place] = []
    for tag in ds.keys():  # noqa: SIM118 - iterating over a Dataset converts its elements
        raw = _raw(ds, tag)
        if raw is None or not raw.value:
            continue
        explicit = not raw.is_implicit_VR
        header = 12 if explicit and raw.VR in _LONG_HEADER else 8
        width = 2 if explicit and header == 8 else 4
        start, stop = raw.value_tell - header, raw.value_tell + len(raw.value)
        found.append(Place(start, raw.value_tell - width, raw.value_tell, stop, explicit))
    return found


def _raw(ds: Dataset, tag: int) -> RawDataElement | None:
    element = cast("object", ds.get_item(tag))
    return element if isinstance(element, RawDataElement) else None
