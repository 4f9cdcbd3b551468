"""What a bad file is to its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Case", "Noted", "refused"]


@dataclass(frozen=True, slots=True)
class Case:
    """A file that must be refused.

    Attributes
    ----------
    name : str
        What is wrong with it.
    make : callable
        Gives its bytes.
    code : str
        The code of the error that reading and showing it must raise.
    """

    name: str
    make: Callable[[], bytes]
    code: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A file whose fault has one sure remedy.

    Attributes
    ----------
    name : str
        What is wrong with it.
    make : callable
        Gives its bytes.
    note : str
        The code of a note that comes with its picture; empty where the fault is none.
    like : callable
        Gives a sound file that has the same picture.
    """

    name: str
    make: Callable[[], bytes]
    note: str
    like: Callable[[], bytes]


def refused(code: str, files: Mapping[str, Callable[[], bytes]]) -> tuple[Case, ...]:
    """Make cases that share a code."""
    return tuple(Case(name, make, code) for name, make in files.items())
