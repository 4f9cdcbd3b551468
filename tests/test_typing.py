"""Every type that a public signature or attribute names can be imported."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import pytest
from tests.fresh import run

import dicomkit as dk
import dicomkit.notebook
import dicomkit.typing

if TYPE_CHECKING:
    from collections.abc import Iterator

# Made by functions, not by calling the class.
GIVEN = {"Image", "MetadataTree"}
# How frames lie in a file is nobody's business, nor what is kept of an image and its masks.
INTERNAL = {("FrameReader", "source"), ("Image", "masks"), ("Image", "memory")}
# A value that is passed on as it is.
OPAQUE = {"FileSystem"}
PUBLIC = {
    **{name: getattr(dk, name) for name in dk.__all__},
    **{name: getattr(dicomkit.notebook, name) for name in dicomkit.notebook.__all__},
    **{name: getattr(dicomkit.typing, name) for name in dicomkit.typing.__all__},
}
CALLED = {"__call__", "__getitem__", "__init__", "__iter__", "__len__"}


@lru_cache
def names_of_module(module: str) -> dict[str, tuple[str, str]]:
    """Say where each name that a module imports, for types only too, comes from."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        alias.asname or alias.name: (getattr(node, "module", alias.name), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def named_types(annotation: object, module: str) -> Iterator[object]:
    """Find the types of dicomkit that an annotation names."""
    if not isinstance(annotation, str):
        # A class that was written without `from __future__`, or None.
        yield from (t for t in (annotation, *get_args(annotation)) if is_ours(t))
        return
    for node in ast.walk(ast.parse(annotation, mode="eval")):
        if not isinstance(node, ast.Name):
            continue
        home, name = names_of_module(module).get(node.id, (module, node.id))
        if home.partition(".")[0] != "dicomkit":
            continue
        found = getattr(import_module(home), name, None)
        if found is not None and not isinstance(found, TypeVar):
            yield found


def is_ours(kind: object) -> bool:
    return getattr(kind, "__module__", "").partition(".")[0] == "dicomkit"


def annotations_of(name: str, thing: object) -> Iterator[tuple[str, object, str]]:
    """Give the public annotations of a function or a class: where, what, and in which module."""
    if isinstance(thing, types.FunctionType):
        for parameter, annotation in inspect.get_annotations(thing).items():
            yield f"{name}({parameter})", annotation, thing.__module__
    elif inspect.isclass(thing):
        for kind in filter(is_ours, thing.__mro__):
            for attribute, annotation in attributes_of(kind):
                if not attribute.startswith("_") and (name, attribute) not in INTERNAL:
                    yield f"{name}.{attribute}", annotation, kind.__module__
            for member, function in functions_of(kind):
                is_made = name in dk.__all__ and name not in GIVEN
                if (member != "__init__" or is_made) and (name, member) not in INTERNAL:
                    yield from annotations_of(f"{name}.{member}", function)


def attributes_of(kind: type) -> Iterator[tuple[str, object]]:
    """Give what is annotated in the body of a class, or where a method sets it."""
    yield from inspect.get_annotations(kind).items()
    for node in ast.walk(ast.parse(inspect.getsource(kind))):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
            yield node.target.attr, ast.unparse(node.annotation)


def functions_of(kind: type) -> Iterator[tuple[str, types.FunctionType]]:
    for member, given in vars(kind).items():
        if member.startswith("_") and member not in CALLED:
            continue
        function = getattr(given, "fget", None) or getattr(given, "func", given)
        function = inspect.unwrap(getattr(function, "__func__", function))
        if isinstance(function, types.FunctionType):
            yield member, function


@pytest.mark.parametrize("name", sorted(PUBLIC.keys() - OPAQUE))
def test_every_type_that_is_named_is_public(name: str) -> None:
    values = list(PUBLIC.values())
    hidden = [
        (place, named)
        for place, annotation, module in annotations_of(name, PUBLIC[name])
        for named in named_types(annotation, module)
        if not any(named is value or named == value for value in values)
    ]
    assert hidden == []


def test_the_type_of_every_value_is_public() -> None:
    values = [value for value in PUBLIC.values() if is_ours(type(value))]
    assert values == [dk.WINDOWS]
    assert {type(value) for value in values} <= set(filter(inspect.isclass, PUBLIC.values()))


def test_the_walk_sees_what_is_hidden() -> None:
    seen = {
        place: list(named_types(annotation, module))
        for name in ("Image", "render", "DisplayPipeline", "FileSetWalker")
        for place, annotation, module in annotations_of(name, PUBLIC[name])
    }
    assert seen["render(window)"] == [dicomkit.typing.WindowLike]
    assert seen["render(return)"] == [dicomkit.typing.Picture]
    assert seen["Image.frames(return)"] == [dicomkit.typing.FrameReader]
    assert seen["Image.sample_color"] == [dicomkit.typing.SampleColor]
    assert seen["DisplayPipeline.steps"] == [dicomkit.typing.Step]
    assert seen["FileSetWalker.rows(per)"] == [dicomkit.typing.Per]


def test_they_can_be_joined_when_the_program_runs() -> None:
    # As in a signature without `from __future__ import annotations`.
    for name in dicomkit.typing.__all__:
        kind: Any = getattr(dicomkit.typing, name)
        assert not isinstance(kind, str)
        assert kind | None is not None


def test_none_is_in_two_places() -> None:
    assert not set(dicomkit.typing.__all__) & set(dk.__all__)
    assert dicomkit.typing.__all__ == sorted(dicomkit.typing.__all__)


def test_each_is_explained_once() -> None:
    lines = (dicomkit.typing.__doc__ or "").splitlines()
    headings = [word.strip("`") for line in lines if line[:1] == "`" for word in line.split(", ")]
    assert sorted(headings) == dicomkit.typing.__all__


def test_importing_the_library_does_not_import_them() -> None:
    assert run(
        "import sys, dicomkit; dicomkit.render; print('dicomkit.typing' in sys.modules)"
    ) == ("False")


def test_a_star_brings_them_without_an_extra() -> None:
    code = "from dicomkit.typing import *; import sys; print(WindowLike, *sys.modules)"
    assert "matplotlib" not in run(code)
