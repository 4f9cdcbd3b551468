"""What a presentation state draws over a picture: overlays, figures, texts (PS3.3 C.10.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import PIL.ImageDraw

from dicomkit.dataset.modules.graphics import Layer
from dicomkit.dataset.modules.references import applies
from dicomkit.display.lettering import drawable, write
from dicomkit.errors import LimitError
from dicomkit.image.overlays import bitmap_plane, laid_over, read_overlays
from dicomkit.notes import Note
from dicomkit.transforms.curves import circle, clipped, ellipse, interpolated
from dicomkit.transforms.shutter import level, polygon_mask

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.dataset.modules.graphics import AnnotationUnits, Figure, TextObject
    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.display.options import PictureOptions
    from dicomkit.display.pipeline import Picture
    from dicomkit.display.resizing import Placing
    from dicomkit.image.image import Image

__all__ = ["Drawing", "Sheet", "draw_on"]

# What all graphics of a picture may cost, in pixels that are painted or looked at: so many, and
# more for each pixel of a larger picture. A sheet without anything on it takes a part of them.
_MOST_PAINTED, _FOR_A_PIXEL, _OF_A_SHEET = 1 << 26, 8, 16
# What it takes to begin a figure, and a line in it, in as many pixels.
_LEAST, _OF_A_POINT = 1 << 12, 1 << 6
# Pixels that are painted at once.
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What is drawn in one layer.

    Attributes
    ----------
    value : int
        What in, as a P-Value.
    masks : tuple of numpy.ndarray of uint8
        Overlays, where they come to lie in the picture: 0 or 255.
    figures : tuple of Figure
    texts : tuple of TextObject
    """

    value: int
    masks: tuple[npt.NDArray[np.uint8], ...]
    figures: tuple[Figure, ...]
    texts: tuple[TextObject, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """All layers of a picture, the lowest first.

    Attributes
    ----------
    sheets : tuple of Sheet
    shape : (int, int)
        Rows and columns of the image as it is stored, which points in pixels refer to.
    placing : tuple of CutOut, Turn or Enlargement
        Where its pixels come to lie in the picture.
    """

    sheets: tuple[Sheet, ...]
    shape: tuple[int, int]
    placing: tuple[Placing, ...]

    def __call__(self, picture: Picture) -> Picture:
        """Draw on a picture, shape (rows, columns[, 3]).

        Raises
        ------
        LimitError
            There is more to be drawn than any reader would look at.
        """
        drawn = picture.copy()
        budget = _MOST_PAINTED + _FOR_A_PIXEL * (picture.shape[0] * picture.shape[1])
        for sheet in self.sheets:
            budget -= (picture.shape[0] * picture.shape[1]) // _OF_A_SHEET
            canvas = PIL.Image.new("L", (picture.shape[1], picture.shape[0]))
            brush = PIL.ImageDraw.Draw(canvas)
            for figure in sheet.figures:
                budget -= self._draw(figure, canvas, brush)
                _check(budget)
            for text in sheet.texts:
                budget -= self._write(text, canvas, brush)
                _check(budget)
            for mask in sheet.masks:
                canvas.paste(255, (0, 0), PIL.Image.fromarray(mask))
            box = canvas.getbbox()
            if box is not None:
                left, top, right, bottom = box
                covered = np.asarray(canvas.crop(box), np.uint8)
                part = drawn[top:bottom, left:right]
                _paint(part, covered, level(sheet.value, picture.dtype))
        return drawn

    def _draw(self, figure: Figure, canvas: PIL.Image.Image, brush: PIL.ImageDraw.ImageDraw) -> int:
        points = self._placed(figure.points, figure.units, canvas.size)
        if figure.kind == "POINT":
            # One pixel would hardly be seen.
            x, y = points[0]
            arms = ([[x - 1, y], [x + 1, y]], [[x, y - 1], [x, y + 1]])
            return sum(_join(np.array(arm), canvas.size, brush) for arm in arms)
        if figure.kind == "CIRCLE":
            outline = circle(points[0], points[1])
        elif figure.kind == "ELLIPSE":
            outline = ellipse(points)
        else:
            outline = interpolated(points) if figure.kind == "INTERPOLATED" else points
        cost = _join(outline, canvas.size, brush)
        return cost + (_fill(outline, canvas) if figure.filled else 0)

    def _write(
        self, text: TextObject, canvas: PIL.Image.Image, brush: PIL.ImageDraw.ImageDraw
    ) -> int:
        box = anchor = None
        if text.box is not None:
            corners = np.array(text.box).reshape(2, 2)
            placed = self._placed(corners, text.box_units, canvas.size)
            # Letters stand upright, however the image was turned.
            box = np.concatenate([placed.min(axis=0), placed.max(axis=0)])
        if text.anchor is not None:
            anchor = self._placed(np.array([text.anchor]), text.anchor_units, canvas.size)[0]
        cost = 0
        if box is not None and anchor is not None and text.anchor_visible:
            nearest = np.clip(anchor, box[:2], box[2:])
            cost = _join(np.array([nearest, anchor]), canvas.size, brush)
        return cost + write(text, box, anchor, canvas.size, brush)

    def _placed(
        self, points: npt.NDArray[np.float64], units: AnnotationUnits, size: tuple[int, int]
    ) -> npt.NDArray[np.float64]:
        """Say where points lie in the picture: x and y from its upper left corner."""
        if units == "DISPLAY":
            return points * size
        shape = self.shape
        for one in self.placing:
            points, shape = one.points(points, shape), one.shape(shape)
        return points

    def __str__(self) -> str:
        """Count what is drawn, and quote nothing of it."""
        return _counted(
            sum(len(sheet.masks) for sheet in self.sheets),
            sum(len(sheet.figures) for sheet in self.sheets),
            sum(len(sheet.texts) for sheet in self.sheets),
        )


def draw_on(
    image: Image,
    frame: int,
    options: PictureOptions,
    notes: list[Note],
    *,
    uid: str,
    placing: tuple[Placing, ...],
) -> Drawing | None:
    """Gather what a state draws over a frame, as far as it is asked for; None for nothing."""
    state = options.presentation
    assert state is not None  # noqa: S101 - whoever calls this has looked
    mine = [one for one in state.graphics if applies(one.references, uid, frame)]
    if not (options.graphics or options.overlays):
        figures, texts = sum(len(one.figures) for one in mine), sum(len(one.texts) for one in mine)
        if figures or texts or state.overlays:
            counted = _counted(len(state.overlays), figures, texts)
            message = f"the presentation state has {counted}: graphics=True draws them"
            notes.append(Note("graphics_not_drawn", message))
        return None
    masks = _masks(image, frame, state, placing, notes)
    mine = mine if options.graphics else []
    named = {layer.name: layer for layer in reversed(state.layers)}
    used = {*masks, *(one.layer for one in mine)}
    layers = [layer for layer in state.layers if layer is named[layer.name]]
    if not used <= named.keys():
        message = "a graphic layer that is drawn in is not defined: drawn last, in white"
        notes.append(Note("layer_missing", message))
        layers += [Layer(name, 0) for name in sorted(used - named.keys())]
    sheets = []
    for layer in layers:
        inside = [one for one in mine if one.layer == layer.name]
        sheet = Sheet(
            layer.value,
            tuple(masks.get(layer.name, ())),
            tuple(figure for one in inside for figure in one.figures),
            tuple(text for one in inside for text in one.texts),
        )
        if sheet.masks or sheet.figures or sheet.texts:
            sheets.append(sheet)
    if any(not drawable(text.text) for sheet in sheets for text in sheet.texts):
        message = "a text has letters that there is no font for: others stand in their place"
        notes.append(Note("letters_missing", message))
    shape = image.description.rows, image.description.columns
    return Drawing(tuple(sheets), shape, placing) if sheets else None


def _masks(
    image: Image,
    frame: int,
    state: PresentationState,
    placing: tuple[Placing, ...],
    notes: list[Note],
) -> dict[str, list[npt.NDArray[np.uint8]]]:
    """Find the overlays that are to be drawn, by layer: the state's own before the image's."""
    shape = image.description.rows, image.description.columns
    own = {bitmap.group for bitmap in state.bitmaps}
    theirs = {}
    if any(one.group not in own for one in state.overlays):
        found, _ = read_overlays(image, frame)
        theirs = {overlay.group: overlay for overlay in found}
    masks: dict[str, list[npt.NDArray[np.uint8]]] = {}
    for one in state.overlays:
        if one.group in own:
            mask = bitmap_plane(state.bitmaps, one.group, image, frame)
        else:
            overlay = theirs.get(one.group)
            mask = None if overlay is None else laid_over(overlay, frame, shape)
        if mask is None:
            message = f"overlay group {one.group:04X} is to be drawn, but is not there, or broken"
            notes.append(Note("overlay_ignored", message))
            continue
        placed = mask.astype(np.uint8) * 255
        for step in placing:
            placed = step(placed).astype(np.uint8, copy=False)
        masks.setdefault(one.layer, []).append(placed)
    return masks


def _join(
    points: npt.NDArray[np.float64], size: tuple[int, int], brush: PIL.ImageDraw.ImageDraw
) -> int:
    """Draw lines, one pixel wide, through the pixels that points lie in; give what it costs."""
    lines = np.floor(clipped(points, size)).astype(int)
    long = int(np.abs(lines[:, 0] - lines[:, 1]).max(axis=1).sum()) if len(lines) else 0
    cost = _LEAST + _OF_A_POINT * len(points) + long
    if cost <= _MOST_PAINTED:
        for line in lines.reshape(-1, 4).tolist():
            brush.line(line, fill=255)
    return cost


def _fill(outline: npt.NDArray[np.float64], canvas: PIL.Image.Image) -> int:
    """Paint the pixels whose centres lie in an outline; give what it costs."""
    low = np.clip(np.floor(outline.min(axis=0)), 0, canvas.size).astype(int)
    high = np.clip(np.ceil(outline.max(axis=0)), 0, canvas.size).astype(int)
    columns, rows = (high - low).tolist()
    if columns and rows:
        # The centre of a pixel lies half a pixel from its corner.
        mask = polygon_mask(outline - low - 0.5, (rows, columns))
        painted = PIL.Image.fromarray(mask.astype(np.uint8) * 255)
        canvas.paste(255, (*low.tolist(), *high.tolist()), painted)
    return int(columns * rows) + len(outline)


def _paint(picture: Picture, coverage: npt.NDArray[np.uint8], value: int) -> None:
    """Paint a grey level over a picture, as far as it is covered: 0 is not at all, 255 wholly."""
    height = max(_BLOCK // max(picture.shape[1], 1), 1)
    for top in range(0, len(picture), height):
        part, cover = picture[top : top + height], coverage[top : top + height]
        rows, columns = np.nonzero(cover)
        share = cover[rows, columns] / 255
        if picture.ndim > coverage.ndim:
            share = share[:, np.newaxis]
        below = part[rows, columns].astype(np.float64)
        part[rows, columns] = np.rint(below + share * (value - below))


def _check(budget: int) -> None:
    if budget < 0:
        msg = "the presentation state draws more than a picture could show; leave out its graphics"
        raise LimitError(msg)


def _counted(overlays: int, figures: int, texts: int) -> str:
    counts = ((overlays, "overlay"), (figures, "figure"), (texts, "text"))
    said = [f"{n} {what}" + ("" if n == 1 else "s") for n, what in counts if n]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
