"""Puts a software bill of materials (CycloneDX) into every wheel, as PEP 770 has it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["bill_of_materials", "get_build_hook"]

_SPEC_VERSION: Final = "1.6"
_REQUIREMENT: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?P<versions>[^;]*)")
# Extras of extras: they name the project itself.
_OWN: Final = "dicomkit"


def bill_of_materials(
    version: str, licence: str, required: Sequence[str], extras: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """List what a wheel of dicomkit needs.

    A wheel contains dicomkit's own code alone. What is installed beside it is for pip to choose:
    components have the versions that are allowed, none of their own.

    Parameters
    ----------
    version, licence : str
        dicomkit's.
    required : sequence of str
        Requirements as in the project's metadata (PEP 508).
    extras : mapping of str to sequence of str
        Those of each extra.

    Returns
    -------
    dict
        The bill, ready for `json.dumps`: the same for the same arguments.
    """
    components = {name: _component(name, text, "required") for name, text in _named(required)}
    for requirements in extras.values():
        for name, text in _named(requirements):
            components.setdefault(name, _component(name, text, "optional"))
    own = f"pkg:pypi/{_OWN}@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": _SPEC_VERSION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": own,
                "name": _OWN,
                "version": version,
                "purl": own,
                "licenses": [{"license": {"id": licence}}],
            }
        },
        "components": [components[name] for name in sorted(components)],
        "dependencies": [
            {"ref": own, "dependsOn": [f"pkg:pypi/{name}" for name in sorted(components)]}
        ],
    }


def _named(requirements: Sequence[str]) -> list[tuple[str, str]]:
    """Give the normalised name (PEP 503) and the versions of each requirement of others."""
    found = []
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match is None:
            raise ValueError(requirement)
        name = re.sub(r"[-_.]+", "-", match["name"]).lower()
        if name != _OWN:
            found.append((name, match["versions"].strip()))
    return found


def _component(name: str, versions: str, scope: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "purl": purl,
        "scope": scope,
        "properties": [{"name": "dicomkit:versions", "value": versions or "any"}],
    }


def get_build_hook() -> type:
    """Give hatchling the class that it calls while it builds a wheel."""
    # hatchling is there while a wheel is built, only.
    interface: Any = import_module("hatchling.builders.hooks.plugin.interface")
    members = {"PLUGIN_NAME": "custom", "initialize": _add_bill, "finalize": _clean_up}
    return type("BillHook", (interface.BuildHookInterface,), members)


def _add_bill(hook: Any, _version: str, build_data: dict[str, Any]) -> None:  # noqa: ANN401
    """Write the bill, and have hatchling put it beside the wheel's metadata."""
    core = hook.metadata.core
    bill = bill_of_materials(
        hook.metadata.version,
        core.license_expression,
        core.dependencies,
        core.optional_dependencies,
    )
    hook.folder = tempfile.mkdtemp()
    path = Path(hook.folder, "dicomkit.cdx.json")
    path.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    build_data["sbom_files"].append(str(path))


def _clean_up(hook: Any, _version: str, _build_data: dict[str, Any], _path: str) -> None:  # noqa: ANN401
    shutil.rmtree(hook.folder, ignore_errors=True)
