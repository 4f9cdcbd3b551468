"""A walk as a table: every series, a picture of each, nothing that runs."""

from __future__ import annotations

import base64
import io
import re
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pydicom
from PIL import Image
from pydicom.config import disable_value_validation
from pydicom.dataelem import DataElement
from tests.conftest import real_file
from tests.pages import HOSTILE_TEXTS

import dicomkit as dk
from dicomkit.fileset.instances import Instance, Problem, Series
from dicomkit.fileset.overview import overview

if TYPE_CHECKING:
    from pathlib import Path


class Table(HTMLParser):
    """Reads the rows of a page's tables, and which tags it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "img" and self.rows:
            self.rows[-1][-1] = dict(attrs)["src"] or ""

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def one(path: Path, **fields: str) -> Series:
    instance = Instance(path=path, record_type="IMAGE")
    return Series(instances=(instance,), **fields)  # type: ignore[arg-type]


def test_a_row_a_series(sample_exam: Path) -> None:
    walker = dk.FileSetWalker(sample_exam)
    read = Table(walker._repr_html_())
    assert "31 instances in 13 series" in walker._repr_html_()
    assert read.rows[0] == [
        "", "Patient", "Study", "Series", "Modality", "Description", "Instances",
    ]  # fmt: skip
    assert len(read.rows) == 14
    assert [int(row[-1]) for row in read.rows[1:]] == [len(s.instances) for s in walker.series()]
    assert all(row[0].startswith("data:image/png;base64,") for row in read.rows[1:])


def test_the_picture_is_of_the_middle_instance() -> None:
    names = ("MR_small.dcm", "CT_small.dcm", "rtplan.dcm")
    members = tuple(Instance(path=real_file(name), record_type="IMAGE") for name in names)
    page = overview([Series(instances=members)], [], dk.Limits())
    data = base64.b64decode(re.findall(r'base64,([^"]+)"', page)[0])
    with Image.open(io.BytesIO(data)) as image:
        # 128 x 128, made to fit.
        assert image.size == (96, 96)


def test_a_series_without_a_picture_says_why() -> None:
    read = Table(overview([one(real_file("rtplan.dcm"))], [], dk.Limits()))
    assert read.rows[1][0] == "no_pixels"


def test_a_series_shows_itself_and_its_instances(sample_exam: Path) -> None:
    series = max(dk.FileSetWalker(sample_exam).series(), key=len)
    read = Table(series._repr_html_())
    overall, instances = read.rows[:2], read.rows[2:]
    assert overall[1][0].startswith("data:image/png;base64,")
    assert overall[1][-1] == "7"
    assert instances[0] == ["File", "Kind", "Number", "Slice at (mm)"]
    assert [row[0] for row in instances[1:]] == [one.path.name for one in series]
    assert [int(row[2]) for row in instances[1:]] == [one.instance_number for one in series]


def test_a_long_series_is_not_listed_whole() -> None:
    places = [-7.123456789, None]
    members = tuple(
        Instance(path=real_file("CT_small.dcm"), record_type="IMAGE", slice_position=place)
        for place in places * 20
    )
    page = Series(instances=members)._repr_html_()
    assert "the first 10 of them" in page
    rows = Table(page).rows
    assert len(rows) == 2 + 1 + 10
    assert [row[3] for row in rows[3:5]] == ["-7.12346", ""]


def test_a_series_of_nothing_is_shown() -> None:
    assert len(Table(Series(instances=())._repr_html_()).rows) == 3


def test_what_was_left_out_is_counted(tmp_path: Path) -> None:
    problems = [Problem(tmp_path, code, "so") for code in ("b", "a", "b")]
    read = Table(overview([], problems, dk.Limits()))
    assert read.rows[1:] == [["Left out", "Files"], ["a", "1"], ["b", "2"]]


def test_limits_hold_for_thumbnails() -> None:
    read = Table(overview([one(real_file("CT_small.dcm"))], [], dk.Limits(frame_bytes=100)))
    assert read.rows[1][0] == "limit"


def test_an_archive_is_not_drawn_whole(tmp_path: Path) -> None:
    page = overview([one(tmp_path / "absent")] * 60, [], dk.Limits())
    assert len(Table(page).rows) == 51
    assert "60 instances in 60 series, the first 50 of them here" in page


@HOSTILE_TEXTS
def test_what_a_file_says_is_inert(tmp_path: Path, said: str) -> None:
    ds = pydicom.dcmread(real_file("CT_small.dcm"))
    ds.SpecificCharacterSet = "ISO_IR 192"
    with disable_value_validation():
        for keyword in (
            "PatientID", "PatientName", "StudyDate", "StudyDescription", "SeriesDescription",
            "Modality", "RescaleType",
        ):  # fmt: skip
            if len(said) < 1 << 16 or keyword in ("PatientID", "StudyDescription"):
                # The longer form of LO: a short one holds 64 KB at most.
                ds[keyword] = DataElement(keyword, "UT" if len(said) >= 1 << 16 else "LO", said)
    ds.save_as(tmp_path / "hostile")
    shutil.copy(real_file("rtplan.dcm"), tmp_path)
    walker = dk.FileSetWalker(tmp_path)
    page = walker._repr_html_() + "".join(series._repr_html_() for series in walker.series())
    assert said not in page
    assert re.sub(r"\s", " ", page).isprintable()
    assert len(page) < 120_000
    assert Table(page).tags == {
        "br", "caption", "div", "img", "table", "tbody", "td", "th", "thead", "tr",
    }  # fmt: skip
    assert Table(page).attributes == {
        "alt", "class", "height", "scope", "src", "style", "width",
    }  # fmt: skip
