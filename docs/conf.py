"""Sphinx's configuration. Nothing here, nor in any page, needs the network."""

from __future__ import annotations

import re
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

from sphinx.pycode import ModuleAnalyzer
from sphinx.util.inspect import TypeAliasForwardRef
from sphinx.util.nodes import make_refnode

import dicomkit.typing

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx

project = "dicomkit"
author = "the dicomkit developers"
project_copyright = "the dicomkit developers"
version = release = installed_version("dicomkit")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# A page whose code fails is a failed build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
# Widgets need scripts from elsewhere: a page shows what a saved notebook shows without them.
nb_ipywidgets_js = {}

# Types are shown by the names that can be imported, not by what these stand for.
TYPES = dicomkit.typing.__all__
autodoc_type_aliases = {name: f"dicomkit.typing.{name}" for name in TYPES}
# Sphinx shows the name of an alias, but in a union that of its own class around it.
TypeAliasForwardRef.__repr__ = lambda alias: alias.name
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
numpydoc_show_class_members = False
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True

html_theme = "pydata_sphinx_theme"
html_title = f"dicomkit {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_sidebars = {"**": []}  # the pages have no sections that a sidebar could list
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
}


def show_signature(
    _app: Sphinx, what: str, _name: str, obj: object, _options: object, arguments: str, result: str
) -> tuple[str, str] | None:
    """Name types as users import them; how a value is made is no matter where nobody makes one."""
    if what not in ("class", "exception", "function", "method"):
        return None
    if what in ("class", "exception") and "Parameters\n" not in (obj.__doc__ or ""):
        return "", ""
    if what == "function":
        # One signature says what the overloads say.
        analyzer = ModuleAnalyzer.for_module(obj.__module__)
        analyzer.analyze()
        analyzer.overloads.clear()
    known = re.compile(rf"(?<![\w.])({'|'.join(TYPES)})(?!\w)")
    arguments = (arguments or "").replace(repr(dicomkit.Limits()), "Limits()")
    return known.sub(r"dicomkit.typing.\1", arguments), known.sub(
        r"dicomkit.typing.\1", result or ""
    )


def link_type(
    app: Sphinx, _env: object, node: pending_xref, text: nodes.TextElement
) -> nodes.reference | None:
    """Link a type without an entry of its own to the list of all types."""
    if not node.get("reftarget", "").startswith("dicomkit.typing."):
        return None
    return make_refnode(app.builder, node["refdoc"], "reference", "types", text)


def setup(app: Sphinx) -> None:
    """Connect what is above."""
    app.connect("autodoc-process-signature", show_signature)
    app.connect("missing-reference", link_type)
