"""The same image in another transfer syntax, written by DCMTK's and GDCM's encoders."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ENCODERS", "SOURCES", "Encoder", "decompress", "encode"]

SOURCES: Final = (
    "693_UNCR.dcm",  # CT, 14 bits, signed
    "CT_small.dcm",  # 16 bits, signed
    "JPEG2000_UNC.dcm",  # NM
    "MR_small.dcm",
    "RG3_UNCR.dcm",  # CR, 10 bits, MONOCHROME1
    "SC_rgb_16bit.dcm",
    "SC_rgb_2frame.dcm",
    "US1_UNCR.dcm",  # RGB
    "color-pl.dcm",  # RGB, one plane after another
    "emri_small.dcm",  # 10 frames
    "image_dfl.dcm",  # 8 bits, deflated
)
"""Uncompressed files of the corpora, one of each kind."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder of DCMTK with its options, and how far its stored values may be off.

    A lossy stream is compared with what DCMTK's own decoder makes of it, and stored values
    of two decoders may differ by `tolerance`.
    """

    command: tuple[str, ...]
    lossless: bool = True
    tolerance: int = 0


ENCODERS: Final = {
    "RLE": Encoder(("dcmcrle",)),
    "JPEG lossless, selection value 1": Encoder(("dcmcjpeg", "+e1")),
    "JPEG lossless, selection value 6": Encoder(("dcmcjpeg", "+el", "+sv", "6")),
    "JPEG lossless, selection value 1, point transform 2": Encoder(
        ("dcmcjpeg", "+el", "+sv", "1", "+pt", "2"), lossless=False
    ),
    "JPEG lossless, selection value 5, point transform 3": Encoder(
        ("dcmcjpeg", "+el", "+sv", "5", "+pt", "3"), lossless=False
    ),
    "JPEG baseline, RGB": Encoder(("dcmcjpeg", "+eb", "+cr"), lossless=False, tolerance=1),
    "JPEG baseline, 4:2:2": Encoder(("dcmcjpeg", "+eb", "+s2"), lossless=False, tolerance=1),
    "JPEG baseline, 4:4:4": Encoder(("dcmcjpeg", "+eb", "+s4"), lossless=False, tolerance=1),
    "JPEG extended, 12 bits": Encoder(("dcmcjpeg", "+ee"), lossless=False, tolerance=3),
    "JPEG-LS": Encoder(("dcmcjpls", "+el")),
    "JPEG-LS, by line": Encoder(("dcmcjpls", "+el", "+il")),
    "JPEG-LS, by sample": Encoder(("dcmcjpls", "+el", "+is")),
    "JPEG 2000": Encoder(("gdcm",)),
}
"""What each is called, and how it is run."""


def encode(encoder: Encoder, source: Path, target: Path) -> bool:
    """Write `source` in another transfer syntax; say whether the encoder takes such images."""
    if encoder.command == ("gdcm",):
        return _with_gdcm(source, target)
    done = subprocess.run([*encoder.command, source, target], capture_output=True, check=False)
    return done.returncode == 0


def decompress(source: Path, target: Path) -> None:
    """Have DCMTK decode a JPEG stream."""
    subprocess.run(["dcmdjpeg", source, target], capture_output=True, check=True)


def _with_gdcm(source: Path, target: Path) -> bool:
    gdcm: Any = import_module("gdcm")  # it has no types
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEG2000Lossless))
    if not reader.Read():
        return False
    change.SetInput(reader.GetImage())
    if not change.Change():
        return False
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    return bool(writer.Write())
