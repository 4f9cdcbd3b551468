"""The page of codes has every code that the source can give, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from dicomkit import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
SOURCES: Final = sorted((ROOT / "src" / "dicomkit").rglob("*.py"))
CODE: Final = re.compile(r"[a-z][a-z_]+")
# Where the code stands among the arguments of what carries one.
PLACES: Final = {"Note": 0, "Fault": 0, "Problem": 1, "Failure": 2, "ExportEntry": 3}


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading."""
    _, _, section = PAGE.partition(f"\n## {heading}\n")
    lines = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]


def codes_in_source(kinds: frozenset[str]) -> set[str]:
    """Find the words that are given as codes to some kinds of values."""
    return {
        code
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for code in _codes(node, kinds)
        if CODE.fullmatch(code)
    }


def _codes(node: ast.AST, kinds: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
        place = PLACES[node.func.id]
        if len(node.args) > place:
            yield from _words(node.args[place])
    elif isinstance(node, ast.Assign) and "Note" not in kinds:
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        yield from _words(node.value) if "code" in names else ()


def _words(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def kinds_of_errors() -> list[type[errors.DicomKitError]]:
    return [getattr(errors, name) for name in errors.__all__]


def test_every_error_is_on_the_page() -> None:
    expected = {
        (kind.code, kind.__name__, kind.__mro__[2].__name__ if kind.__bases__[1:] else "Exception")
        for kind in kinds_of_errors()
    }
    assert {(code, name, builtin) for code, name, builtin, *_ in rows("Errors")} == expected


@pytest.mark.parametrize("kind", kinds_of_errors(), ids=lambda kind: kind.__name__)
def test_an_error_is_the_builtin_that_the_page_says(kind: type[errors.DicomKitError]) -> None:
    (builtin,) = (row[2] for row in rows("Errors") if row[0] == kind.code)
    error = kind("anything")
    assert builtin in {base.__name__ for base in type(error).__mro__}
    assert not isinstance(error, KeyError)


def test_every_problem_is_on_the_page() -> None:
    found = codes_in_source(frozenset({"Fault", "Problem", "Failure", "ExportEntry"}))
    found -= {kind.code for kind in kinds_of_errors()}
    listed = [row[0] for row in rows("Problems of a walk and of an export")]
    assert len(listed) == len(set(listed))
    assert set(listed) == found


def test_every_note_is_on_the_page() -> None:
    listed = [row[0] for row in rows("Notes")]
    assert listed == sorted(set(listed))
    assert set(listed) == codes_in_source(frozenset({"Note"}))


def test_every_row_says_something() -> None:
    for heading in ("Errors", "Problems of a walk and of an export", "Notes"):
        assert all(cell for row in rows(heading) for cell in row)
