"""Presentation states of an exam: each is one more picture of what it references."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.presentation_state import is_state_class, presentation_state
from dicomkit.errors import DicomKitError
from dicomkit.export.bookkeeping.report import ExportEntry
from dicomkit.export.naming.names import Planned, state_stem
from dicomkit.fileset.instances import stored_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dicomkit.fileset.instances import Instance
    from dicomkit.limits import Limits

__all__ = ["plan_states"]


def plan_states(
    states: Mapping[str, Instance], planned: Sequence[Planned], limits: Limits
) -> tuple[tuple[Planned, ...], list[ExportEntry]]:
    """Put in the place of presentation states the pictures that they are, and name each.

    Parameters
    ----------
    states : mapping of str to Instance
        By their source, in any order: those of an image are numbered in that of their series
        and instances. Others than presentation states, of whatever kind, stay as planned.
    planned : sequence of Planned
        All of the exam's instances.
    limits : Limits
        For reading the states.

    Returns
    -------
    planned : tuple of Planned
        The other instances, and one for each image that a state references.
    unused : list of ExportEntry
        States that cannot be drawn, or reference nothing that is there.
    """
    states = {one: two for one, two in states.items() if is_state_class(two.sop_class_uid)}
    images = [one for one in planned if one.source not in states]
    by_uid: dict[str, list[Planned]] = {}
    for image in images:
        by_uid.setdefault(image.sop_instance_uid, []).append(image)
    numbers: Counter[str] = Counter()
    pictures: list[Planned] = []
    others: list[ExportEntry] = []
    for source, instance in sorted(states.items(), key=_order):
        try:
            ds = read_dataset(stored_file(instance), limits=limits)
            references = presentation_state(ds).references
        except DicomKitError as error:
            others.append(ExportEntry(source, "failed", (), error.code, error.message))
            continue
        uids = dict.fromkeys(one.sop_instance_uid for one in references)
        found = [image for uid in uids for image in by_uid.get(uid, ())]
        for image in found:
            numbers[image.source] += 1
            stem = state_stem(image.stem, numbers[image.source])
            pictures.append(image._replace(stem=stem, notes=(), state=source, film=None))
        if not found:
            message = "none of the images that the presentation state references is here"
            others.append(ExportEntry(source, "skipped", (), "no_image", message))
    return (*images, *pictures), others


def _order(item: tuple[str, Instance]) -> tuple[float, float, str, str]:
    source, instance = item
    numbers = (instance.series_number, instance.instance_number)
    series, own = (float("inf") if number is None else number for number in numbers)
    return series, own, instance.sop_instance_uid or "", source
