from __future__ import annotations

import errno
import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dicomkit.errors import WriteError
from dicomkit.export.image import save_image
from dicomkit.export.writing.encoding import encode_image

if TYPE_CHECKING:
    from typing_extensions import Buffer as ReadableBuffer

GREY = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_the_suffix_chooses_the_format(tmp_path: Path) -> None:
    GREY.setflags(write=False)
    save_image(GREY, tmp_path / "a.png")
    save_image(GREY, str(tmp_path / "b.TIF"))
    for name in ("a.png", "b.TIF"):
        with Image.open(tmp_path / name) as picture:
            np.testing.assert_array_equal(np.asarray(picture), GREY)


def test_quality_reaches_the_encoder(tmp_path: Path) -> None:
    save_image(GREY, tmp_path / "a.jpg", quality=30)
    assert (tmp_path / "a.jpg").read_bytes() == encode_image(GREY, "jpg", quality=30)
    save_image(GREY, tmp_path / "b.jpg")
    assert (tmp_path / "b.jpg").read_bytes() == encode_image(GREY, "jpg", quality=90)


@pytest.mark.parametrize("name", ["a", "a.dcm", "a.jpg"])
def test_a_format_that_is_named_overrides_the_suffix(tmp_path: Path, name: str) -> None:
    save_image(GREY, tmp_path / name, format="png")
    assert (tmp_path / name).read_bytes() == encode_image(GREY, "png")


def test_a_file_in_the_way_stays_unless_it_may_be_replaced(tmp_path: Path) -> None:
    save_image(GREY, tmp_path / "a.png")
    with pytest.raises(WriteError, match="overwrite=True replaces") as caught:
        save_image(GREY.T, tmp_path / "a.png")
    assert caught.value.path == str(tmp_path / "a.png")
    assert caught.value.errno == errno.EEXIST
    assert (tmp_path / "a.png").read_bytes() == encode_image(GREY, "png")
    save_image(GREY.T, tmp_path / "a.png", overwrite=True)
    assert (tmp_path / "a.png").read_bytes() == encode_image(GREY.T, "png")


def test_a_refused_image_leaves_the_file_alone(tmp_path: Path) -> None:
    save_image(GREY, tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    with pytest.raises(TypeError):
        save_image(GREY.astype(float), tmp_path / "a.png", overwrite=True)
    assert (tmp_path / "a.png").read_bytes() == before


def test_a_path_without_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"use one of png, .*, as format="):
        save_image(GREY, tmp_path / "picture")


@pytest.mark.parametrize("name", ["png", ".jpg", "TIFF", "webp", "bmp"])
def test_a_stream_is_written_where_it_stands_and_stays_open(name: str) -> None:
    stream = io.BytesIO(b"before")
    stream.seek(0, io.SEEK_END)
    save_image(GREY, stream, format=name)
    assert stream.getvalue() == b"before" + encode_image(GREY, name)


def test_files_and_zips_are_streams(tmp_path: Path) -> None:
    expected = encode_image(GREY, "png")
    with (tmp_path / "a.png").open("wb") as file:
        save_image(GREY, file, format="png")
    with (tmp_path / "b").open("wb", buffering=0) as raw:
        save_image(GREY, raw, format="png")
    with tempfile.NamedTemporaryFile(dir=tmp_path) as temporary:
        save_image(GREY, temporary, format="png")
        temporary.flush()
        assert Path(temporary.name).read_bytes() == expected
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        with archive.open("c.png", "w") as member:
            save_image(GREY, member, format="png")
        assert archive.read("c.png") == expected
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b").read_bytes() == expected


class Slow(io.RawIOBase):
    """A stream without a buffer, which takes a few bytes at a time, and at last no more."""

    def __init__(self, room: int) -> None:
        self.taken = b""
        self.room = room

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int | None:
        part = bytes(data)[: min(10, self.room - len(self.taken))]
        self.taken += part
        return len(part) or None


def test_a_stream_that_takes_parts_gets_all_of_them() -> None:
    stream = Slow(room=1 << 20)
    save_image(GREY, stream, format="bmp")
    assert stream.taken == encode_image(GREY, "bmp")


def test_a_stream_that_takes_no_more_is_a_write_error() -> None:
    with pytest.raises(WriteError, match="stream"):
        save_image(GREY, Slow(room=25), format="bmp")


def test_a_full_disk_behind_a_stream_is_a_write_error() -> None:
    class Full:
        def write(self, _: bytes, /) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(WriteError, match="cannot write to the stream: No space left") as caught:
        save_image(GREY, Full(), format="png")
    assert caught.value.errno == errno.ENOSPC


def test_a_writer_need_not_count() -> None:
    class Collector(list[bytes]):
        def write(self, data: bytes, /) -> None:
            self.append(data)

    collector = Collector()
    save_image(GREY, collector, format="png")
    assert collector == [encode_image(GREY, "png")]


def test_a_stream_needs_a_format_whatever_its_name(tmp_path: Path) -> None:
    with (
        (tmp_path / "a.png").open("wb") as stream,
        pytest.raises(ValueError, match=r"stream has no suffix .*format='png'"),
    ):
        save_image(GREY, stream)
    assert (tmp_path / "a.png").read_bytes() == b""


def test_a_text_stream_is_refused(tmp_path: Path) -> None:
    for stream in (io.StringIO(), (tmp_path / "a").open("w", encoding="utf-8")):
        with stream, pytest.raises(TypeError, match="expected a binary stream"):
            save_image(GREY, stream, format="png")  # type: ignore[arg-type]


@pytest.mark.parametrize("target", [None, 3, b"a.png"])
def test_what_is_no_target_is_refused(target: object) -> None:
    with pytest.raises(TypeError, match="expected a path or a binary stream, not "):
        save_image(GREY, target, format="png")  # type: ignore[arg-type]
