"""The start of a worker process, without what pydicom would load for nothing."""

from __future__ import annotations

import sys

__all__ = ["main"]

# pydicom looks for these when it is imported: to decode, which it is never asked to do here, and to
# download. Where they are installed, they take a quarter of a worker's start.
_NEEDLESS = ("gdcm", "jpeg_ls", "pylibjpeg", "requests", "tqdm")


def main() -> None:
    """Load what reads files, and serve."""
    hidden = [name for name in _NEEDLESS if name not in sys.modules]
    # None stands for a module that is not there (Python's reference, 5.3.1).
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    import dicomkit.dataset.files.reading  # noqa: F401 - with pydicom, which looks once

    # Whoever needs one later, such as a file system behind a network, finds it.
    for name in hidden:
        del sys.modules[name]
    from dicomkit.export.workers.worker import main as serve

    serve()
