"""Every name is there when it is first used, and costs nothing before."""

from __future__ import annotations

import ast
import inspect
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tests.fresh import run

import dicomkit as dk

FRONT_DOOR = Path(inspect.getfile(dk))


def imported_for_types() -> dict[str, str]:
    """Give the module of every name that type checkers see."""
    body = ast.parse(FRONT_DOOR.read_text("utf-8")).body
    (block,) = (node for node in body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    return {
        name.name: node.module or ""
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_what_runs_is_what_type_checkers_see() -> None:
    homes = {name: f"dicomkit.{module}" for name, module in vars(dk)["_HOME"].items()}
    assert homes == imported_for_types()
    assert set(homes) == set(dk.__all__)


@pytest.mark.parametrize("name", dk.__all__)
def test_a_name_is_its_modules_own(name: str) -> None:
    home = import_module(imported_for_types()[name])
    assert getattr(dk, name) is getattr(home, name)
    # Found once, it is looked up no more.
    assert vars(dk)[name] is getattr(home, name)


def test_importing_loads_nothing_else() -> None:
    loaded = "sorted(name for name in sys.modules if name.partition('.')[0] in looked_for)"
    looked_for = "{'dicomkit', 'numpy', 'pydicom', 'PIL', 'matplotlib', 'pandas', 'tqdm'}"
    code = f"import dicomkit, sys; looked_for = {looked_for}; print({loaded})"
    assert run(code) == "['dicomkit', 'dicomkit._version']"


def test_a_star_brings_every_name() -> None:
    code = "from dicomkit import *; import dicomkit; print(set(dicomkit.__all__) <= set(globals()))"
    assert run(code) == "True"


def test_what_is_not_loaded_yet_is_listed() -> None:
    assert run("import dicomkit; print(set(dicomkit.__all__) - set(dir(dicomkit)))") == "set()"


def test_help_shows_every_name() -> None:
    shown = run("import dicomkit; help(dicomkit)")
    assert [name for name in dk.__all__ if name not in shown] == []


def test_threads_may_be_the_first_to_use_names() -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
import dicomkit
with ThreadPoolExecutor(16) as pool:
    found = list(pool.map(lambda name: getattr(dicomkit, name), 4 * dicomkit.__all__))
print(len(found) == 4 * len(dicomkit.__all__))
"""
    assert run(code) == "True"


def test_an_unknown_name_is_pythons_own_error() -> None:
    with pytest.raises(AttributeError) as caught:
        dk.rendr  # type: ignore[attr-defined]  # noqa: B018
    assert str(caught.value) == "module 'dicomkit' has no attribute 'rendr'"
    assert (caught.value.name, caught.value.obj) == ("rendr", dk)


def test_a_misspelt_name_brings_a_suggestion() -> None:
    code = "import dicomkit; dicomkit.rendr"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(
        "AttributeError: module 'dicomkit' has no attribute 'rendr'. Did you mean: 'render'?"
    )


def test_importing_an_unknown_name_fails_as_ever() -> None:
    with pytest.raises(ImportError, match="cannot import name 'rendr' from 'dicomkit'"):
        from dicomkit import rendr  # type: ignore[attr-defined]  # noqa: F401


def test_values_travel_between_processes_that_have_loaded_nothing() -> None:
    carried = pickle.dumps((dk.render, dk.Window(40, 80), dk.LimitError("too much")))
    code = f"import pickle; print(*pickle.loads({carried!r})[1:])"
    assert run(code) == "center 40, width 80, LINEAR too much"
