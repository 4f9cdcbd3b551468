"""What a file could say to a browser that trusts it."""

from __future__ import annotations

from typing import Final

HOSTILE: Final = {
    "script": "<script>window.fired = true</script>",
    "image": "<img src=x onerror='window.fired = true'>",
    "attribute": "\"'><svg onload=window.fired=true>",
    "way out": "</script></style></table></div><script>window.fired = true</script>",
    "entity": "&lt;script&gt;window.fired = true&lt;/script&gt;",
    "1 MB": "x" * 1_000_000,
    "control": "\x00\x1b[2J\u202e\u2028\r\n\x9b",
}
