"""An instance is read once, and its frames are opened once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from dicomkit.dataset.modules.pixel_data import open_pixels
from dicomkit.display.options import PictureOptions
from dicomkit.errors import InconsistentError, NoPixelsError, NotDicomError
from dicomkit.export.work.source import SourceImage, open_source
from dicomkit.export.work.tasks import Settings
from dicomkit.image import image

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.dataset.modules.pixel_data import PixelSource


def source_image(lab: Lab, folder: Path) -> SourceImage:
    (task,) = lab.tasks(["I1"])
    settings = Settings(str(folder), "", ".png", 90)
    return open_source(settings, task)


def state_rle(path: Path) -> None:
    """Have a file say that its pixel data are compressed, and leave them as they are."""
    native, rle = ExplicitVRLittleEndian.encode(), RLELossless.encode()
    data = path.read_bytes()
    assert len(native) == len(rle)
    assert data.count(native) == 1
    path.write_bytes(data.replace(native, rle))


def test_frames_are_opened_once_and_only_when_they_are_needed(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    def counting(*given: Any) -> PixelSource:  # noqa: ANN401 - passed on
        opened.append(given)
        return open_pixels(*given)

    monkeypatch.setattr(image, "open_pixels", counting)
    lab.save(lab.ct(frames=3), tmp_path / "I1")
    source = source_image(lab, tmp_path)
    assert (len(source.image), source.image.dataset.Modality) == (3, "CT")
    assert opened == []
    assert source.is_plain(PictureOptions())
    assert source.image.frames is source.image.frames
    assert source.begun == 3
    assert len(opened) == 1


def test_frames_that_cannot_be_opened_say_so_each_time(lab: Lab, tmp_path: Path) -> None:
    """They are neither in items, as the transfer syntax says, nor as long as native ones."""
    state_rle(lab.save(lab.ct(PixelData=bytes(100)), tmp_path / "I1"))
    image = source_image(lab, tmp_path)
    for _ in range(2):
        with pytest.raises(InconsistentError) as caught:
            _ = image.image.frames
        assert caught.value.code == "inconsistent"
    # No decoder is reached.
    assert image.is_plain(PictureOptions())


def test_compressed_pixels_are_not_plain(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "I1").write_bytes(lab.real("MR_small_RLE.dcm").read_bytes())
    assert not source_image(lab, tmp_path).is_plain(PictureOptions())


def test_compressed_pixels_that_are_said_to_be_native_are_not_plain(
    lab: Lab, tmp_path: Path
) -> None:
    stream = pydicom.dcmread(lab.real("MR_small_RLE.dcm")).PixelData
    lab.save(lab.ct(side=64, PixelData=stream), tmp_path / "I1")
    image = source_image(lab, tmp_path)
    assert image.image.description.transfer_syntax == ExplicitVRLittleEndian
    assert not image.is_plain(PictureOptions())


def test_native_pixels_that_are_said_to_be_compressed_are_plain(lab: Lab, tmp_path: Path) -> None:
    state_rle(lab.save(lab.ct(), tmp_path / "I1"))
    image = source_image(lab, tmp_path)
    assert image.image.description.transfer_syntax == RLELossless
    assert image.is_plain(PictureOptions())


@pytest.mark.parametrize(
    ("icc", "profile", "plain"),
    [(True, b"profile!", False), (True, b"", True), (False, b"profile!", True)],
)
def test_a_profile_is_foreign_only_where_it_is_used(
    lab: Lab, tmp_path: Path, *, icc: bool, profile: bytes, plain: bool
) -> None:
    lab.save(lab.ct(ICCProfile=profile), tmp_path / "I1")
    assert source_image(lab, tmp_path).is_plain(PictureOptions(icc=icc)) is plain


def test_what_is_no_image_is_refused_at_once(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(PixelData=None), tmp_path / "I1")
    with pytest.raises(NoPixelsError):
        source_image(lab, tmp_path)
    (tmp_path / "I1").write_text("no DICOM")
    with pytest.raises(NotDicomError):
        source_image(lab, tmp_path)
