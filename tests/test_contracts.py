"""The floor plan holds, and each of its rules notices when it is broken."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.datadict import dictionary_has_tag, keyword_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "dicomkit"

# Floors beside `dataset`, which alone knows pydicom and the tags.
ABOVE_DATASET = (
    "__main__.py",
    "typing.py",
    "cli",
    "notebook*",
    "export",
    "volume",
    "fileset",
    "display",
    "image",
    "regions",
    "stacking",
)
BELOW_DATASET = ("streams", "transforms", "html", "errors.py", "limits.py", "notes.py")

# Retired elements without a keyword share the empty one. Commands (group 0000), whose Status is
# also a word, and delimiters (FFFE), as Item, are no attributes. Modality also names a step, and
# Grid and Quantity values.
ATTRIBUTES = {word for word, tag in keyword_dict.items() if word and 0xFFFF < tag < 0xFFFE0000}
KEYWORDS = ATTRIBUTES - {"Grid", "Modality", "Quantity"}

# Extras, which a plain `import dicomkit` must not pay for. pydicom itself imports tqdm.
HEAVY = {
    "IPython",
    "SimpleITK",
    "dask",
    "distributed",
    "matplotlib",
    "nibabel",
    "pandas",
    "zarr",
}

WRITING_METHODS = {
    "dcmwrite",
    "hardlink_to",
    "mkdir",
    "rmdir",
    "save",
    "save_as",
    "symlink_to",
    "tofile",
    "touch",
    "unlink",
    "write_bytes",
    "write_text",
}
WRITING_OS_FUNCTIONS = {
    "link",
    "makedirs",
    "mkdir",
    "remove",
    "rename",
    "replace",
    "rmdir",
    "symlink",
    "truncate",
    "unlink",
}

WRITING_FLAGS = {"O_APPEND", "O_CREAT", "O_RDWR", "O_TRUNC", "O_WRONLY"}

# The contract's id in pyproject.toml, the module that misbehaves, what it imports.
BAD_IMPORTS = [
    ("floors", "errors.py", "import dicomkit.notes"),
    ("floors", "limits.py", "import dicomkit.transforms"),
    ("floors", "transforms/__init__.py", "import dicomkit.dataset"),
    ("floors", "transforms/__init__.py", "from dicomkit import render"),
    ("floors", "display/__init__.py", "import dicomkit.fileset"),
    ("floors", "fileset/__init__.py", "import dicomkit.export"),
    ("floors", "export/__init__.py", "import dicomkit.__main__"),
    ("floors", "volume/__init__.py", "import dicomkit.export"),
    ("floors", "fileset/__init__.py", "import dicomkit.volume"),
    ("floors", "stacking/__init__.py", "import dicomkit.image"),
    ("floors", "dataset/__init__.py", "import dicomkit.stacking"),
    ("floors", "cli/__init__.py", "import dicomkit.__main__"),
    ("floors", "cli/__init__.py", "import dicomkit.typing"),
    ("floors", "typing.py", "import dicomkit.__main__"),
    ("floors", "streams/__init__.py", "import dicomkit.dataset"),
    ("floors", "dataset/__init__.py", "import dicomkit.image"),
    ("floors", "image/__init__.py", "import dicomkit.display"),
    ("floors", "image/__init__.py", "import dicomkit.regions"),
    ("floors", "regions/__init__.py", "import dicomkit.display"),
    ("floors", "html/__init__.py", "import dicomkit.transforms"),
    ("floors", "on_no_floor.py", "import os"),
    ("dataset", "dataset/elements/__init__.py", "import dicomkit.dataset.files"),
    ("dataset", "dataset/files/__init__.py", "import dicomkit.dataset.modules"),
    ("dataset", "dataset/modules/__init__.py", "import dicomkit.dataset.metadata"),
    ("dataset", "dataset/on_no_floor.py", "import os"),
    ("streams", "streams/__init__.py", "import pydicom.uid"),
    ("streams", "streams/__init__.py", "from pathlib import Path"),
    ("export", "export/writing/__init__.py", "import dicomkit.export.naming"),
    ("export", "export/work/__init__.py", "import dicomkit.export.bookkeeping"),
    ("export", "export/workers/__init__.py", "import dicomkit.export.job"),
    ("pure-transforms", "transforms/__init__.py", "import pydicom.dataset"),
    ("pure-transforms", "transforms/__init__.py", "from pathlib import Path"),
    ("pure-transforms", "transforms/bad.py", "import PIL.Image"),
    ("bare-ground", "errors.py", "import numpy"),
    ("bare-ground", "limits.py", "import pydicom"),
    ("pillow", "fileset/__init__.py", "from PIL import Image"),
    ("writers", "dataset/__init__.py", "import tempfile"),
    ("writers", "volume/__init__.py", "import shutil"),
    ("pillow", "volume/__init__.py", "import PIL.Image"),
]


def modules_outside_dataset() -> list[Path]:
    return [
        module
        for pattern in (*ABOVE_DATASET, *BELOW_DATASET)
        for found in sorted(PACKAGE.glob(pattern))
        for module in (sorted(found.rglob("*.py")) if found.is_dir() else [found])
    ]


def modules_that_only_read() -> list[Path]:
    export = PACKAGE / "export"
    return [path for path in sorted(PACKAGE.rglob("*.py")) if export not in path.parents]


def short(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def is_type_checking(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def runtime_nodes(source: str) -> Iterator[ast.AST]:
    """Walk what runs, the inside of ``if TYPE_CHECKING`` left out."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        yield node
        if not is_type_checking(node):
            waiting.extend(ast.iter_child_nodes(node))


