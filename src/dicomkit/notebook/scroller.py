"""The widget of `scroll`; only here are ipywidgets imported."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from ipywidgets import HTML, Dropdown, GridBox, HBox, Image, IntSlider, Layout, VBox

from dicomkit.display.png import encode_png
from dicomkit.errors import DicomKitError
from dicomkit.notebook.canvas import png_of
from dicomkit.notebook.marks import measured_place, scale_length
from dicomkit.notebook.sequences import Shown

if TYPE_CHECKING:
    from dicomkit.notebook.sequences import Frames

__all__ = ["make_scroller"]

# The longer side of the picture on the screen.
_PIXELS = 512
_LETTER = (
    "color:#fff;font:bold 15px sans-serif;text-shadow:0 0 3px #000,0 0 3px #000,0 0 3px #000;"
    "padding:0 6px"
)
_LETTERS = {"left": "left", "right": "right", "top": "center", "bottom": "center"}
_NOTHING = np.zeros((1, 1), np.uint8)
_MUTED = "opacity:.7;font-size:85%"


def make_scroller(frames: Frames) -> VBox:
    """Make a slider through frames, with their windows in a list."""
    return _Scroller(frames)


# Private, because ipywidgets says no types, and a base without any is none that users can rely on.
class _Scroller(VBox):
    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        # A wrong window is the caller's mistake, and no frame's.
        frames.window(frames.first_window)
        self._middle = len(frames) // 2
        self._picture = Image(format="png", layout=_everywhere(margin="0"))
        self._marks = {
            place: HTML(layout=_everywhere(align_self=align, margin="0"))
            for place, align in (
                ("left", "center"),
                ("right", "center"),
                ("top", "flex-start"),
                ("bottom", "flex-end"),
                ("scale", "flex-end"),
                ("error", "center"),
            )
        }
        self._caption = HTML()
        self._stage = GridBox(
            [self._picture, *self._marks.values()],
            layout=Layout(grid_template_areas='"all"', overflow="hidden"),
        )
        self._slider = IntSlider(
            value=self._middle,
            max=len(frames) - 1,
            description=frames.kind,
            disabled=len(frames) == 1,
            layout=Layout(width="420px"),
        )
        self._windows = Dropdown(
            options=[(label, number) for number, (label, _) in enumerate(frames.windows)],
            value=frames.first_window if frames.windows else None,
            description="window",
            layout=Layout(width="300px"),
        )
        self._slider.observe(self._draw, "value")
        self._windows.observe(self._choose, "value")
        controls = [self._slider, self._windows] if frames.windows else [self._slider]
        bar = HBox(controls, layout=Layout(flex_flow="row wrap"))
        super().__init__([bar, self._stage, self._caption])
        # While the widget is there, the picture that is left without it is not needed twice.
        style = f"<style>#{self._still_id}{{display:none}}</style>"
        self.children = (*self.children, HTML(style, layout=Layout(display="none")))
        self._draw()

    def __repr__(self) -> str:
        """Say where it is."""
        return f"<Scroller: {self._frames.kind} {self._slider.value} of {len(self._frames)}>"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display({"text/html": self._still(), "text/plain": repr(self)}, raw=True)
        display(self._repr_mimebundle_(), raw=True)

    @property
    def _still_id(self) -> str:
        return f"dicomkit-still-{self.model_id}"

    def _still(self) -> str:
        """Draw the middle frame as HTML that needs no widget."""
        try:
            shown, said = self._at(self._middle)
        except DicomKitError as error:
            drawn = escape(f"{self._frames.kind} {self._middle}: {error.code}")
        else:
            data = base64.b64encode(png_of(shown.draw(said))).decode("ascii")
            drawn = f'<img alt="" src="data:image/png;base64,{data}">'
        return f'<div id="{self._still_id}">{drawn}</div>'

    def _at(self, index: int) -> tuple[Shown, str]:
        """Make a frame through the window that is chosen, and say what it is."""
        window = self._frames.window(self._windows.value or 0)
        shown = self._frames.shown(index, window)
        said = " | ".join(map(str, window)) if isinstance(window, tuple) else str(window or "")
        return shown, " \N{MIDDLE DOT} ".join(filter(None, (shown.name, shown.place, said)))

    def _choose(self, _change: Any) -> None:  # noqa: ANN401 - as traitlets calls it
        """Draw with another window, for which all frames may have to be looked at."""
        self._say("looking at every frame for this window")
        self._draw()

    def _draw(self, _change: Any = None) -> None:  # noqa: ANN401 - as traitlets calls it
        """Show the frame that the slider is at."""
        index = self._slider.value
        try:
            shown, said = self._at(index)
        except Exception as error:
            # Nothing of another frame may stand where this one cannot.
            self._show(Shown(_NOTHING, "", "", None, None))
            known = error if isinstance(error, DicomKitError) else DicomKitError("unforeseen")
            self._marks["error"].value = _mark(known.code, "center")
            self._say(f"{self._frames.kind} {index} of {len(self._frames)}: {known.message}")
            if known is not error:
                raise
        else:
            self._show(shown)
            self._say(said)

    def _show(self, shown: Shown) -> None:
        rows, columns = shown.picture.shape[:2]
        zoom = _PIXELS / max(rows, columns)
        width, height = (max(round(side * zoom), 1) for side in (columns, rows))
        self._stage.layout.grid_template_columns = self._picture.layout.width = f"{width}px"
        self._stage.layout.grid_template_rows = self._picture.layout.height = f"{height}px"
        self._picture.value = encode_png(shown.picture)
        for place, align in _LETTERS.items():
            letter = (shown.letters and getattr(shown.letters, place)) or ""
            self._marks[place].value = _mark(letter, align)
        self._marks["scale"].value = _scale(shown, width)
        self._marks["error"].value = ""

    def _say(self, said: str) -> None:
        lines = [f"<div>{escape(said)}</div>"]
        if self._frames.said:
            lines.append(f'<div style="{_MUTED}">{escape(self._frames.said)}</div>')
        self._caption.value = "".join(lines)


def _everywhere(**layout: str) -> Layout:
    return Layout(grid_area="all", **layout)


def _mark(text: str, align: str) -> str:
    return f'<div style="{_LETTER};text-align:{align}">{escape(text)}</div>'


def _scale(shown: Shown, width: int) -> str:
    """Draw a line that is so many millimetres long."""
    length = None if shown.width is None else scale_length(shown.width)
    if shown.width is None or length is None:
        return ""
    place = measured_place(shown.measured_at)
    pixels = round(length / shown.width * width)
    line = f"width:{pixels}px;height:2px;background:#fff;box-shadow:0 0 2px #000;margin:0 0 8px 6px"
    return (
        f'<div style="{_LETTER};font-size:12px">{length:g} mm{escape(place)}</div>'
        f'<div style="{line}"></div>'
    )
