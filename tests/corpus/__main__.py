"""Writes the table of what every real file gives anew: python -m tests.corpus."""

from __future__ import annotations

import sys

from tests.corpus.table import lines, write_table

if __name__ == "__main__":
    write_table(lines())
    sys.exit(0)
