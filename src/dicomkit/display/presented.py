"""What a presentation state makes of a frame: its values, and where its pixels lie (PS3.4 N.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from dicomkit.dataset.modules.geometry import MOST_OBLONG, pixel_spacing
from dicomkit.dataset.modules.modality import ModalityStep
from dicomkit.dataset.modules.presentation_state import SOURCE
from dicomkit.dataset.modules.references import applies, instance_uid
from dicomkit.dataset.modules.voi import VoiOption
from dicomkit.display.pipeline import Role, Step
from dicomkit.display.resizing import Enlargement, Placing
from dicomkit.errors import LimitError, UnsupportedError
from dicomkit.image.overlays import bitmap_plane
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.placement import CutOut, Turn
from dicomkit.transforms.ranges import window_between
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.shutter import Occlusion

if TYPE_CHECKING:
    from dicomkit.dataset.modules.displayed_area import DisplayedArea
    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.display.options import PictureOptions
    from dicomkit.image.gray import GrayFrame
    from dicomkit.image.image import Image
    from dicomkit.transforms.window import Window

__all__ = ["Presented", "present"]


_MOST_MAGNIFIED = 8.0
_WORD = 1 << 16
_ROLES: Final[dict[type[Placing], Role]] = {CutOut: "Area", Turn: "Rotation", Enlargement: "Size"}


@dataclass(frozen=True, slots=True, eq=False)
class Presented:
    """A presentation state, applied to one frame.

    Attributes
    ----------
    gray : GrayFrame
        What the state says of the frame's values, in place of the file.
    polarity : tuple of Step
        The Presentation step; none where the view stays as it is.
    steps : tuple of Step
        What it does with the picture as a whole.
    notes : tuple of Note
    """

    gray: GrayFrame
    polarity: tuple[Step, ...]
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]


def present(
    image: Image, frame: int, state: PresentationState, options: PictureOptions
) -> Presented:
    """Find what a state decides of a frame.

    Raises
    ------
    ValueError
        The state is not for this frame.
    UnsupportedError
        The image is in colour, or of floating point.
    LimitError
        The displayed area is too large.
    """
    uid = instance_uid(image.dataset)
    if uid is None or not state.covers(uid, frame):
        of = "" if len(image) == 1 else f"frame {frame} of "
        msg = f"the presentation state does not reference {of}this image"
        raise ValueError(msg)
    if not image.is_gray or image.description.kind != "integer":
        msg = "a presentation state is for greyscale images of whole numbers"
        raise UnsupportedError(msg)
    notes = [*state.notes]
    gray = _gray(image, frame, state, uid, notes)
    area = next((one for one in state.areas if applies(one.references, uid, frame)), None)
    placing = _placing(
        image, frame, options, notes, turn=Turn(state.rotation, state.flip), area=area
    )
    steps = [Step(_ROLES[type(one)], one, SOURCE) for one in placing]
    hidden = _occlusion(image, frame, state, notes)
    if hidden is not None:
        steps.insert(0, Step("Shutter", hidden, SOURCE))
    if state.graphics or state.overlays:
        from dicomkit.display.drawing import draw_on

        drawing = draw_on(image, frame, options, notes, uid=uid, placing=placing)
        steps += [] if drawing is None else [Step("Graphics", drawing, SOURCE)]
    shape = state.presentation
    polarity = () if shape is None else (Step("Presentation", shape, SOURCE),)
    return Presented(gray, polarity, tuple(steps), tuple(dict.fromkeys(notes)))


def _gray(
    image: Image, frame: int, state: PresentationState, uid: str, notes: list[Note]
) -> GrayFrame:
    """Say of the frame's values what the state says; what it leaves out is identity (N.2)."""
    described = image.description
    modality = state.modality
    if isinstance(modality, LookupTable) and described.signed:
        modality = _signed_table(modality)
    low, high = _reach(modality, described.stored_range)
    units = modality.units if isinstance(modality, Rescale) else None
    voi = next((one for one in state.voi if applies(one.references, uid, frame)), None)
    options = () if voi is None else voi.options
    if voi is not None:
        notes.extend(voi.notes)
    if low < 0:
        options = tuple(replace(one, window=_signed(one.window)) for one in options)
    if not options:
        of = "of the stored type" if modality is None else "that the Modality step can give"
        identity = VoiOption(window_between(low, high), None, f"{SOURCE} has none: the range {of}")
        options = (identity,)
    return replace(
        image.gray(frame),
        modality=ModalityStep(modality, SOURCE, units, for_display=True, notes=()),
        options=options,
        stated=None,
        is_label_map=False,
        notes=described.notes,
    )


