"""Writes the reference pages from the catalogues that the code itself reads: `make docs`."""

import sys
from pathlib import Path

from models.confounder import CONFOUNDERS, ConfounderEffect, ConfounderEntry
from models.measurand import MEASURANDS, Family, Measurand
from models.quality import FLAGS, FlagEntry, Weight

DOCS = Path(__file__).parent
WRITTEN = "<!-- Written by `make docs` from the code's own catalogue; change it there. -->"

WEIGHTS = {
    Weight.REFUSES: "There is no measurement at all.",
    Weight.RETAKE: "The photo should be taken again; what the flag stops is not assessable.",
    Weight.ADVISORY: "Worth knowing; the interval carries its cost.",
}

CONFOUNDER_EFFECTS = {
    ConfounderEffect.SPLITS: "It changes the face by itself and for long: the course's effect is told from the photos "
    "before it alone, where it acts.",
    ConfounderEffect.LEAVES_OUT: "It spoils the photos of its days, which are left out where it acts.",
    ConfounderEffect.MARKS: "It may explain part of a change: the series goes on, and every page says so.",
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


def confounder_row(entry: ConfounderEntry) -> str:
    """One confounder as a row: what it does, on what, and for how long."""
    acts_on = "everything" if entry.acts_on == frozenset(Family) else ", ".join(sorted(entry.acts_on))
    lasting = "until it is said to have ended" if entry.lasting_days is None else f"{entry.lasting_days} days"
    lasting = "that day" if entry.lasting_days == 0 else lasting
    return f"| `{entry.kind}` | {entry.says} | {acts_on} | {entry.settling_days} days | {lasting} | {entry.source} |"


def confounders_page() -> str:
    """All confounders, by what they do to a series."""
    parts = [f"# What else may explain a change\n\n{WRITTEN}\n"]
    for effect, meaning in CONFOUNDER_EFFECTS.items():
        parts.append(f"## {effect.replace('_', ' ').capitalize()}\n\n{meaning}\n")
        parts.append(
            "| kind | what it does | acts on | settles in | lasts | source |\n| --- | --- | --- | --- | --- | --- |"
        )
        parts += [*(confounder_row(one) for one in CONFOUNDERS.values() if one.effect is effect), ""]
    return "\n".join(parts)


PAGES = {"measurands.md": measurands_page, "flags.md": flags_page, "confounders.md": confounders_page}


def main() -> int:
    """Write the pages that differ."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
