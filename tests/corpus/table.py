"""What every real file gives: whether it is read, its stored values and its picture.

The table beside this module holds a line for each file of pydicom's and pydicom-data's. What
is exact is kept as a digest; what comes out of a lossy codec as quantiles, for the builds of
one decoder differ in the last bit. ``python -m tests.corpus`` writes the table anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tests.fuzz.bases import corpus, relative_name

import dicomkit as dk
from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.pixel_data import open_pixels
from dicomkit.dataset.modules.syntaxes import Packing
from dicomkit.streams.decoders import parse_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydicom.dataset import Dataset

__all__ = ["TABLE", "Line", "agree", "look_at", "read_table", "versions", "write_table"]

TABLE: Final = Path(__file__).with_name("digests.tsv")
_NOTHING: Final = "-"
_LOSSY: Final = "about"
_DIGITS: Final = 32
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
# Inverse transforms may round either way, and so may the conversion of colour.
_STEPS: Final = 3.0
_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Line:
    """One file.

    Attributes
    ----------
    name : str
        Its package's folder and its path in there.
    content : str
        A digest of the file, to tell that another version of a package has another one.
    read : str
        ``"read"``, or the code of the error.
    shape : str
        Frames, rows, columns and samples, and the sign and number of bits of the stored
        values; or the code of the error that says why there are none.
    stored, picture : str
        The digest, or ``"about"`` and quantiles, of up to three frames; or the error's code.
    """

    name: str
    content: str
    read: str
    shape: str = _NOTHING
    stored: str = _NOTHING
    picture: str = _NOTHING


def versions() -> str:
    """Name the packages that the files come from."""
    return ", ".join(f"{name} {version(name)}" for name in ("pydicom", "pydicom-data"))


def look_at(path: Path) -> Line:
    """Make the line of one file."""
    name, content = relative_name(path), hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    try:
        ds = dk.read_dataset(path)
    except dk.DicomKitError as error:
        return Line(name, content, error.code)
    try:
        frames = _frames(dk.frame_count(ds))
    except dk.DicomKitError as error:
        return Line(name, content, "read", error.code)
    stored = _outcome(ds, dk.stored_values, frames)
    return Line(name, content, "read", _shape(ds), stored, _outcome(ds, dk.render, frames))


def agree(expected: str, found: str) -> bool:
    """Tell whether two outcomes are the same, or near enough where a codec is lossy."""
    if not (expected.startswith(_LOSSY) and found.startswith(_LOSSY)):
        return expected == found
    first, second = (np.array(text.split()[1:], np.float64) for text in (expected, found))
    return bool(np.allclose(first, second, rtol=_SHARE, atol=_STEPS))


def read_table() -> tuple[str, list[Line]]:
    """Give the packages that the table was made with, and its lines."""
    head, _, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    return head.removeprefix("# "), [Line(*line.split("\t")) for line in lines]


def write_table(lines: Iterable[Line]) -> None:
    """Replace the table."""
    fields = ["\t".join(Line.__slots__), *("\t".join(astuple(line)) for line in lines)]
    TABLE.write_text("\n".join((f"# {versions()}", *fields, "")), encoding="utf-8")


def _frames(count: int) -> list[int]:
    return sorted({0, count // 2, count - 1})


def _shape(ds: Dataset) -> str:
    image = describe_image(ds)
    sign = "i" if image.signed else "u"
    kind = f"{sign}{image.bits_stored}" if image.kind == "integer" else image.kind
    return f"{image.frames}x{image.rows}x{image.columns}x{image.samples} {kind}"


def _outcome(ds: Dataset, take: Callable[[Dataset, int], Any], frames: list[int]) -> str:
    try:
        arrays = [np.asarray(take(ds, frame)) for frame in frames]
        if not _is_lossy(ds):
            return _digest(arrays)
    except dk.DicomKitError as error:
        return error.code
    quantiles = np.quantile(np.concatenate([array.ravel() for array in arrays]), _QUANTILES)
    return " ".join((_LOSSY, *(f"{value:.4g}" for value in quantiles)))


def _digest(arrays: Iterable[np.ndarray[Any, np.dtype[Any]]]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape} {array.dtype.newbyteorder('=').str[1:]}".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()[:_DIGITS]


def _is_lossy(ds: Dataset) -> bool:
    source = open_pixels(ds, describe_image(ds))
    if source.items is None or source.packing is not Packing.STREAM:
        return False
    return parse_stream(source.items.frame(0)[0]).lossy


def lines() -> list[Line]:
    """Look at every file."""
    return [look_at(path) for path in corpus()]
