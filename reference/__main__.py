"""Write docs/fidelity.md from a fresh comparison."""

from __future__ import annotations

from reference.page import PAGE, write_page

write_page()
print(f"wrote {PAGE}")
