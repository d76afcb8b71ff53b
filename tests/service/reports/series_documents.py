"""Invented series for the report: what a course did, what it did not, and every gap that a page must tell."""

from datetime import date, timedelta

from models.course import Phase
from models.measurand import MeasurandCode
from models.series import NoteCode
from service.documents.series import DueDocument, MeasurandSeriesDocument, SeriesDocument
from tests.service.reports.series_maker import FIRST_DAY, Plan, Shot, Told, a_course, effect_of, note, the_series

_M = MeasurandCode

EVERYTHING: dict[MeasurandCode, tuple[Told, Told] | tuple[Told]] = {
    _M.MRD1: (Told(0.58, 0.24), Told(0.46, 0.24)),
    _M.MRD2: (Told(0.03, 0.02), Told(-0.02, 0.02)),
    _M.PALPEBRAL_FISSURE_HEIGHT: (Told(0.61, 0.26), Told(0.44, 0.26)),
    _M.BROW_HEIGHT: (Told(0.3, 0.5, 0.17), Told(0.1, 0.5, 0.18)),
    _M.JAWLINE_CONTOUR: (Told(-0.12, -0.1, 0.14), Told(-0.62, -0.1, 0.14)),
    _M.JOWL_PROMINENCE: (Told(0, 0, 0.2), Told(0, 0, 0.2)),
    _M.LOWER_FACE_WIDTH: (Told(-0.3, 0.0, 1.0),),
    _M.NASOLABIAL_FOLD_DEPTH: (Told(-8.0, -5.0, 4.5), Told(-15.5, -5.0, 4.5)),
    _M.NASOLABIAL_FOLD_LENGTH: (Told(-0.4, 0, 0.9), Told(-0.6, 0, 0.9)),
    _M.PERIORBITAL_LINES: (Told(-4.0, 0, 5.0), Told(-3.0, 0, 5.0)),
    _M.CANTHAL_TILT: (Told(0.1, 0.1, 0.3), Told(0.0, 0.1, 0.3)),
    _M.MRD1_ASYMMETRY: (Told(-0.12, 0, 0.08),),
}
NOTHING: dict[MeasurandCode, tuple[Told, Told] | tuple[Told]] = {
    code: tuple(Told(uncertainty=told.uncertainty) for told in sides)  # type: ignore[misc]
    for code, sides in EVERYTHING.items()
}


_DUE = DueDocument(
    what="maintenance",
    says="The last session was on 23 March 2026; the protocol plans maintenance every 4 to 8 weeks.",
    since=date(2026, 4, 20),
    until=date(2026, 5, 18),
)
_NO_JOWL = note(
    NoteCode.NO_END_OF_COURSE,
    "Jowl prominence could not be told: no usable photo at the end of the course. Two more photos there would carry a "
    "change of 0.4 mm.",
    None, None, _M.JOWL_PROMINENCE,
)  # fmt: skip
_DRIFT = note(
    NoteCode.UNTREATED_DRIFT,
    "Lids of untreated faces drift by 0.3 to 0.65 mm between two visits; a change of that size in a single pair is not "
    "the course's.",
)


def a_series() -> SeriesDocument:
    """A course that left something, with passing effects, two photos left out, a loss afterwards and gaps."""
    shots = list(a_course())
    shots[8] = Shot(shots[8].days, Phase.TREATMENT, 6, excluded="The eyes are half closed. Take the photo again.")
    return the_series(
        Plan(
            shots, EVERYTHING, due=_DUE, half_life_weeks=9.0, refused=frozenset({_M.JOWL_PROMINENCE}),
            notes=(
                note(
                    NoteCode.VISITS_EXCLUDED,
                    "1 of 16 photos counts for nothing: 16 February 2026, the eyes are half closed.",
                    date(2026, 2, 16), date(2026, 2, 16),
                ),
                _NO_JOWL,
                _DRIFT,
                note(NoteCode.NO_MAINTENANCE, "No maintenance session has a photo, so what it keeps cannot be told."),
            ),
        )
    )  # fmt: skip


def without_effect() -> SeriesDocument:
    """The same course, which left nothing."""
    return the_series(Plan(a_course(), NOTHING, notes=(_DRIFT,), due=_DUE, seed=3))


def with_filler() -> SeriesDocument:
    """A filler in the middle of the course: photos after it are shown and do not count."""
    document = a_series()
    filler = FIRST_DAY.date() + timedelta(days=38)
    says = (
        "A filler was given on 19 February 2026. A filler adds volume for months and swells for weeks, and "
        "microcurrent is said to shorten its life; six weeks are advised between the two. The course's effect is told "
        "from the visits before it alone."
    )
    codes = (_M.JAWLINE_CONTOUR, _M.JOWL_PROMINENCE, _M.NASOLABIAL_FOLD_DEPTH, _M.NASOLABIAL_FOLD_LENGTH)
    told = tuple(_split(one, filler) if one.measurand in codes else one for one in document.measurands)
    spans = note(NoteCode.CONFOUNDER_FILLER, says, filler, filler + timedelta(days=365), *codes)
    return document.model_copy(update={"measurands": told, "notes": (spans, *document.notes)})


