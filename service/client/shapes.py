"""What the client sends and gets: the very models that the service answers with.

This is loaded by the first call and not with the client, for it brings some of the service's own parts along.
"""

from models.anatomy import Side, View
from models.consent import Purpose
from models.correction import ContourName
from models.course import Phase
from service.audit.schemas import AuditAnswer, ErasureAnswer, VerificationAnswer
from service.audit.trail import Action
from service.cohort.schemas import NewCohortLink
from service.comparisons.repository import ComparisonStatus
from service.comparisons.schemas import ComparisonAnswer, ComparisonSummary, LinkAnswer, NewComparison, NewLink, Which
from service.confounders.schemas import ConfounderAnswer, ConfounderKindAnswer, ConfounderPatch, NewConfounder
from service.consents.schemas import ConsentAnswer, ConsentsAnswer, NewConsent, Withdrawal, WithdrawalAnswer
from service.corrections.schemas import CorrectionAnswer, CorrectionsAnswer, NewCorrection, NewCorrectionLink
from service.courses.schemas import CourseAnswer, CoursePatch, NewCourse
from service.documents.cohort import CohortDocument
from service.documents.pose_hints import PoseHintsDocument
from service.documents.publishing import HonestyDocument
from service.exports.schemas import ExportAnswer, ExportPage, NewExport, NewPublication, TakenDown
from service.links.schemas import ShareLinkAnswer
from service.paging import Page
from service.photos.repository import PhotoStatus
from service.photos.schemas import PhotoAnswer, PhotoSummary
from service.repeatability.schemas import NewStudy, StudyAnswer, StudySummary
from service.series.schemas import DueAnswer, NewSeriesLink, SeriesAnswer
from service.subjects.iris import IrisDiameterAnswer, IrisDiameterHistory, NewIrisDiameter
from service.subjects.schemas import NewSubject, SubjectAnswer
from service.usage.schemas import UsageAnswer
from service.visits.schemas import NewVisit, VisitAnswer, VisitPatch
from service.webhooks.schemas import DeliveryAnswer, MadeWebhook, NewWebhook, WebhookAnswer

__all__ = [
    "Action",
    "AuditAnswer",
    "CohortDocument",
    "ComparisonAnswer",
    "ComparisonStatus",
    "ComparisonSummary",
    "ConfounderAnswer",
    "ConfounderKindAnswer",
    "ConfounderPatch",
    "ConsentAnswer",
    "ConsentsAnswer",
    "ContourName",
    "CorrectionAnswer",
    "CorrectionsAnswer",
    "CourseAnswer",
    "CoursePatch",
    "DeliveryAnswer",
    "DueAnswer",
    "ErasureAnswer",
    "ExportAnswer",
    "ExportPage",
    "HonestyDocument",
    "IrisDiameterAnswer",
    "IrisDiameterHistory",
    "LinkAnswer",
    "MadeWebhook",
    "NewCohortLink",
    "NewComparison",
    "NewConfounder",
    "NewConsent",
    "NewCorrection",
    "NewCorrectionLink",
    "NewCourse",
    "NewExport",
    "NewIrisDiameter",
    "NewLink",
    "NewPublication",
    "NewSeriesLink",
    "NewStudy",
    "NewSubject",
    "NewVisit",
    "NewWebhook",
    "Page",
    "Phase",
    "PhotoAnswer",
    "PhotoStatus",
    "PhotoSummary",
    "PoseHintsDocument",
    "Purpose",
    "SeriesAnswer",
    "ShareLinkAnswer",
    "Side",
    "StudyAnswer",
    "StudySummary",
    "SubjectAnswer",
    "TakenDown",
    "UsageAnswer",
    "VerificationAnswer",
    "View",
    "VisitAnswer",
    "VisitPatch",
    "WebhookAnswer",
    "Which",
    "Withdrawal",
    "WithdrawalAnswer",
]
