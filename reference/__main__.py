"""Write docs/fidelity.md and docs/volumes-compared.md from a fresh comparison."""

from __future__ import annotations

from reference import volumes_page
from reference.page import PAGE, write_page

write_page()
print(f"wrote {PAGE}")
volumes_page.PAGE.write_text(volumes_page.page(), encoding="utf-8")
print(f"wrote {volumes_page.PAGE}")
