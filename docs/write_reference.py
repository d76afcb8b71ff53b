"""Writes the reference pages from the catalogues that the code itself reads: `make docs`."""

import sys
from pathlib import Path

from models.measurand import MEASURANDS, Family, Measurand
from models.quality import FLAGS, FlagEntry, Weight

DOCS = Path(__file__).parent
WRITTEN = "<!-- Written by `make docs` from the code's own catalogue; change it there. -->"

WEIGHTS = {
    Weight.REFUSES: "There is no measurement at all.",
    Weight.RETAKE: "The photo should be taken again; what the flag stops is not assessable.",
    Weight.ADVISORY: "Worth knowing; the interval carries its cost.",
}


def measurand_section(measurand: Measurand) -> str:
    """One measurand: what it is, how exactly it is measured, and from where the definition comes."""
    unit = f"{measurand.unit}"
    if measurand.change_unit != measurand.unit:
        unit += f" in one photo, {measurand.change_unit} in a pair"
    sides = "left and right, the subject's" if measurand.sided else "once for the face"
    return f"""### {measurand.name}

`{measurand.code}` · {unit} · {sides}

{measurand.what}

{measurand.definition}

Positive: {measurand.increase_means}. Negative: {measurand.decrease_means}.

Source: {measurand.source}.
"""


def measurands_page() -> str:
    """All measurands, by family."""
    parts = [f"# What is measured\n\n{WRITTEN}\n"]
    for family in Family:
        parts.append(f"## {family}\n")
        parts += [measurand_section(m) for m in MEASURANDS.values() if m.family is family]
    return "\n".join(parts)


def flag_row(flag: FlagEntry) -> str:
    """One flag as a row: what is said, what to do, what it stops."""
    stops = (
        "everything" if set(flag.stops) == set(MEASURANDS) else ", ".join(f"`{code}`" for code in sorted(flag.stops))
    )
    says = flag.says.format(value="*n*", limit="*limit*", shown="*what*")
    return f"| `{flag.code}` | {says} | {flag.remedy} | {stops or 'nothing'} |"


def flags_page() -> str:
    """All flags, by what they do."""
    parts = [f"# Reasons that a photo or a pair can be given\n\n{WRITTEN}\n"]
    for weight, meaning in WEIGHTS.items():
        rows = [flag_row(flag) for flag in FLAGS.values() if flag.weight is weight]
        parts.append(f"## {weight.capitalize()}\n\n{meaning}\n\n| code | says | what to do | stops |")
        parts.append("| --- | --- | --- | --- |")
        parts += [*rows, ""]
    return "\n".join(parts)


PAGES = {"measurands.md": measurands_page, "flags.md": flags_page}


def main() -> int:
    """Write the pages that differ."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
