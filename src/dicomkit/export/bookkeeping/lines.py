"""The manifest's lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["encode_line", "read_lines"]

# Far above any line of ours.
_MOST_BYTES: Final = 1 << 20


def encode_line(content: Mapping[str, object]) -> bytes:
    r"""Make a line of a manifest.

    Parameters
    ----------
    content : mapping
        Anything that JSON can hold.

    Returns
    -------
    bytes
        ASCII, with a line feed at its end and nowhere else.

    Examples
    --------
    >>> encode_line({"frame": 0})
    b'{"frame":0}\n'
    """
    return json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n"


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    r"""Read a manifest from its start, as far as its lines are whole.

    Parameters
    ----------
    file : binary stream
        The manifest.

    Yields
    ------
    offset : int
        Where the line starts.
    line : bytes
        The line.
    content : dict
        What it says. Lines that were torn, or written by something else, are left out.

    Examples
    --------
    >>> import io
    >>> [content for _, _, content in read_lines(io.BytesIO(b'{"frame":0}\n{"fra'))]
    [{'frame': 0}]
    """
    file.seek(0)
    offset = 0
    while line := file.readline(_MOST_BYTES):
        content = _content(line)
        if content is not None:
            yield offset, line, content
        offset += len(line)


def _content(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and line.endswith(b"\n") else None
