"""Images from arrays, as the tests of pictures make them."""

from tests.display.conftest import grey, item

__all__ = ["grey", "item"]
