"""Sphinx's configuration. Nothing here, nor in any page, needs the network."""

from __future__ import annotations

from importlib.metadata import version as installed_version

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

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # numpydoc's Parameters name the types, with shapes and units
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "dicomkit"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_sidebars = {"**": []}  # the pages have no sections that a sidebar could list
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
}
