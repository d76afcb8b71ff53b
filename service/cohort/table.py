"""A cohort as a table, one row for each measure of each group."""

import csv
from io import StringIO
from typing import Final

from service.documents.cohort import CohortDocument, CohortGroupDocument, CohortMeasureDocument
from service.reports.series_csv import harmless

_HEADER: Final = (
    "protocol",
    "subjects",
    "measurand",
    "side",
    "unit",
    "n",
    "median",
    "first_quartile",
    "third_quartile",
    "increased",
    "decreased",
    "detectable",
    "detectable_share",
    "share_low",
    "share_high",
    "expected_by_chance",
    "mean",
    "mean_low",
    "mean_high",
    "between_subject_sd",
    "between_subject_sd_low",
    "between_subject_sd_high",
)


def cohort_csv(document: CohortDocument) -> str:
    """The table as CSV; a group that is too small to be shown has one row that says how many subjects are missing."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow(_HEADER)
    for group in (document.whole, *document.kinds):
        if group.missing:
            table.writerow((_named(group), group.subjects, f"{group.missing} more subjects are needed"))
        table.writerows(_row(group, one) for one in group.measurands)
    return text.getvalue()


def _named(group: CohortGroupDocument) -> str:
    return harmless(group.kind or "all")


def _row(group: CohortGroupDocument, one: CohortMeasureDocument) -> tuple[str | float, ...]:
    return (
        _named(group),
        group.subjects,
        one.measurand,
        one.side or "face",
        one.unit,
        one.n,
        one.median,
        *one.quartiles,
        one.increased.count,
        one.decreased.count,
        one.either.count,
        one.either.share,
        *one.either.ci95,
        one.expected_by_chance.either,
        one.mean,
        *one.mean_ci95,
        one.between_subject_sd,
        *one.between_subject_sd_ci95,
    )
