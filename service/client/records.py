"""Subjects, their courses, visits and confounders."""

from __future__ import annotations

from datetime import date

from service.client.calls import Calls, shapes


class RecordCalls(Calls):
    """Subjects, their courses, visits and confounders."""

    def make_subject(self, new: shapes.NewSubject) -> shapes.SubjectAnswer:
        """Make a subject."""
        return self._ask("POST", "/subjects", shapes.SubjectAnswer, body=new)

    def list_subjects(
        self, *, after: str | None = None, limit: int = 50, q: str | None = None
    ) -> shapes.Page[shapes.SubjectAnswer]:
        """List the clinic's subjects, or those whose reference contains `q`."""
        return self._ask(
            "GET", "/subjects", shapes.Page[shapes.SubjectAnswer], query={"after": after, "limit": limit, "q": q}
        )

    def get_subject(self, subject_id: str) -> shapes.SubjectAnswer:
        """See a subject."""
        return self._ask("GET", f"/subjects/{subject_id}", shapes.SubjectAnswer)

    def erase_subject(self, subject_id: str) -> None:
        """Erase a subject: visits, photos, comparisons, pictures, and the key that opened them."""
        self._do("DELETE", f"/subjects/{subject_id}")

    def set_iris_diameter(self, subject_id: str, new: shapes.NewIrisDiameter) -> shapes.IrisDiameterAnswer:
        """Give the iris' diameter that the clinic measured."""
        return self._ask("PUT", f"/subjects/{subject_id}/iris-diameter", shapes.IrisDiameterAnswer, body=new)

    def get_iris_diameter(self, subject_id: str) -> shapes.IrisDiameterHistory:
        """See the iris' diameter in use, and those before it."""
        return self._ask("GET", f"/subjects/{subject_id}/iris-diameter", shapes.IrisDiameterHistory)

    def withdraw_iris_diameter(self, subject_id: str) -> None:
        """Rely on the average person's iris again."""
        self._do("DELETE", f"/subjects/{subject_id}/iris-diameter")

    def make_course(self, subject_id: str, new: shapes.NewCourse, *, key: str | None = None) -> shapes.CourseAnswer:
        """Make a course of a subject."""
        return self._ask("POST", f"/subjects/{subject_id}/courses", shapes.CourseAnswer, body=new, key=key)

    def list_courses(
        self, subject_id: str, *, after: str | None = None, limit: int = 50
    ) -> shapes.Page[shapes.CourseAnswer]:
        """List a subject's courses."""
        return self._ask(
            "GET",
            f"/subjects/{subject_id}/courses",
            shapes.Page[shapes.CourseAnswer],
            query={"after": after, "limit": limit},
        )

    def get_course(self, course_id: str) -> shapes.CourseAnswer:
        """See a course."""
        return self._ask("GET", f"/courses/{course_id}", shapes.CourseAnswer)

    def change_course(self, course_id: str, new: shapes.CoursePatch) -> shapes.CourseAnswer:
        """Change what is sent of a course, for instance that it ended; the rest stays."""
        return self._ask("PATCH", f"/courses/{course_id}", shapes.CourseAnswer, body=new)

    def delete_course(self, course_id: str) -> None:
        """Delete a course with its series."""
        self._do("DELETE", f"/courses/{course_id}")

    def make_visit(self, subject_id: str, new: shapes.NewVisit, *, key: str | None = None) -> shapes.VisitAnswer:
        """Make a visit of a subject."""
        return self._ask("POST", f"/subjects/{subject_id}/visits", shapes.VisitAnswer, body=new, key=key)

    def list_visits(
        self,
        subject_id: str,
        *,
        after: str | None = None,
        limit: int = 50,
        phase: shapes.Phase | None = None,
        since: date | None = None,
        until: date | None = None,
        course_id: str | None = None,
    ) -> shapes.Page[shapes.VisitAnswer]:
        """List a subject's visits."""
        return self._ask(
            "GET",
            f"/subjects/{subject_id}/visits",
            shapes.Page[shapes.VisitAnswer],
            query={
                "after": after,
                "limit": limit,
                "phase": phase,
                "from": since,
                "until": until,
                "course_id": course_id,
            },
        )

    def get_visit(self, visit_id: str) -> shapes.VisitAnswer:
        """See a visit."""
        return self._ask("GET", f"/visits/{visit_id}", shapes.VisitAnswer)

    def change_visit(self, visit_id: str, new: shapes.VisitPatch) -> shapes.VisitAnswer:
        """Change what is sent of a visit; the rest stays."""
        return self._ask("PATCH", f"/visits/{visit_id}", shapes.VisitAnswer, body=new)

    def erase_visit(self, visit_id: str) -> None:
        """Erase a visit with its photos, their pictures and comparisons."""
        self._do("DELETE", f"/visits/{visit_id}")

    def make_confounder(
        self, subject_id: str, new: shapes.NewConfounder, *, key: str | None = None
    ) -> shapes.ConfounderAnswer:
        """Record something beside the course that may explain a change."""
        return self._ask("POST", f"/subjects/{subject_id}/confounders", shapes.ConfounderAnswer, body=new, key=key)

    def list_confounders(
        self, subject_id: str, *, after: str | None = None, limit: int = 50
    ) -> shapes.Page[shapes.ConfounderAnswer]:
        """List a subject's confounders."""
        return self._ask(
            "GET",
            f"/subjects/{subject_id}/confounders",
            shapes.Page[shapes.ConfounderAnswer],
            query={"after": after, "limit": limit},
        )

    def get_confounder(self, confounder_id: str) -> shapes.ConfounderAnswer:
        """See a confounder."""
        return self._ask("GET", f"/confounders/{confounder_id}", shapes.ConfounderAnswer)

    def change_confounder(self, confounder_id: str, new: shapes.ConfounderPatch) -> shapes.ConfounderAnswer:
        """Change what is sent of a confounder, for instance that it ended; the rest stays."""
        return self._ask("PATCH", f"/confounders/{confounder_id}", shapes.ConfounderAnswer, body=new)

    def delete_confounder(self, confounder_id: str) -> None:
        """Delete a confounder that was recorded by mistake."""
        self._do("DELETE", f"/confounders/{confounder_id}")

    def list_confounder_kinds(self) -> list[shapes.ConfounderKindAnswer]:
        """See which kinds of confounders there are, what each does to a series, and for how long."""
        return self._ask("GET", "/confounder-kinds", list[shapes.ConfounderKindAnswer])
