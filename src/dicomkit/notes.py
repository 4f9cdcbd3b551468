"""What was noticed on the way to a result that is still right to use."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Note"]


@dataclass(frozen=True, slots=True)
class Note:
    """One fallback taken or fault met, as data.

    Parameters
    ----------
    code : str
        A short stable word, such as ``"window_ignored"``.
    message : str
        One sentence for a person. It never holds the value of an identifying element.

    Examples
    --------
    >>> print(Note("window_ignored", "view 0 has a width of 0"))
    window_ignored: view 0 has a width of 0
    """

    code: str
    message: str

    def __str__(self) -> str:
        """Give the code, then the sentence."""
        return f"{self.code}: {self.message}"