def _split(one: MeasurandSeriesDocument, filler: date) -> MeasurandSeriesDocument:
    why = "After a filler on 19 February 2026, whose own effect cannot be told apart."
    points = tuple(
        p.model_copy(update={"counts": False, "reason": p.reason or why}) if p.taken_at.date() >= filler else p
        for p in one.points
    )
    left = [p for p in points if p.counts and p.phase is Phase.TREATMENT and p.change_from_baseline is not None]
    cumulative = effect_of(one.measurand, left[-2:], 0.14 if one.unit == "mm" else 4.5) if left else None
    return one.model_copy(update={"points": points, "cumulative": cumulative, "after_course": None, "trend": None})


def two_visits() -> SeriesDocument:
    """One baseline and one session: hardly anything can be told."""
    shots = (Shot(0, Phase.BASELINE), Shot(28, Phase.TREATMENT, 4))
    return the_series(
        Plan(
            shots, EVERYTHING,
            notes=(
                note(NoteCode.ONE_BASELINE, "There is one baseline photo. A second one of the same day would show how "
                     "far two photos differ without a treatment, and make every interval narrower."),
                note(NoteCode.NO_ACUTE_PAIR, "No photo was taken immediately after a session, so the passing effect "
                     "cannot be told."),
                note(NoteCode.NO_END_OF_COURSE, "The course is not over: 4 of 10 sessions. What is told is the state "
                     "at the last visit."),
                note(NoteCode.NO_FOLLOW_UP, "No photo after the course, so what becomes of a change is not known."),
                note(NoteCode.NO_TREND, "Two visits carry no trend; four would."),
            ),
            due=DueDocument(what="session 5", says="Session 5 of 10 is due.", since=date(2026, 2, 16),
                            until=date(2026, 2, 18)),
        )
    )  # fmt: skip


def a_hundred_visits() -> SeriesDocument:
    """Two years: two courses, with maintenance between and after them."""
    first = [Shot(7 * n, Phase.TREATMENT, n) for n in range(1, 13)]
    maintenance = [Shot(84 + 9 * n, Phase.MAINTENANCE, 12 + n) for n in range(1, 60)]
    baselines = [Shot(n / 100, Phase.BASELINE) for n in range(4)]
    passing = [Shot(shot.days + 0.05, Phase.IMMEDIATELY_AFTER, shot.number) for shot in (*first, *maintenance[::5])]
    follow_ups = [Shot(650 + 20 * n, Phase.FOLLOW_UP, 71) for n in range(1, 14)]
    shots = sorted((*baselines, *first, *maintenance, *passing, *follow_ups), key=lambda shot: shot.days)
    return the_series(Plan(shots[:100], EVERYTHING, due=_DUE, half_life_weeks=20.0))


def everything_excluded() -> SeriesDocument:
    """A series of which no photo can be used."""
    blurred = "The photo is blurred. Hold the camera still and take it again."
    shots = [Shot(s.days, s.phase, s.number, excluded=blurred) for s in a_course(4)]
    return the_series(
        Plan(shots, EVERYTHING, notes=(
            note(NoteCode.NO_BASELINE, "No baseline photo can be used, so there is nothing that a change could be told "
                 "against. Take two photos before the first session."),
            note(NoteCode.VISITS_EXCLUDED, f"All {len(shots)} photos count for nothing."),
        ))
    )  # fmt: skip


def without_measures() -> SeriesDocument:
    """A series before its first comparison was made."""
    return a_series().model_copy(update={"measurands": (), "notes": (), "due": None, "pending": 14})


def hostile_series(text: str) -> SeriesDocument:
    """The series with the same text in every place that holds free text."""
    document = with_filler()
    visits = tuple(
        visit.model_copy(update={"photo": f"{number}{text}", "notes": text, "reason": text if visit.reason else None})
        for number, visit in enumerate(document.visits)
    )
    names = {old.photo: new.photo for old, new in zip(document.visits, visits, strict=True)}
    return document.model_copy(
        update={
            "method_version": text,
            "baseline": tuple(names[photo] for photo in document.baseline),
            "reference": names[document.reference or ""],
            "protocol": document.protocol.model_copy(update={"kind": text}),
            "visits": visits,
            "measurands": tuple(_hostile(one, names, text) for one in document.measurands),
            "notes": tuple(one.model_copy(update={"says": text}) for one in document.notes),
            "due": _DUE.model_copy(update={"what": text, "says": text}),
        }
    )


def _hostile(one: MeasurandSeriesDocument, names: dict[str, str], text: str) -> MeasurandSeriesDocument:
    points = tuple(
        p.model_copy(update={"photo": names[p.photo], "reason": text if p.reason else None}) for p in one.points
    )
    parts = {
        part: None if effect is None else effect.model_copy(update={"reason": text, "meaning": text})
        for part in ("cumulative", "acute", "after_course", "maintenance")
        for effect in (getattr(one, part),)
    }
    return one.model_copy(update={"points": points, "name": text, "what": text, **parts})
