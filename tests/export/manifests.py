"""Pictures, and manifests that speak of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dicomkit.export.bookkeeping.manifest import Manifest
from dicomkit.export.naming.names import Planned
from dicomkit.export.work.tasks import Picture
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pathlib import Path

HEADER = {"format": ".png"}
SOURCE = "/there is no such folder"
CT1 = Planned("CT/1", "1.2.1", "P/1")
MF2 = Planned("MF/2", "1.2.2", "P/2")


def picture(path: str, data: bytes, frame: int = 0, frames: int = 1) -> Picture:
    digest = hashlib.sha256(data).hexdigest()
    return Picture(0, frame, frames, path, len(data), digest, "VOI", (Note("code", "text"),))


def put(output: Path, path: str, data: bytes) -> bytes:
    (output / path).parent.mkdir(parents=True, exist_ok=True)
    (output / path).write_bytes(data)
    return data


def write(path: Path, *, finish: bool = True) -> None:
    """Write the pictures of two instances and their lines, in disorder."""
    with Manifest(path, HEADER, SOURCE) as manifest:
        manifest.begin()
        for frame in (1, 0):
            name = f"P/2_f000{frame + 1}.png"
            data = put(path.parent, name, b"frame%d" % frame)
            manifest.add_picture(MF2, picture(name, data, frame, 2))
        manifest.add_picture(CT1, picture("P/1.png", put(path.parent, "P/1.png", b"one")))
        manifest.add_missing("SR/3", "skipped", "no_pixels", "not an image")
        if finish:
            manifest.finish()
