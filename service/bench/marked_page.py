"""Tables written into pages of the documentation, each at the place that the page marks for it.

A page marks a table's place by a line ``<!-- KIND: NAME -->`` and its end by ``<!-- end -->``; what stands between is
written anew, everything else stays. A table that the page does not mark is left out, and a place for which the run has
no table keeps its old one: so each part of a page is renewed by its own command.
"""

import re
from collections.abc import Mapping
from pathlib import Path


def write_marked(page: Path, kind: str, tables: Mapping[str, str]) -> None:
    """Write ``tables`` into ``page`` where it marks their places; a page without marks becomes the tables alone."""
    mark = re.compile(rf"(<!-- {kind}: (?P<name>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)
    old = page.read_text(encoding="utf-8") if page.is_file() else ""
    if mark.search(old) is None:
        whole = (f"## {name}\n\n{table}" for name, table in tables.items())
        page.write_text("\n".join(whole), encoding="utf-8")
    else:
        page.write_text(mark.sub(lambda found: _renewed(found, tables), old), encoding="utf-8")


def _renewed(mark: re.Match[str], tables: Mapping[str, str]) -> str:
    table = tables.get(mark["name"])
    return mark[0] if table is None else f"{mark[1]}\n{table}\n{mark[3]}"
