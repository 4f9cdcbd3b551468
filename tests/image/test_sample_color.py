"""PS3.3 C.7.6.3.1.2 and PS3.5 8.2: which colour samples are coded in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from dicomkit.errors import InconsistentError, UnsupportedError
from dicomkit.image.words import sample_color
from dicomkit.streams.header import StreamHeader

if TYPE_CHECKING:
    from tests.pixels import MakeImage


def header(color: Literal["rgb", "ybr"] | None) -> StreamHeader:
    return StreamHeader("jpeg", 2, 3, 3, 8, complete=True, start=0, body=9, stop=9, color=color)


@pytest.mark.parametrize(
    ("photometric", "color"),
    [
        ("RGB", "rgb"),
        ("YBR_FULL", "ybr"),
        ("YBR_FULL_422", "ybr"),
        ("YBR_RCT", "rgb"),
        ("YBR_ICT", "rgb"),
    ],
)
@pytest.mark.parametrize("silent", [None, header(None)])
def test_photometric_interpretation_decides_where_there_is_no_marker(
    image: MakeImage, photometric: str, color: str, silent: StreamHeader | None
) -> None:
    assert sample_color(image(samples=3, photometric=photometric), silent) == (color, ())


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "ODD"])
def test_one_sample_has_no_colour(image: MakeImage, photometric: str) -> None:
    assert sample_color(image(photometric=photometric)) == (None, ())


def test_markers_decide(image: MakeImage) -> None:
    described = image(samples=3, photometric="RGB")
    color, notes = sample_color(described, header("ybr"))
    assert color == "ybr"
    assert [note.code for note in notes] == ["photometric_contradicted"]
    assert sample_color(described, header("rgb")) == ("rgb", ())


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL_422"])
def test_a_stream_of_one_component_is_grey_whatever_it_is_called(
    image: MakeImage, photometric: str
) -> None:
    color, notes = sample_color(image(photometric=photometric), header(None))
    assert color is None
    assert [note.code for note in notes] == ["photometric_contradicted"]


def test_partial_range_is_what_jpeg_does_not_have(image: MakeImage) -> None:
    described = image(samples=3, photometric="YBR_PARTIAL_422")
    assert sample_color(described, header(None)) == ("ybr", ())
    with pytest.raises(UnsupportedError):
        sample_color(described)


@pytest.mark.parametrize(
    ("samples", "photometric"),
    [(1, "RGB"), (1, "YBR_FULL"), (3, "MONOCHROME2"), (3, "PALETTE COLOR"), (4, "RGB")],
)
def test_what_excludes_each_other(image: MakeImage, samples: int, photometric: str) -> None:
    with pytest.raises(InconsistentError, match=photometric):
        sample_color(image(samples=samples, photometric=photometric))


@pytest.mark.parametrize(("samples", "photometric"), [(4, "CMYK"), (4, "ARGB"), (3, "HSV")])
def test_retired_models(image: MakeImage, samples: int, photometric: str) -> None:
    with pytest.raises(UnsupportedError, match="retired or unknown"):
        sample_color(image(samples=samples, photometric=photometric))
