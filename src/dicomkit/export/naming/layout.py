"""Where a picture goes: a template of folders and a file name, filled from an identity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from dicomkit.export.writing.encoding import FORMATS
from dicomkit.export.writing.film import FILMS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT_LAYOUT", "LAYOUT_FIELDS", "VOLUME_LAYOUT", "Layout", "Part", "parse_layout"]

DEFAULT_LAYOUT = "{patient_id}/{study_date}/{series_number}/{instance_number}"

VOLUME_LAYOUT = "{patient_id}/{study_date}/{series_number}"
"""Where a volume goes: what it was made of is more than one instance."""

LAYOUT_FIELDS = (
    "patient_id",
    "study_date",
    "study_id",
    "study_instance_uid",
    "modality",
    "series_number",
    "series_description",
    "series_instance_uid",
    "instance_number",
    "sop_instance_uid",
    "relative_path",
)
"""What a layout may name: each is the attribute of the same name in the standard, but for the
path of the source's file below the source."""

RELATIVE_PATH = "relative_path"
_NUMBERS = ("series_number", "instance_number")
# What a person calls a series; two of them may share it.
_SERIES = frozenset(("series_number", "series_description"))
_WIDTH = re.compile(r"0?([1-9]\d?)", re.ASCII)

_LITERAL = re.compile(r"[A-Za-z0-9._-]*")


class Part(NamedTuple):
    """One folder's or file's name before it is made safe.

    Parameters
    ----------
    text : str
        The template's text with the values in it.
    key : str
        The values alone, so that ``a_b`` and ``c`` differ from ``a`` and ``b_c``.
    """

    text: str
    key: str


class _Piece(NamedTuple):
    literal: str
    field: str | None
    width: int = 0

    def fill(self, values: Mapping[str, str]) -> str:
        value = "" if self.field is None else normalize("NFC", values[self.field])
        return value.zfill(self.width) if value else ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A checked template.

    Parameters
    ----------
    levels : tuple
        For each folder and at last the file, the pieces of its name.
    """

    levels: tuple[tuple[_Piece, ...], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the template names and an identity has, each once, in order."""
        names = (piece.field for pieces in self.levels for piece in pieces)
        wanted = (name for name in names if name is not None and name != RELATIVE_PATH)
        return tuple(dict.fromkeys(wanted))

    @property
    def keeps_paths(self) -> bool:
        """Whether the last part is the source's own path."""
        return self.levels[-1][0].field == RELATIVE_PATH

    @property
    def series_level(self) -> int | None:
        """The folder that stands for a series though another may share its name, or None."""
        folders = [{piece.field for piece in pieces} for pieces in self.levels[:-1]]
        if any("series_instance_uid" in fields for fields in folders):
            return None
        return max(
            (level for level, fields in enumerate(folders) if fields & _SERIES), default=None
        )

    def part(self, level: int, values: Mapping[str, str]) -> Part:
        """Fill one level.

        Parameters
        ----------
        level : int
            0 for the outermost folder; -1 for the file.
        values : mapping of str to str
            A value for each of `fields`.

        Returns
        -------
        Part
            The name before it is made safe.

        Examples
        --------
        >>> layout = parse_layout("{patient_id}/series-{series_number}")
        >>> layout.part(-1, {"patient_id": "A", "series_number": "4"}).text
        'series-4'
        """
        pieces = self.levels[level]
        filled = [piece.fill(values) for piece in pieces]
        text = "".join(piece.literal + value for piece, value in zip(pieces, filled, strict=True))
        variable = [value for piece, value in zip(pieces, filled, strict=True) if piece.field]
        if len(variable) == 1:
            return Part(text, variable[0])
        return Part(text, "".join(f"{len(value)}:{value}" for value in variable))


def parse_layout(template: str) -> Layout:
    """Check a template and take it apart.

    Parameters
    ----------
    template : str
        Folders and a file name without suffix, parted by ``/``. Each is text of
        letters, digits, ``.``, ``_`` and ``-``, and fields in braces: `LAYOUT_FIELDS`. A
        number may have a width, ``{instance_number:04}``. ``{relative_path}`` stands alone at
        the end, and brings its folders along.

    Returns
    -------
    Layout
        The template, ready to be filled.

    Raises
    ------
    ValueError
        If it names an unknown field, leaves a part empty, could leave the output
        folder, ends in a picture's suffix, or uses any other format specification.

    Examples
    --------
    >>> parse_layout("{modality}/{sop_instance_uid}").fields
    ('modality', 'sop_instance_uid')
    """
    levels: list[list[_Piece]] = [[]]
    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        msg = f"layout {template!r}: {error}"
        raise ValueError(msg) from None
    for literal, field, specification, conversion in parsed:
        *folders, last = literal.split("/")
        for folder in folders:
            levels[-1].append(_Piece(folder, None))
            levels.append([])
        width = _checked_width(template, field, specification or "", conversion)
        levels[-1].append(_Piece(last, field, width))
    for pieces in levels:
        _check_level(template, pieces)
    fields = [piece.field for pieces in levels for piece in pieces]
    if RELATIVE_PATH in fields and [piece for piece in levels[-1] if any(piece)] != [
        _Piece("", RELATIVE_PATH)
    ]:
        msg = f"layout {template!r}: {{{RELATIVE_PATH}}} stands alone behind the last '/'"
        raise ValueError(msg)
    ending = levels[-1][-1]
    if ending.field is None and ending.literal.lower().endswith((*FORMATS, *FILMS)):
        msg = f"layout {template!r}: leave out the suffix; the format adds it"
        raise ValueError(msg)
    return Layout(tuple(tuple(pieces) for pieces in levels))


def _checked_width(
    template: str, field: str | None, specification: str, conversion: str | None
) -> int:
    if field is None:
        return 0
    if field not in LAYOUT_FIELDS:
        msg = f"layout {template!r}: unknown field {field!r}; use {', '.join(LAYOUT_FIELDS)}"
        raise ValueError(msg)
    width = _WIDTH.fullmatch(specification)
    if conversion or (specification and (width is None or field not in _NUMBERS)):
        msg = (
            f"layout {template!r}: write {{{field}}} without a conversion or format; "
            f"{' and '.join(_NUMBERS)} may have a width, such as {{{_NUMBERS[-1]}:04}}"
        )
        raise ValueError(msg)
    return int(width[1]) if width else 0


def _check_level(template: str, pieces: list[_Piece]) -> None:
    literals = "".join(piece.literal for piece in pieces)
    fixed = all(piece.field is None for piece in pieces)
    if fixed and not literals.strip("."):
        msg = f"layout {template!r}: a folder or file name is missing between slashes"
        raise ValueError(msg)
    if not _LITERAL.fullmatch(literals):
        msg = f"layout {template!r}: its own text may hold letters, digits, '.', '_' and '-' only"
        raise ValueError(msg)
