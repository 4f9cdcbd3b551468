"""The whole exam on paper, before a single picture is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dicomkit.export.report import ExportEntry

__all__ = ["Plan", "Planned"]


class Planned(NamedTuple):
    """One instance and the name that its pictures will have.

    Parameters
    ----------
    source : str
        Its file, relative to the source, with ``/`` between the parts.
    sop_instance_uid : str
        As the source states it; empty if it does not.
    stem : str
        The name below the output folder, without frame number and suffix.
    """

    source: str
    sop_instance_uid: str
    stem: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be exported, and what will not.

    Parameters
    ----------
    source : str
        What was asked for, as an absolute path without links.
    root : str
        The absolute folder that sources are relative to.
    instances : tuple of Planned
        What will be tried.
    others : tuple of ExportEntry
        Everything else that was found.
    """

    source: str
    root: str
    instances: tuple[Planned, ...]
    others: tuple[ExportEntry, ...]
