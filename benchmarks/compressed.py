"""Compressed exams: what their export takes against bare decoders and the usual script."""

from __future__ import annotations

import shutil
import struct
import sys
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image
from pydicom import dcmread, examples
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless

import dicomkit as dk
from benchmarks.measure import Comparison, Cost, Pair, Ratio, in_turn, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.uid import UID

    from benchmarks.comparisons import Bench

__all__ = ["CODECS", "color_png", "compressed_exams", "decode_all"]

CODECS: Final = ("JPEG Lossless", "JPEG-LS", "JPEG 2000", "RLE")


def compressed_exams(bench: Bench) -> Iterator[Comparison]:
    """Export the exam in each lossless coding, with the extra and without it."""
    native = bench.exam(bench.sizes.exam)
    rounds = bench.sizes.rounds
    for codec in CODECS:
        exam = _coded(native, bench.folder / codec.replace(" ", "_"), codec)
        if codec == CODECS[0]:
            pair = in_turn(
                lambda: run("export", exam, bench.output(), ".jpg", 0).whole,  # noqa: B023
                lambda: run("script", exam, bench.output(), ".jpg").whole,  # noqa: B023
                rounds,
            )
            work = f"exam as {codec} to JPEG, default workers : the usual script"
            yield _row(work, 0.15, pair)
        for packages, goal in (("extra", 1.15), ("core", 1.15)):
            ours = partial(_export, bench, exam, packages)
            theirs = partial(_bare, bench, native, exam, codec, packages)
            pair = in_turn(ours, theirs, rounds)
            work = f"exam as {codec} to JPEG, one worker, {packages} : its bare decoder, and native"
            yield _row(work, goal, pair)
        shutil.rmtree(exam.parent)


def color_png(bench: Bench) -> Iterator[Comparison]:
    """Compare the size of colour PNGs with the best of Pillow's filters."""
    picture = dk.render(examples.ybr_color, 0)
    path = bench.folder / "color.png"
    dk.save_image(picture, path)
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", optimize=True)
    ours, theirs = path.stat().st_size, buffer.tell()
    ratio = Ratio(ours / theirs, ours / theirs, ours / theirs)
    figures = f"{ours / 1000:.0f} kB to {theirs / 1000:.0f} kB"
    yield Comparison("size of a colour PNG : Pillow's best", 1.0, ratio, figures)


def decode_all(exam: Path, codec: str, packages: str) -> None:
    """Decode every frame of an exam, and do nothing else with it."""
    decode = _bare_decoder(codec, packages)
    for path in sorted(exam.parent.joinpath("DICOM").rglob("I*")):
        decode(get_frame(dcmread(path).PixelData, 0, number_of_frames=1))


def _bare_decoder(codec: str, packages: str) -> Callable[[bytes], object]:
    """Give the decoder that dicomkit asks first, called as its package has it."""
    if packages == "extra":
        imagecodecs: Any = import_module("imagecodecs")
        decoders: dict[str, Callable[[bytes], object]] = {
            "JPEG Lossless": imagecodecs.jpeg8_decode,
            "JPEG-LS": imagecodecs.jpegls_decode,
            "JPEG 2000": partial(imagecodecs.jpeg2k_decode, numthreads=1),
            "RLE": lambda frame: imagecodecs.dicomrle_decode(frame, "<u2"),
        }
        return decoders[codec]
    if codec == "JPEG 2000":
        plugin: Any = import_module("PIL.Jpeg2KImagePlugin")
        return lambda frame: np.asarray(plugin.Jpeg2KImageFile(BytesIO(frame)))
    if codec == "RLE":
        # Its own: there is no other.
        sys.modules["imagecodecs"] = None  # type: ignore[assignment]
        from dicomkit.streams.rle import decode_rle

        return lambda frame: decode_rle(frame, (512, 512, 1), 16)
    libjpeg: Any = import_module("libjpeg")
    decode: Callable[[bytes], object] = libjpeg.decode
    return decode


def _coded(native: Path, folder: Path, codec: str) -> Path:
    """Copy an exam and compress every image of the copy."""
    shutil.copytree(native.parent, folder)
    for path in sorted(folder.joinpath("DICOM").rglob("I*")):
        ds = dcmread(path)
        syntax, stream = _encode(codec, ds.pixel_array.astype(np.uint16))
        ds.PixelData = encapsulate([stream])
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
        ds.file_meta.TransferSyntaxUID = syntax
        ds.save_as(path)
    return folder / native.name


def _encode(codec: str, values: NDArray[np.uint16]) -> tuple[UID, bytes]:
    imagecodecs: Any = import_module("imagecodecs")
    if codec == "JPEG Lossless":
        lossless = {"lossless": True, "predictor": 1, "bitspersample": 12}
        return JPEGLosslessSV1, bytes(imagecodecs.jpeg8_encode(values, **lossless))
    if codec == "JPEG-LS":
        return JPEGLSLossless, bytes(imagecodecs.jpegls_encode(values))
    if codec == "JPEG 2000":
        stream = imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k", bitspersample=12)
        return JPEG2000Lossless, bytes(stream)
    # PS3.5 G.5: the number of segments and where each begins; the most significant bytes first.
    planes = [(values >> 8).astype(np.uint8), values.astype(np.uint8)]
    segments = [bytes(imagecodecs.packbits_encode(plane.tobytes())) for plane in planes]
    segments = [segment + bytes(len(segment) % 2) for segment in segments]
    header = struct.pack("<16L", 2, 64, 64 + len(segments[0]), *[0] * 13)
    return RLELossless, header + b"".join(segments)


def _export(bench: Bench, exam: Path, packages: str) -> Cost:
    action = "export" if packages == "extra" else "export_with_core"
    return run(action, exam, bench.output(), ".jpg", 1).work


def _bare(bench: Bench, native: Path, exam: Path, codec: str, packages: str) -> Cost:
    decoding = run("decode", exam, codec, packages).work
    rest = run("export", native, bench.output(), ".jpg", 1).work
    return Cost(decoding.seconds + rest.seconds, decoding.cpu + rest.cpu)


def _row(work: str, goal: float, pair: Pair) -> Comparison:
    figures = f"{pair.ours:.2f} s to {pair.theirs:.2f} s"
    return Comparison(work, goal, pair.seconds, figures, pair.cpu)
