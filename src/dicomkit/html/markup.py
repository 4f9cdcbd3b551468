"""Small pieces of HTML for notebooks: no script, no network, at home on light and dark."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["LINE", "escaped", "printable", "table"]

# Of half transparent grey, lines can be seen on any page.
LINE = "1px solid rgba(128,128,128,.45)"
_CELL = "padding:.25em .7em;text-align:left;vertical-align:middle"
_LONGEST = 300


def printable(text: str) -> str:
    r"""Write what is not printable as escapes: it would steer the terminal, or turn the text.

    Examples
    --------
    >>> printable("a\x1b[2Jb\u202ec")
    'a\\x1b[2Jb\\u202ec'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def escaped(said: object) -> str:
    """Make what a file says harmless: no markup, no control characters, no endless text.

    Examples
    --------
    >>> escaped('<b onclick="x">')
    '&lt;b onclick=&quot;x&quot;&gt;'
    """
    text = str(said)
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "\N{HORIZONTAL ELLIPSIS}"
    return html.escape(printable(text))


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, numbers: int = 0
) -> str:
    """Lay out cells of HTML in a table; the last ``numbers`` columns are flush right.

    The header and the caption are text; the cells are HTML and have to be escaped.
    """
    align = ["text-align:left"] * (len(header) - numbers) + ["text-align:right"] * numbers
    head = "".join(
        f'<th scope="col" style="{_CELL};{side}">{escaped(cell)}</th>'
        for cell, side in zip(header, align, strict=True)
    )
    body = "".join(
        f'<tr style="border-top:{LINE};background:none">'
        + "".join(
            f'<td style="{_CELL};{side}">{cell}</td>' for cell, side in zip(row, align, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        '<div style="overflow-x:auto">'
        '<table style="border-collapse:collapse;margin:0;color:inherit;background:none">'
        f'<caption style="caption-side:top;color:inherit;white-space:nowrap;{_CELL}">'
        f"{escaped(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
