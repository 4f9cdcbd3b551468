"""The documented table of decoders is what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydicom.uid import UID

from dicomkit.dataset.modules.syntaxes import _PACKINGS, Packing, expected_kinds, packing
from dicomkit.streams.engines import DECODERS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "transfer-syntaxes.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| [^|]+ \| `([\d.]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
PACKAGES = {
    "PIL": "Pillow",
    "imagecodecs": "imagecodecs",
    "libjpeg": "pylibjpeg-libjpeg",
}


def in_extra(package: str) -> bool:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["codecs"]
    return any(requirement.startswith(f"{package}>=") for requirement in extra)


@pytest.mark.parametrize(("uid", "documented"), ROWS.items())
def test_the_decoders_of_a_syntax_in_their_order(uid: str, documented: str) -> None:
    if packing(uid) is Packing.STREAM:
        (kind,) = expected_kinds(uid)
        modules = [decoder.module.partition(".")[0] for decoder in DECODERS[kind]]
        # Two engines of one package may follow each other.
        found = list(dict.fromkeys(PACKAGES[module] for module in modules))
    elif packing(uid) is Packing.VIDEO:
        assert documented == "PyAV (`video`)"
        return
    else:
        found = ["imagecodecs", "dicomkit"] if packing(uid) is Packing.RLE else ["dicomkit"]
    marked = [f"{package} (`codecs`)" if in_extra(package) else package for package in found]
    assert documented == ", ".join(marked)


def test_every_syntax_that_is_not_retired_is_there() -> None:
    current = {uid for uid in _PACKINGS if UID(uid).is_private or not UID(uid).is_retired}
    assert current <= ROWS.keys()
    assert all(packing(uid) not in (Packing.UNKNOWN, Packing.UNSUPPORTED) for uid in ROWS)
