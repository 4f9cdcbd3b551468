"""Pictures for people: figures of datasets, for a notebook or a file. Needs the extra `plot`.

Every function gives a matplotlib `Figure`, draws into axes that it is handed, and leaves
pyplot and its global state alone; but `scroll`, which gives a widget and needs the extra `widgets`.
"""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    _message = "dicomkit.notebook draws with matplotlib: pip install 'dicomkit[plot]'"
    raise ImportError(_message, name="matplotlib")

from dicomkit.notebook.comparison import compare
from dicomkit.notebook.montages import montage
from dicomkit.notebook.pictures import show, show_windows
from dicomkit.notebook.planes import planes
from dicomkit.notebook.scrolling import scroll
from dicomkit.notebook.steps import show_steps

__all__ = ["compare", "montage", "planes", "scroll", "show", "show_steps", "show_windows"]
