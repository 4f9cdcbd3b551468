"""A stack as a value."""

from __future__ import annotations

from tests.volumes import classic

import dicomkit as dk


def test_a_stack_shows_what_it_is() -> None:
    (stack,) = dk.stacks([classic(n, (0, 0, 3 * n)) for n in range(4)])
    assert repr(stack) == "<Stack: 4 slices; 4 x 5 x 7 voxels of 3 x 0.75 x 0.5 mm>"
    assert "They lie on one grid." in stack._repr_html_()
    assert stack.shape == (4, 5, 7)
    (single,) = dk.stacks(classic(1, (0, 0, 0), PixelSpacing=[0, 0]))
    assert repr(single) == "<Stack: 1 slice; no grid>"
    assert "unplaced" in single._repr_html_()


def test_its_key_tells_it_from_its_siblings() -> None:
    slices = [classic(10 * e + n, (0, 0, n), EchoTime=e) for e in (1, 2) for n in range(3)]
    first, second = dk.stacks(slices)
    assert repr(second).endswith("mm; echo time 2>")
    assert first != second
    assert first == dk.stacks(slices)[0]
