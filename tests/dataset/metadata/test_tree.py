"""The tree as text and as HTML."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from tests.pages import Parsed

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.metadata.listing import metadata_tree
from dicomkit.dataset.metadata.tree import MetadataTree
from dicomkit.html.markup import printable

if TYPE_CHECKING:
    from pathlib import Path

ATTACK = "<script>alert(1)</script>\" onload='x' &lt; \x1b[2J \x00 \u202e"


def sample() -> Dataset:
    code = Dataset()
    code.CodeValue = "T-A0100"
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.1.2.5"
    ds.PatientName = "Doe^Jane"
    ds.AnatomicRegionSequence = [code]
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    return ds


def test_text() -> None:
    assert str(metadata_tree(sample())).splitlines() == [
        "(0008,0008) CS ImageType                          ORIGINAL, PRIMARY",
        "(0008,0016) UI SOPClassUID                        1.2.840.10008.1.2.5 (RLE Lossless)",
        "(0008,2218) SQ AnatomicRegionSequence             1 item",
        "  [0]",
        "    (0008,0100) SH CodeValue                      T-A0100",
        "(0010,0010) PN PatientName                        Doe^Jane",
    ]


def test_the_repr_says_nothing_of_the_patient() -> None:
    assert repr(metadata_tree(sample())) == "<MetadataTree of 4 elements; print() shows them>"


def test_no_control_character_reaches_the_terminal() -> None:
    ds = Dataset()
    ds.PatientComments = ATTACK + "\r\n\x7f\x9b"
    text = str(metadata_tree(ds))
    assert len(text.splitlines()) == 1
    assert text.isprintable()
    assert "\\x1b[2J" in text


def test_broken_values_are_marked() -> None:
    ds = read_dataset(str(get_testdata_file("badVR.dcm", download=False)))
    assert re.search(r" IS \w+ +1A \[broken\]$", str(metadata_tree(ds)), re.MULTILINE)


def test_long_values_are_shortened() -> None:
    ds = Dataset()
    ds.TextValue = "x" * (1 << 20)
    ds.PixelData = bytes(1 << 20)
    lines = str(metadata_tree(ds)).splitlines()
    assert max(map(len, lines)) < 250
    assert len(metadata_tree(ds)._repr_html_()) < 10_000


def long_sequence(items: int) -> Dataset:
    ds = Dataset()
    ds.ReferencedImageSequence = [sample() for _ in range(items)]
    return ds


def test_long_sequences_are_cut() -> None:
    tree = metadata_tree(long_sequence(200))
    assert "  \u2026 150 more items" in str(tree).splitlines()
    assert "[49]" in str(tree)
    assert "[50]" not in str(tree)
    assert "\u2026 150 more items" in tree._repr_html_()


def test_long_trees_are_cut() -> None:
    ds = Dataset()
    ds.ReferencedSeriesSequence = [long_sequence(50) for _ in range(50)]
    tree = metadata_tree(ds)
    lines = str(tree).splitlines()
    assert len(lines) == 10_001
    assert lines[-1] == "\u2026 the tree is cut after 10000 lines"
    assert tree._repr_html_().count('class="dk-row"') == 3_000
    assert "cut after 3000 rows" in tree._repr_html_()


def test_html_folds_sequences() -> None:
    seen = Parsed(metadata_tree(sample())._repr_html_())
    assert seen.tags.count("details") == 2
    assert seen.tags.count("summary") == 2
    assert "RLE Lossless" in seen.text
    assert "T-A0100" in seen.text


def test_html_needs_nothing_from_elsewhere() -> None:
    page = metadata_tree(sample())._repr_html_()
    assert not re.search(r"https?:|//|url\(|@import|fetch|src=|href=", page)


def hostile() -> Dataset:
    inner = Dataset()
    inner.CodeMeaning = ATTACK
    ds = Dataset()
    ds.PatientName = ATTACK
    ds.PatientComments = "</div></details></style></script><img src=x onerror=alert(1)>"
    ds.AnatomicRegionSequence = [inner]
    ds.add_new(0x00090010, "LO", "<b>creator</b>")
    ds.add_new(0x00091001, "UN", b"<i>private</i>")
    return ds


def test_html_of_hostile_values_is_inert() -> None:
    harmless = Parsed(metadata_tree(sample())._repr_html_())
    seen = Parsed(metadata_tree(hostile())._repr_html_())
    assert set(seen.tags) == set(harmless.tags)
    assert seen.tags.count("script") == 1
    assert seen.attributes == harmless.attributes
    assert "<img src=x onerror=alert(1)>" in seen.text
    assert "\x1b" not in seen.text
    assert "\x00" not in seen.text


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


# What is searched for, the rows that can be seen then, and what is said about it.
SEARCHES: list[tuple[str, list[str], str]] = [
    ("patient's", ["PatientName"], "1 found"),
    # What is found in a sequence is unfolded; what a found sequence holds comes with it.
    ("codevalue", ["AnatomicRegionSequence", "CodeValue"], "1 found"),
    ("anatomic", ["AnatomicRegionSequence", "CodeValue"], "1 found"),
    ("nothing", [], "0 found"),
    ("", ["ImageType", "SOPClassUID", "AnatomicRegionSequence", "PatientName"], ""),
]
TRY_SEARCHES = """<script>
const box = document.querySelector("input"), found = document.querySelector(".dk-found");
const seen = SEARCHES.map(wanted => {
  box.value = wanted;
  box.dispatchEvent(new Event("input"));
  const rows = [...document.querySelectorAll(".dk-row")].filter(row => row.checkVisibility());
  return [wanted, rows.map(row => row.children[2].textContent), found.textContent];
});
document.title = JSON.stringify([box.checkVisibility(), seen]);
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_searching_in_a_browser(tmp_path: Path) -> None:
    script = TRY_SEARCHES.replace("SEARCHES", json.dumps([search[0] for search in SEARCHES]))
    page = tmp_path / "page.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8>{metadata_tree(sample())._repr_html_()}{script}",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    title = re.search("<title>(.*)</title>", done.stdout)
    assert title is not None
    assert json.loads(title[1]) == [True, [list(search) for search in SEARCHES]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain \u00e9\u6771", "plain \u00e9\u6771"),
        ("a\tb\nc", "a\\tb\\nc"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202e", "\\u202e"),
        ("\udcff", "\\udcff"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_it_is_public_only_to_be_recognised() -> None:
    assert isinstance(metadata_tree(sample()), MetadataTree)
