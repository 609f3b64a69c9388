"""Tables of a report in another order by a click on a head: the only script in the page, which is whole without it.

A number sorts by its value, which the cell carries (``data-v``), a text with the numbers in it read as such; what is
not known stays last. A third click brings the first order back. The page's policy names the script by its hash, so
that nothing else in it runs, whatever names a model brings.
"""

from __future__ import annotations

import base64
import hashlib

SCRIPT = """
"use strict";
function inOrder(values, down) {
  const known = [], unknown = [];
  values.forEach((value, place) => (value === null ? unknown : known).push(place));
  const compare = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true });
  known.sort((a, b) => (down ? -1 : 1) * compare(values[a], values[b]) || a - b);
  return known.concat(unknown);
}
document.querySelectorAll("table").forEach((table) => {
  const body = table.tBodies[0], rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const number = head.classList.contains("n"), button = document.createElement("button");
    button.textContent = head.textContent || "Name";
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const ways = number ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
      const way = ways[(ways.indexOf(head.getAttribute("aria-sort") || "none") + 1) % 3];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (way !== "none") head.setAttribute("aria-sort", way);
      const values = rows.map((row) => {
        const cell = row.cells[column];
        return number ? (cell.dataset.v === undefined ? null : Number(cell.dataset.v)) : cell.textContent;
      });
      const order = way === "none" ? rows.map((_, place) => place) : inOrder(values, way === "descending");
      body.append(...order.map((place) => rows[place]));
    });
  });
});
"""


def hash_of(script: str) -> str:
    """As a Content-Security-Policy names what may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
