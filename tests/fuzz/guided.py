"""Fuzzes headers and streams by what code they reach, with atheris (libFuzzer).

python -m tests.fuzz.guided --seconds 600 --findings findings

Whatever raises anything but the library's own error, crashes, hangs for five seconds of
processor time or takes two gigabytes ends the run and stands in the folder of findings.
``python -m tests.fuzz.guided --again findings/crash-...`` runs one of them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from contextlib import suppress
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from pydicom import dcmread
from pydicom.encaps import generate_fragments
from tests.fuzz.bases import bases, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["TARGETS", "run_target", "seeds"]

_LARGEST_SEED: Final = 8192
_FRAME_BYTES: Final = 1 << 22
_SIDE: Final = 64


def _stream(data: bytes) -> None:
    """Read a stream's header and decode it, as far as its size is sensible."""
    from dicomkit.streams.decoders import decode_stream, parse_stream

    header = parse_stream(data)
    size = header.rows * header.columns * header.components
    if size <= _FRAME_BYTES and header.excess is None and header.work < _FRAME_BYTES:
        decode_stream(data, header, "rgb" if header.components > 1 else None, "a syntax")


def _fragments(data: bytes) -> None:
    from dicomkit.streams.fragments import EncapsulatedFrames
    from dicomkit.streams.header import begins_jpeg_xl, begins_rle

    declared = 1 + data[0] % 8 if data else 1
    begins = begins_rle if data[:1] > b"\x7f" else begins_jpeg_xl
    frames = EncapsulatedFrames(data[1:], declared, begins=begins)
    for index in range(min(frames.count, declared)):
        frames.frame(index)


def _rle(data: bytes) -> None:
    from dicomkit.streams.rle import decode_rle

    for shape, bits in (((8, 8, 1), 16), ((8, 8, 3), 8), ((8, 8, 1), 1)):
        decode_rle(data, shape, bits, lenient=True)


def _private(data: bytes) -> None:
    from dicomkit.streams.pmsct import decode_pmsct

    samples = decode_pmsct(data, _SIDE)
    if len(samples) > 2 * _SIDE:
        msg = "more samples than were asked for"
        raise AssertionError(msg)


def _dataset(data: bytes) -> None:
    """Read a file, and show what is in it."""
    import dicomkit as dk

    limits = dk.Limits(frame_bytes=_FRAME_BYTES, total_bytes=4 * _FRAME_BYTES, frames=100)
    ds = dk.read_dataset(data, limits=limits)
    str(dk.metadata_tree(ds))
    dk.metadata_rows(ds)
    dk.overlays(ds, limits=limits)
    dk.render(ds, 0, lenient=True, overlays=True, limits=limits)


TARGETS: Final[tuple[Callable[[bytes], None], ...]] = (
    _stream,
    _stream,
    _fragments,
    _rle,
    _private,
    _dataset,
)
"""Chosen by an input's first byte."""


def run_target(data: bytes) -> None:
    """Give an input to the target that it chooses; the library may refuse it."""
    from dicomkit.errors import DicomKitError

    if data:
        with suppress(DicomKitError):
            TARGETS[data[0] % len(TARGETS)](data[1:])


def seeds() -> Iterator[bytes]:
    """Give what the real files hold that is small: streams, frames in items, whole files."""
    names = [target.__name__ for target in TARGETS]
    for path in bases():
        data = load(path).data
        if len(data) <= _LARGEST_SEED:
            yield bytes([names.index("_dataset")]) + data
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = dcmread(BytesIO(data), force=True).PixelData
                fragments = list(generate_fragments(value)) if value[:2] == b"\xfe\xff" else []
        except Exception:  # noqa: BLE001, S112 - some are damaged on purpose
            continue
        for fragment in filter(None, fragments[:2]):
            target = "_rle" if fragment[1:4] == bytes(3) else "_stream"
            yield bytes([names.index(target)]) + fragment[:_LARGEST_SEED]
        if fragments and len(value) <= _LARGEST_SEED:
            yield bytes([names.index("_fragments"), len(fragments) - 1]) + value
    yield bytes([names.index("_private")]) + b"\x5a\x00\x04\xff\xa5\x02\x02\x5a\x18\xfc"


def main() -> None:
    """Fuzz for some time, or run one finding again."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--findings", type=Path, default=Path("findings"))
    parser.add_argument("--again", type=Path, help="run this one input")
    chosen = parser.parse_args()
    if chosen.again is not None:
        run_target(chosen.again.read_bytes())
        return
    atheris = cast("Any", import_module("atheris"))
    with atheris.instrument_imports(include=["dicomkit"]):
        for module in ("dataset", "display", "image", "streams"):
            import_module(f"dicomkit.{module}")
        # What is loaded when it is first needed is to be instrumented, too.
        for seed in seeds():
            run_target(seed)
    chosen.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            Path(corpus, f"{number:04}").write_bytes(seed)
        options = [
            f"-max_total_time={chosen.seconds}",
            f"-artifact_prefix={chosen.findings}/",
            "-rss_limit_mb=2048",
            "-timeout=5",
            f"-max_len={2 * _LARGEST_SEED}",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], corpus, *options], run_target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
