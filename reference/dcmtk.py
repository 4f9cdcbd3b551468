"""DCMTK as a renderer: a dataset in, 8-bit samples of its frames out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image
from pydicom.uid import (
    JPEGLSTransferSyntaxes,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["DcmtkError", "have_dcmtk", "make_state", "render", "render_presented", "version"]

_P_VALUES: Final = (
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
)
_BYTE_BITS: Final = 8


class DcmtkError(Exception):
    """DCMTK would not render; the message is its own last complaint."""


def have_dcmtk() -> bool:
    """Say whether all renderers are installed."""
    return all(shutil.which(program) for program in ("dcmj2pnm", "dcml2pnm", "dcmp2pgm", "dcmpsmk"))


def version() -> str:
    """Give the version of the DCMTK that is installed."""
    printed = subprocess.run(["dcmj2pnm", "--version"], capture_output=True, text=True, check=True)
    return printed.stdout.split()[2]


def render(
    ds: Dataset, path: Path | None = None, options: Sequence[str] | None = None
) -> list[NDArray[np.uint8]]:
    """Render all frames in one run: by default without overlays, in the view that `ds` asks for.

    DCMTK is given the file at `path`, if `ds` stands in one as it is, or else one made of `ds`.
    """
    if options is None:
        options = ("-O", *view_options(ds))
    with TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "prepared.dcm"
            ds.save_as(path, enforce_file_format=True)
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        program = "dcml2pnm" if _syntax(ds) in JPEGLSTransferSyntaxes else "dcmj2pnm"
        command = [program, "+Fa", *options, _output(ds), str(path), str(pictures / "frame")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        # They are called frame.0.png, frame.1.png, ...
        written = sorted(pictures.iterdir(), key=lambda picture: int(picture.suffixes[0][1:]))
        if done.returncode != 0 or not written:
            complaints = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise DcmtkError(complaints[-1].removeprefix("F: "))
        return [_samples(picture) for picture in written]


def make_state(path: Path, output: Path) -> Path | None:
    """Let DCMTK write a presentation state that shows a file as it says itself, if it can."""
    output.unlink(missing_ok=True)
    command = ["dcmpsmk", str(path), str(output)]
    subprocess.run(command, capture_output=True, check=False, timeout=300)
    return output if output.exists() else None


def render_presented(ds: Dataset | Path, ps: Dataset | Path, frame: int = 0) -> NDArray[np.uint8]:
    """Render a frame as a presentation state shows it, as far as DCMTK draws what that says."""
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "picture"
        image, state = (
            one if isinstance(one, Path) else _saved(one, Path(folder) / name)
            for one, name in ((ds, "image"), (ps, "state"))
        )
        command = ["dcmp2pgm", "-p", str(state), "-f", str(frame + 1), str(image), str(picture)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if not picture.exists():
            raise DcmtkError((done.stderr.strip().splitlines() or ["no picture"])[-1])
        with Image.open(picture) as opened:
            return np.asarray(opened)


def _saved(ds: Dataset, path: Path) -> Path:
    ds.save_as(path, enforce_file_format=True)
    return path


def view_options(ds: Dataset) -> list[str]:
    """Choose the file's first view, else the range of the values (PS3.3 C.11.2)."""
    if ds.get("SamplesPerPixel", 1) != 1:
        return []
    if ds.get("PhotometricInterpretation") == "PALETTE COLOR":
        # Have it look whether 16-bit entries hold 8 bits only.
        return ["+Mc"]
    if ds.get("WindowCenter") is not None and ds.get("WindowWidth") is not None:
        # DCMTK does not read the function from the file.
        return ["+Wi", "1", *(["+Wfs"] if ds.get("VOILUTFunction") == "SIGMOID" else [])]
    if ds.get("VOILUTSequence"):
        return ["+Wl", "1"]
    # PS3.3 A.8.3.4 and A.8.4.4: P-values are shown as they are, over the range of Bits Stored.
    # Everything else is over the range of the values in all frames of the run.
    return ["-W"] if ds.get("SOPClassUID") in _P_VALUES else ["+Wm"]


def _output(ds: Dataset) -> str:
    # Grey values are truncated: 16 bits are asked for, so that the rounding to 8 is done here.
    # Colours of 8 bits are written as they are, and fast.
    is_byte_color = ds.get("SamplesPerPixel", 1) != 1 and ds.BitsAllocated == _BYTE_BITS
    return "+op" if is_byte_color else "+on2"


def _samples(picture: Path) -> NDArray[np.uint8]:
    with Image.open(picture) as image:
        samples = np.asarray(image)
    # Pillow keeps the upper half of 16-bit colours.
    return samples if samples.ndim == 3 else np.rint(samples / 257).astype(np.uint8)


def _syntax(ds: Dataset) -> str:
    meta = getattr(ds, "file_meta", {})
    return str(meta.get("TransferSyntaxUID", ""))
