"""Videos, encoded by PyAV, and what an image of one looks like as a dataset."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, VideoEndoscopicImageStorage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

ROOT = "1.2.826.0.1.3680043.8.498.8"
SYNTAX = "1.2.840.10008.1.2.4"
# What PyAV calls the formats that the test's encoders write.
MPEG2, H264, HEVC = "mpeg2video", "libx264", "libx265"
Planes = "tuple[NDArray[Any], NDArray[Any], NDArray[Any]]"


def planes(number: int, *, rows: int = 48, columns: int = 64, bits: int = 8) -> list[NDArray[Any]]:
    """Give luma and colour differences of a frame, smooth and unlike those of any other."""
    y, x = np.mgrid[:rows, :columns] / 64
    scale = 1 << (bits - 8)
    luma = 60 + 30 * x + 40 * y + 3 * (number % 30)
    blue = (100 + 40 * x + number % 20)[::2, ::2]
    red = (150 - 40 * y - number % 20)[::2, ::2]
    kind = np.uint8 if bits == 8 else np.uint16
    return [np.rint(plane * scale).astype(kind) for plane in (luma, blue, red)]


def encode(
    frames: Iterable[list[NDArray[Any]]],
    codec: str = H264,
    container: str = "mp4",
    *,
    pixels: str = "yuv420p",
    rate: int = 25,
    color_range: int = 0,
    matrix: int = 2,
    sound: bool = False,
    **options: str,
) -> bytes:
    """Encode frames as a stream."""
    import av

    file = io.BytesIO()
    if codec == HEVC:
        options["x265-params"] = f"log-level=none:{options.get('x265-params', '')}".rstrip(":")
    with av.open(file, "w", format=container) as output:
        stream: Any = None
        audio: Any = output.add_stream("mp2", rate=48000) if sound else None
        for number, parts in enumerate(frames):
            if stream is None:
                stream = output.add_stream(codec, rate=rate, options=options)
                stream.height, stream.width = parts[0].shape
                stream.pix_fmt = pixels
                stream.codec_context.thread_count = 1
                stream.codec_context.color_range = color_range
                stream.codec_context.colorspace = matrix
            frame = av.VideoFrame(parts[0].shape[1], parts[0].shape[0], pixels)
            for plane, samples in zip(frame.planes, parts, strict=False):
                lines = np.zeros((plane.height, plane.line_size), np.uint8)
                raw = np.ascontiguousarray(samples).view(np.uint8)
                lines[:, : raw.shape[1]] = raw
                plane.update(lines.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, rate)
            frame.color_range, frame.colorspace = color_range, matrix
            for packet in stream.encode(frame):
                output.mux(packet)
            if audio is not None:
                noise = np.zeros((2, 1920), np.int16)
                beep = av.AudioFrame.from_ndarray(noise, format="s16p", layout="stereo")
                beep.sample_rate, beep.pts = 48000, 1920 * number
                for packet in audio.encode(beep):
                    output.mux(packet)
        for one in (stream, audio):
            for packet in one.encode(None) if one is not None else ():
                output.mux(packet)
    return file.getvalue()


def image(
    stream: bytes,
    *,
    frames: int,
    syntax: str = "102",
    rows: int = 48,
    columns: int = 64,
    bits: int = 8,
    pieces: int = 1,
    **changes: object,
) -> Dataset:
    """Make a video image of a stream, which may lie in several fragments."""
    ds = Dataset()
    ds.SOPClassUID = VideoEndoscopicImageStorage
    ds.SOPInstanceUID = f"{ROOT}.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.2", f"{ROOT}.3"
    ds.PatientID, ds.StudyDate, ds.Modality = "P1", "20010101", "ES"
    ds.SeriesNumber, ds.InstanceNumber = 4, 1
    ds.Rows, ds.Columns, ds.NumberOfFrames = rows, columns, frames
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 3, "YBR_PARTIAL_420"
    ds.PlanarConfiguration, ds.PixelRepresentation = 0, 0
    ds.BitsAllocated = 8 if bits == 8 else 16
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.FrameTime, ds.FrameIncrementPointer = 40, 0x00181063
    length = max(-(-len(stream) // (2 * pieces)) * 2, 2)
    parts = [stream[at : at + length] for at in range(0, len(stream), length)]
    ds.PixelData = encapsulate(parts, has_bot=False)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(f"{SYNTAX}.{syntax}")
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = UID(ds.SOPInstanceUID)
    return ds


def rgb(
    parts: list[NDArray[Any]],
    *,
    bits: int = 8,
    red: float = 0.299,
    blue: float = 0.114,
    full: bool = False,
) -> NDArray[Any]:
    """Compute RGB of luma and colour differences in plain arithmetic (ITU-T H.273)."""
    scale, top = 1 << (bits - 8), (1 << bits) - 1
    y, cb, cr = (part.astype(float) for part in parts)
    cb, cr = (np.kron(part, np.ones((2, 2))) - 128 * scale for part in (cb, cr))
    y, cb, cr = (
        (y / top, cb / top, cr / top)
        if full
        else ((y - 16 * scale) / (219 * scale), cb / (224 * scale), cr / (224 * scale))
    )
    r, b = y + 2 * (1 - red) * cr, y + 2 * (1 - blue) * cb
    g = (y - red * r - blue * b) / (1 - red - blue)
    return np.clip(np.rint(top * np.stack([r, g, b], -1)), 0, top)
