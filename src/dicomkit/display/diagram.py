"""A pipeline as a small diagram of its steps, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.html.markup import LINE, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.display.pipeline import DisplayPipeline, Step
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["diagram"]

_WIDTH, _HEIGHT = 120, 48
_POINTS = 64
_COLORS = ("#d62728", "#2ca02c", "#1f77b4")
_BOX = f"border:{LINE};border-radius:6px;padding:.5em .8em;max-width:17em"
_ARROW = '<div aria-hidden="true" style="opacity:.6">\N{RIGHTWARDS ARROW}</div>'
_MUTED = "opacity:.7;font-size:85%"


def diagram(pipeline: DisplayPipeline) -> str:
    """Draw a box for each step, with a curve of what it does where that can be known.

    A curve shows the part of the possible values that the step tells apart.
    """
    stored = (
        ""
        if pipeline.stored_range is None
        else "{} \N{HORIZONTAL ELLIPSIS} {}".format(*pipeline.stored_range)
    )
    boxes = [_box("Stored values", "", stored, "")]
    boxes += [
        _box(step.role, curve, str(step.transform), step.source)
        for step, curve in zip(pipeline.steps, _curves(pipeline), strict=True)
    ]
    boxes += [_box(step.role, "", str(step.transform), step.source) for step in pipeline.placing]
    notes = "".join(f"<li>{escaped(note)}</li>" for note in pipeline.notes)
    listed = f'<ul style="{_MUTED};margin:.5em 0 0">{notes}</ul>' if notes else ""
    return (
        '<div class="dicomkit-pipeline" style="color:inherit;line-height:1.4">'
        '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.5em">'
        f"{_ARROW.join(boxes)}</div>{listed}</div>"
    )


def _box(role: str, curve: str, parameters: str, source: str) -> str:
    said = f'<div style="{_MUTED}">{escaped(source)}</div>' if source else ""
    return (
        f'<div style="{_BOX}"><div style="font-weight:bold">{escaped(role)}</div>'
        f"{curve}<div>{escaped(parameters)}</div>{said}</div>"
    )


def _curves(pipeline: DisplayPipeline) -> Iterator[str]:
    """Draw what each step makes of the values that the steps before it can give."""
    if pipeline.stored_range is None:
        yield from ("" for _ in pipeline.steps)
        return
    low, high = pipeline.stored_range
    values: AnyArray = np.arange(low, high + 1)
    for step in pipeline.steps:
        yield _curve(step, values) if values.ndim == 1 else ""
        values = step(values)


def _curve(step: Step, values: AnyArray) -> str:
    known = np.unique(values[np.isfinite(values)])
    if not known.size:
        return ""
    results = np.asarray(step(known), np.float64).reshape(len(known), -1)
    kept = np.isfinite(results).all(axis=1)
    known, results = known[kept], results[kept]
    changes = np.flatnonzero((np.diff(results, axis=0) != 0).any(axis=1))
    if not changes.size:
        return ""
    first, last = int(changes[0]), int(changes[-1]) + 1
    margin = (last - first) // 4 + 1
    shown = np.unique(
        np.linspace(max(first - margin, 0), min(last + margin, len(known) - 1), _POINTS).astype(int)
    )
    x, y = known[shown].astype(np.float64), results[shown]
    # What changes may lie between the points that are shown.
    down = _HEIGHT - 2 - (y - y.min()) / (np.ptp(y) or 1) * (_HEIGHT - 4)
    across = (x - x[0]) / (x[-1] - x[0]) * _WIDTH
    colors = ("currentColor",) if y.shape[1] == 1 else _COLORS
    lines = "".join(
        '<polyline fill="none" stroke-width="1.5" vector-effect="non-scaling-stroke"'
        f' stroke="{color}" points="{_points(across, column)}"/>'
        for color, column in zip(colors, down.T, strict=True)
    )
    return (
        f'<svg role="img" aria-label="curve" width="{_WIDTH}" height="{_HEIGHT}"'
        f' style="display:block;margin:.3em 0 0;border-bottom:{LINE}">{lines}</svg>'
        f'<div style="{_MUTED};display:flex;justify-content:space-between;width:{_WIDTH}px">'
        f"<span>{_short(x[0])}</span><span>{_short(x[-1])}</span></div>"
    )


def _points(across: AnyArray, down: AnyArray) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))


def _short(number: float) -> str:
    # Three decimals are more than a small curve can show.
    return f"{round(number, 3) + 0:g}"
