"""A tree of folds with a search box: no network, and nothing that a file says is markup.

Folding is the browser's own. The search box needs the script, which notebooks leave out
where they do not trust the page; it stays hidden then. Classes have a prefix: pages bring style
sheets of their own, and Bootstrap's `row` and `vr` are something else.
"""

from __future__ import annotations

from typing import Final

from dicomkit.html.markup import escaped

__all__ = ["FOLD_END", "item_fold", "row", "row_fold", "tree"]

FOLD_END: Final = "</details>"
_STYLE: Final = r"""
.dicomkit-tree {color: inherit; line-height: 1.45; font-size: 90%; container-type: inline-size}
.dicomkit-tree input {font: inherit; color: inherit; background: transparent; padding: .2em .5em;
  border: 1px solid rgba(128,128,128,.6); border-radius: 4px; width: 20em; max-width: 90%}
.dicomkit-tree .dk-found {opacity: .7; margin-left: .7em}
.dicomkit-tree .dk-rows {max-height: 36em; overflow-y: auto; margin-top: .3em}
.dicomkit-tree .dk-row {display: grid; align-items: baseline; gap: .8em;
  padding: .1em .3em .1em 1.4em;
  grid-template-columns: 7.2em 1.8em minmax(0, 19em) minmax(0, 1fr)}
.dicomkit-tree .dk-row > * {overflow-wrap: anywhere}
@container (max-width: 42em) {
  .dicomkit-tree .dk-row {grid-template-columns: 7.2em 1.8em minmax(0, 1fr); row-gap: 0}
  .dicomkit-tree .dk-value {grid-column: 3}
}
.dicomkit-tree .dk-row:hover {background: rgba(128,128,128,.15)}
.dicomkit-tree .dk-tag, .dicomkit-tree .dk-vr {font-family: monospace; opacity: .7}
.dicomkit-tree .dk-broken {text-decoration: underline wavy; text-underline-offset: .2em}
.dicomkit-tree summary {cursor: pointer; list-style: none; position: relative}
.dicomkit-tree summary::-webkit-details-marker {display: none}
.dicomkit-tree summary::before {content: "\25B8"; position: absolute; left: .3em; opacity: .7}
.dicomkit-tree details[open] > summary::before {content: "\25BE"}
.dicomkit-tree .dk-item > summary {padding-left: 1.4em}
.dicomkit-tree details > div, .dicomkit-tree details > details
  {margin-left: 1.3em; border-left: 1px solid rgba(128,128,128,.45); padding-left: .4em}
.dicomkit-tree [hidden] {display: none}
"""
# Rows that match stay, with what they are folded in and what is folded in them.
_SCRIPT: Final = """
for (const tree of document.querySelectorAll(".dicomkit-tree:not([data-ready])")) {
  tree.dataset.ready = "";
  const box = tree.querySelector("input"), found = tree.querySelector(".dk-found");
  const rows = [...tree.querySelectorAll(".dk-row")], folds = [...tree.querySelectorAll("details")];
  const texts = rows.map(row => (row.textContent + " " + row.title).toLowerCase());
  box.parentElement.hidden = false;
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase(), searching = wanted !== "";
    const matches = rows.filter((row, index) => texts[index].includes(wanted));
    for (const part of [...rows, ...folds]) part.hidden = true;
    for (const fold of folds) fold.open = searching || fold.classList.contains("dk-item");
    for (const row of matches) {
      row.hidden = false;
      if (row.parentElement.matches("summary"))
        for (const part of row.closest("details").querySelectorAll(".dk-row, details"))
          part.hidden = false;
      for (let fold = row.closest("details"); fold; fold = fold.parentElement.closest("details")) {
        fold.hidden = false;
        for (const part of fold.querySelectorAll(":scope > summary > .dk-row")) part.hidden = false;
      }
    }
    found.textContent = searching ? matches.length + " found" : "";
  });
}
"""


def row(tag: str, vr: str, label: str, value: str, *, title: str, broken: bool) -> str:
    """Give one row of cells; all of it is text."""
    kind = "dk-value dk-broken" if broken else "dk-value"
    return (
        f'<div class="dk-row" title="{escaped(title)}">'
        f'<span class="dk-tag">{escaped(tag)}</span>'
        f'<span class="dk-vr">{escaped(vr)}</span>'
        f"<span>{escaped(label)}</span>"
        f'<span class="{kind}">{escaped(value)}</span></div>'
    )


def row_fold(shown: str) -> str:
    """Begin what is folded behind a row, to be ended by `FOLD_END`."""
    return f"<details><summary>{shown}</summary>"


def item_fold(index: int) -> str:
    """Begin the unfolded rows of an item, to be ended by `FOLD_END`."""
    return f'<details class="dk-item" open><summary>[{index}]</summary>'


def tree(rows: str) -> str:
    """Give the whole, with style, script and search box."""
    return (
        f'<div class="dicomkit-tree"><style>{_STYLE}</style>'
        '<div hidden><input type="search" placeholder="Search elements" '
        'aria-label="Search elements"><span class="dk-found" role="status"></span></div>'
        f'<div class="dk-rows">{rows}</div>'
        f"<script>{_SCRIPT}</script></div>"
    )
