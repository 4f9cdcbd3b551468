"""Windows for CT by the tissue that they show, in Hounsfield units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

from dicomkit.transforms.window import Window

__all__ = ["WINDOWS", "Presets"]


class Presets(Mapping[str, Window]):
    """Windows by name, which nobody can change; `copy` and ``|`` give a dict that anyone can.

    Examples
    --------
    >>> presets = Presets({"brain": Window(40, 80)})
    >>> presets | {"orbit": Window(50, 350)}  # doctest: +NORMALIZE_WHITESPACE
    {'brain': Window(center=40, width=80, function='LINEAR'),
     'orbit': Window(center=50, width=350, function='LINEAR')}
    """

    __slots__ = ("_windows",)

    def __init__(self, windows: Mapping[str, Window]) -> None:
        self._windows = dict(windows)

    def __getitem__(self, name: str, /) -> Window:
        """Give the window of a name."""
        return self._windows[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._windows)

    def __reversed__(self) -> Iterator[str]:
        """Give the names from the last to the first."""
        return reversed(self._windows)

    def __len__(self) -> int:
        """Count the windows."""
        return len(self._windows)

    def copy(self) -> dict[str, Window]:
        """Give a dict of them."""
        return self._windows.copy()

    def __or__(self, other: Mapping[str, Window]) -> dict[str, Window]:
        """Give a dict of them and of others."""
        return {**self, **other}

    def __ror__(self, other: Mapping[str, Window]) -> dict[str, Window]:
        """Give a dict of others and of them."""
        return {**other, **self}

    def __ior__(self, other: object) -> NoReturn:
        """Refuse to be changed."""
        msg = "these windows cannot be changed; | gives a dict of them and of your own"
        raise TypeError(msg)

    def __reduce__(self) -> tuple[type[Presets], tuple[dict[str, Window]]]:
        """Travel as what it holds."""
        return Presets, (self._windows,)

    def __repr__(self) -> str:
        """Name them."""
        return f"<windows: {', '.join(self)}>"


# No standard fixes these: they are the values in common clinical use.
WINDOWS = Presets(
    {
        "abdomen": Window(50, 400),
        "angio": Window(300, 600),
        "bone": Window(400, 1800),
        "brain": Window(40, 80),
        "liver": Window(30, 150),
        "lung": Window(-600, 1500),
        "mediastinum": Window(50, 350),
        "soft_tissue": Window(40, 400),
        "spine": Window(50, 250),
        "stroke": Window(40, 40),
        "subdural": Window(75, 215),
        "temporal_bone": Window(600, 2800),
    }
)
