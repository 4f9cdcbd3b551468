"""DCMTK as a renderer: one frame of a dataset in, 8-bit samples out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from pydicom.uid import JPEGLSTransferSyntaxes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["DcmtkError", "have_dcmtk", "render", "version"]


class DcmtkError(Exception):
    """DCMTK would not render; the message is its own last complaint."""


def have_dcmtk() -> bool:
    """Say whether both renderers are installed."""
    return all(shutil.which(program) for program in ("dcmj2pnm", "dcml2pnm"))


def version() -> str:
    """Give the version of the DCMTK that is installed."""
    printed = subprocess.run(["dcmj2pnm", "--version"], capture_output=True, text=True, check=True)
    return printed.stdout.split()[2]


def render(
    ds: Dataset, frame: int, path: Path | None = None, options: Sequence[str] | None = None
) -> NDArray[np.uint8]:
    """Render one frame: by default without overlays, in the view that the standard says.

    DCMTK is given the file at `path`, if `ds` stands in one as it is, or else one made of `ds`.
    """
    if options is None:
        options = ("-O", *view_options(ds))
    with TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder) / "prepared.dcm"
            ds.save_as(path, enforce_file_format=True)
        picture = Path(folder) / "picture.png"
        program = "dcml2pnm" if _syntax(ds) in JPEGLSTransferSyntaxes else "dcmj2pnm"
        command = [program, "+F", str(frame + 1), *options, "+on2"]
        done = subprocess.run(
            [*command, str(path), str(picture)],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode != 0 or not picture.exists():
            complaints = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise DcmtkError(complaints[-1].removeprefix("F: "))
        with Image.open(picture) as image:
            # DCMTK truncates: 16 bits are asked for, so that the rounding to 8 is done here.
            # Pillow keeps the upper half of colours.
            samples = np.asarray(image)
        return samples if samples.ndim == 3 else np.rint(samples / 257).astype(np.uint8)


def view_options(ds: Dataset) -> list[str]:
    """Choose the file's first view, else the full range of its values (PS3.3 C.11.2)."""
    if ds.get("SamplesPerPixel", 1) != 1:
        return []
    if ds.get("PhotometricInterpretation") == "PALETTE COLOR":
        # Have it look whether 16-bit entries hold 8 bits only.
        return ["+Mc"]
    if ds.get("WindowCenter") is not None and ds.get("WindowWidth") is not None:
        # DCMTK does not read the function from the file.
        return ["+Wi", "1", *(["+Wfs"] if ds.get("VOILUTFunction") == "SIGMOID" else [])]
    return ["+Wl", "1"] if ds.get("VOILUTSequence") else ["+Wm"]


def _syntax(ds: Dataset) -> str:
    meta = getattr(ds, "file_meta", {})
    return str(meta.get("TransferSyntaxUID", ""))
