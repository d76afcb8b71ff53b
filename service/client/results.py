"""What is made of the photos: comparisons, series, studies, the cohort."""

from __future__ import annotations

from datetime import date

from service.client.calls import Calls, shapes


class ResultCalls(Calls):
    """What is made of the photos: comparisons, series, studies, the cohort."""

    def compare_photos(self, new: shapes.NewComparison, *, wait: float = 60) -> shapes.ComparisonAnswer:
        """Compare two photos, or two visits of several photos each."""
        return self._ask("POST", "/comparisons", shapes.ComparisonAnswer, body=new, query={"wait": wait})

    def list_comparisons(
        self, *, after: str | None = None, limit: int = 50, status: shapes.ComparisonStatus | None = None
    ) -> shapes.Page[shapes.ComparisonSummary]:
        """List the clinic's comparisons, or those with one status."""
        return self._ask(
            "GET",
            "/comparisons",
            shapes.Page[shapes.ComparisonSummary],
            query={"after": after, "limit": limit, "status": status},
        )

    def list_comparisons_of_subject(
        self,
        subject_id: str,
        *,
        after: str | None = None,
        limit: int = 50,
        status: shapes.ComparisonStatus | None = None,
    ) -> shapes.Page[shapes.ComparisonSummary]:
        """List a subject's comparisons, or those with one status."""
        return self._ask(
            "GET",
            f"/subjects/{subject_id}/comparisons",
            shapes.Page[shapes.ComparisonSummary],
            query={"after": after, "limit": limit, "status": status},
        )

    def get_comparison(self, comparison_id: str) -> shapes.ComparisonAnswer:
        """See a comparison."""
        return self._ask("GET", f"/comparisons/{comparison_id}", shapes.ComparisonAnswer)

    def get_report_pdf(self, comparison_id: str) -> bytes:
        """Get the report as a PDF, with both aligned photos."""
        return self._bytes("GET", f"/comparisons/{comparison_id}/report.pdf")

    def get_aligned(self, comparison_id: str, which: shapes.Which) -> bytes:
        """Get one of the two photos in the pair's common frame, without metadata."""
        return self._bytes("GET", f"/comparisons/{comparison_id}/aligned/{which}")

    def make_link(self, comparison_id: str, new: shapes.NewLink | None = None) -> shapes.LinkAnswer:
        """Make a link that shows this report, to whoever has it, for 12 hours unless told otherwise."""
        return self._ask("POST", f"/comparisons/{comparison_id}/link", shapes.LinkAnswer, body=new)

    def get_series(self, subject_id: str, *, course_id: str | None = None, wait: float = 0) -> shapes.SeriesAnswer:
        """See what a course did: every measurand over the visits, and what else may explain its changes."""
        return self._ask(
            "GET", f"/subjects/{subject_id}/series", shapes.SeriesAnswer, query={"course_id": course_id, "wait": wait}
        )

    def get_series_csv(self, subject_id: str, *, course_id: str | None = None, wait: float = 0) -> bytes:
        """Get the series as one table for a spreadsheet."""
        return self._bytes("GET", f"/subjects/{subject_id}/series.csv", query={"course_id": course_id, "wait": wait})

    def get_series_pdf(self, subject_id: str, *, course_id: str | None = None, wait: float = 0) -> bytes:
        """Get the series as a PDF, with the aligned photos."""
        return self._bytes(
            "GET", f"/subjects/{subject_id}/series/report.pdf", query={"course_id": course_id, "wait": wait}
        )

    def get_series_picture(
        self, subject_id: str, comparison_id: str, which: shapes.Which, *, course_id: str | None = None
    ) -> bytes:
        """Get a photo of the series in the frame of its reference, without metadata."""
        return self._bytes(
            "GET", f"/subjects/{subject_id}/series/pictures/{comparison_id}/{which}", query={"course_id": course_id}
        )

    def make_series_link(self, subject_id: str, new: shapes.NewSeriesLink | None = None) -> shapes.LinkAnswer:
        """Make a link that shows this series in a browser: report, pictures, comparisons, table and PDF."""
        return self._ask("POST", f"/subjects/{subject_id}/series/link", shapes.LinkAnswer, body=new)

    def list_due(
        self, *, until: date | None = None, after: str | None = None, limit: int = 50
    ) -> shapes.Page[shapes.DueAnswer]:
        """List the subjects whose next visit or maintenance is due or overdue, the most pressing first."""
        return self._ask(
            "GET", "/due", shapes.Page[shapes.DueAnswer], query={"until": until, "after": after, "limit": limit}
        )

    def make_study(self, new: shapes.NewStudy, *, wait: float = 0) -> shapes.StudyAnswer:
        """Find out how much photos of unchanged faces differ in this clinic."""
        return self._ask("POST", "/repeatability-studies", shapes.StudyAnswer, body=new, query={"wait": wait})

    def list_studies(self, *, after: str | None = None, limit: int = 50) -> shapes.Page[shapes.StudySummary]:
        """List the clinic's studies, withdrawn ones included."""
        return self._ask(
            "GET", "/repeatability-studies", shapes.Page[shapes.StudySummary], query={"after": after, "limit": limit}
        )

    def get_study(self, study_id: str) -> shapes.StudyAnswer:
        """See a study, and how much of it is still to come."""
        return self._ask("GET", f"/repeatability-studies/{study_id}", shapes.StudyAnswer)

    def withdraw_study(self, study_id: str) -> None:
        """Withdraw a study: no later comparison counts on it."""
        self._do("DELETE", f"/repeatability-studies/{study_id}")

    def get_cohort(
        self,
        *,
        kind: str | None = None,
        since: date | None = None,
        until: date | None = None,
        phase: shapes.Phase | None = None,
    ) -> shapes.CohortDocument:
        """See what courses changed over the clinic's subjects, without any of them being named."""
        return self._ask(
            "GET", "/cohort", shapes.CohortDocument, query={"kind": kind, "from": since, "until": until, "phase": phase}
        )

    def get_cohort_csv(
        self,
        *,
        kind: str | None = None,
        since: date | None = None,
        until: date | None = None,
        phase: shapes.Phase | None = None,
    ) -> bytes:
        """Get the cohort as one table for a spreadsheet."""
        return self._bytes("GET", "/cohort.csv", query={"kind": kind, "from": since, "until": until, "phase": phase})

    def make_cohort_link(self, new: shapes.NewCohortLink | None = None) -> shapes.LinkAnswer:
        """Make a link that shows the page of this choice in a browser, for 12 hours unless told otherwise."""
        return self._ask("POST", "/cohort/link", shapes.LinkAnswer, body=new)

    def get_comparison_as_fhir(self, comparison_id: str) -> bytes:
        """Get a comparison as FHIR R4B: a DiagnosticReport with an Observation for each change."""
        return self._bytes("GET", f"/comparisons/{comparison_id}/fhir")