def is_pydicom(module: str) -> bool:
    # The names of UIDs are the standard's constants; they say nothing of a dataset.
    return module.split(".", maxsplit=1)[0] == "pydicom" and module != "pydicom.uid"


def pydicom_imports(source: str) -> list[int]:
    lines = []
    for node in runtime_nodes(source):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        lines += [node.lineno for name in names if is_pydicom(name)]
    return lines


def is_tag(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr=keyword):
            return keyword in ATTRIBUTES
        case ast.Constant(value=str(keyword)):
            return keyword in KEYWORDS
        case ast.Constant(value=int(tag)):
            return tag > 0xFFFF and dictionary_has_tag(tag)
        case ast.Subscript(value=ast.Name(id="Literal")):
            return False
        case ast.Subscript(
            slice=ast.Tuple(elts=[ast.Constant(value=int(group)), ast.Constant(value=int(element))])
        ):
            return group > 1 and dictionary_has_tag(group << 16 | element)
        case _:
            return False


def tag_uses(source: str) -> list[int]:
    return [
        node.lineno for node in runtime_nodes(source) if isinstance(node, ast.expr) and is_tag(node)
    ]


def writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in WRITING_FLAGS
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if isinstance(called, ast.Attribute) and ast.unparse(called.value) == "os":
        return name in WRITING_OS_FUNCTIONS
    if name in WRITING_METHODS:
        return True
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    modes = [value.value for value in arguments if isinstance(value, ast.Constant)]
    return name in {"open", "fdopen"} and any(
        isinstance(mode, str) and set(mode) <= set("rwaxbt+") and set(mode) & set("wax+")
        for mode in modes
    )


def writing_calls(source: str) -> list[int]:
    return [
        node.lineno for node in runtime_nodes(source) if isinstance(node, ast.expr) and writes(node)
    ]


def lint_imports(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
            *options,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    shutil.copytree(
        PACKAGE, tmp_path / "src" / "dicomkit", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept(copied_package: Path) -> None:
    done = lint_imports(copied_package)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "module", "line"), BAD_IMPORTS)
def test_a_bad_import_breaks_its_contract(
    copied_package: Path, contract: str, module: str, line: str
) -> None:
    with (copied_package / "src" / "dicomkit" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(copied_package, "--contract", contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "0 kept, 1 broken" in done.stdout or "Missing layer" in done.stdout + done.stderr


@pytest.mark.parametrize("module", modules_outside_dataset(), ids=short)
def test_pydicom_stays_in_dataset(module: Path) -> None:
    assert pydicom_imports(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", modules_outside_dataset(), ids=short)
def test_tags_stay_in_dataset(module: Path) -> None:
    assert tag_uses(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "module",
    modules_that_only_read(),
    ids=short,
)
def test_writing_stays_in_export(module: Path) -> None:
    assert writing_calls(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import pydicom",
        "import pydicom.tag as t",
        "def f():\n    from pydicom.dataset import Dataset",
    ],
)
def test_a_runtime_import_of_pydicom_is_seen(line: str) -> None:
    assert pydicom_imports(line)


@pytest.mark.parametrize(
    "line",
    ["if TYPE_CHECKING:\n    from pydicom.dataset import Dataset", "from pydicom.uid import UID"],
)
def test_types_and_uids_of_pydicom_are_no_offence(line: str) -> None:
    assert pydicom_imports(line) == []


@pytest.mark.parametrize(
    "line",
    ["ds.WindowCenter", "text(ds, 'PatientID')", "ds[0x0028, 0x1050]", "ds[0x00281050]"],
)
def test_a_tag_is_seen(line: str) -> None:
    assert tag_uses(line)


@pytest.mark.parametrize(
    "line",
    ["image[0, 1]", "Literal[8, 16]", "()", "''", "identity.patient_id", "'patient'", "f(3, 4)"],
)
def test_plain_python_is_no_tag(line: str) -> None:
    assert tag_uses(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "open(p, 'w')",
        "path.open('xb')",
        "open(p, mode='r+b')",
        "path.write_bytes(b'')",
        "os.replace(a, b)",
        "os.open(p, os.O_WRONLY | os.O_CREAT)",
        "os.makedirs(p)",
        "image.save(p)",
    ],
)
def test_a_writing_call_is_seen(line: str) -> None:
    assert writing_calls(line)


@pytest.mark.parametrize(
    "line", ["open(p, 'rb')", "os.open(p, os.O_RDONLY)", "path.open()", "name.replace('a', 'b')"]
)
def test_reading_is_no_writing(line: str) -> None:
    assert writing_calls(line) == []


def test_importing_dicomkit_imports_no_extra() -> None:
    code = f"import dicomkit, sys; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