def _reach(modality: Rescale | LookupTable | None, stored: tuple[int, int]) -> tuple[float, float]:
    if isinstance(modality, LookupTable):
        return 0.0, float(modality.maximum)
    ends = np.array(stored, np.float64)
    if modality is not None:
        # A slope that is out of this world leaves float32.
        most = float(np.finfo(np.float32).max)
        ends = np.clip(modality(ends), -most, most).astype(np.float64)
    return float(ends.min()), float(ends.max())


def _signed(window: Window | LookupTable) -> Window | LookupTable:
    return _signed_table(window) if isinstance(window, LookupTable) else window


def _signed_table(table: LookupTable) -> LookupTable:
    """Read a table's first input as a signed word: the state does not say what its image does."""
    if table.first < _WORD // 2:
        return table
    return LookupTable(table.first - _WORD, table.entries, table.bits)


def _occlusion(
    image: Image, frame: int, state: PresentationState, notes: list[Note]
) -> Occlusion | None:
    shutter = state.shutter
    if shutter is None:
        return None
    bitmap = None
    if shutter.overlay is not None:
        bitmap = bitmap_plane(state.bitmaps, shutter.overlay, image, frame)
        if bitmap is None:
            message = "the bitmap that a shutter names is not there, or broken: left out"
            notes.append(Note("shutter_ignored", message))
            if not shutter.shapes:
                return None
    spacing = pixel_spacing(image.dataset, frame)
    aspect = (spacing and spacing.aspect) or 1.0
    return Occlusion(shutter.shapes, bitmap, shutter.value, aspect)


def _placing(
    image: Image,
    frame: int,
    options: PictureOptions,
    notes: list[Note],
    *,
    turn: Turn,
    area: DisplayedArea | None,
) -> tuple[Placing, ...]:
    shape = image.description.rows, image.description.columns
    placing: list[Placing] = []
    magnified = 1.0
    if area is not None:
        placing.append(CutOut(area.left, area.top, area.right, area.bottom))
        if area.mode == "MAGNIFY":
            magnified = min(area.magnification, _MOST_MAGNIFIED)
            if magnified != area.magnification:
                message = f"a magnification of more than {_MOST_MAGNIFIED:g}: that is drawn"
                notes.append(Note("magnification_limited", message))
        else:
            message = f"{area.mode} depends on a display: drawn one pixel to one"
            notes.append(Note("size_not_applied", message))
    if turn.rotation or turn.flip:
        placing.append(turn)
    down, across = magnified, magnified
    if options.square:
        # The shape of pixels is that of the unrotated image.
        ratio = _stretch(image, frame, area, notes)
        ratio = 1 / ratio if turn.rotation % 180 else ratio
        down, across = magnified * max(ratio, 1), magnified * max(1 / ratio, 1)
    samples = 3 if isinstance(options.window, tuple) else 1
    size = samples * options.bits // 8
    for one in placing:
        shape = one.shape(shape)
        _check_size(shape, size, image, frame)
    if (down, across) != (1, 1):
        enlarged = round(shape[0] * down) or 1, round(shape[1] * across) or 1
        _check_size(enlarged, size, image, frame)
        placing.append(Enlargement(*enlarged))
    return tuple(placing)


def _stretch(image: Image, frame: int, area: DisplayedArea | None, notes: list[Note]) -> float:
    """Give a pixel's height in widths, by the state where it says so."""
    ratio = None if area is None else area.aspect
    if ratio is None:
        spacing = pixel_spacing(image.dataset, frame)
        if spacing is None:
            notes.append(Note("spacing_unknown", "no pixel spacing: pixels taken as square"))
            return 1.0
        ratio = spacing.aspect
    if ratio is None or not 1 / MOST_OBLONG <= ratio <= MOST_OBLONG:
        msg = f"no pixel is {MOST_OBLONG} times as long as wide: leave them as they are"
        raise LimitError(msg, frame=frame)
    return ratio


def _check_size(shape: tuple[int, int], size: int, image: Image, frame: int) -> None:
    if shape[0] * shape[1] * size > image.limits.frame_bytes:
        msg = (
            "the displayed area is larger than the limit allows; pass a larger "
            "Limits(frame_bytes=...) or another presentation state"
        )
        raise LimitError(msg, frame=frame)
