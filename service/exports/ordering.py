"""From what was asked for to the order that the analysis draws."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.anatomy import View
from service.analysing import Analyser
from service.blobs.vault import SubjectVault, Vaults
from service.cohort.gathering import cohort_now
from service.comparisons.repository import Comparisons
from service.comparisons.viewing import report_document
from service.database.tables import Comparison
from service.documents import ComparisonDocument
from service.documents.publishing import PublishingOrder, detectable_parts
from service.errors import ProblemCode, ServiceError
from service.exports.caption import texts_of
from service.exports.schemas import ExportOptions, ExportTexts
from service.photos.repository import Photos
from service.sandbox import PublishOutcome
from service.subjects.repository import Subjects
from service.tenancy.clinics import clinic_identity
from service.tenancy.tenant import TenantId
from service.visits.repository import Visits


@dataclass(frozen=True, slots=True)
class PairToPublish:
    """A compared pair with where its originals are.

    Parameters
    ----------
    blobs : of the two uploads, before and after.
    logo : the clinic's, as PNG.
    """

    comparison: Comparison
    document: ComparisonDocument
    view: View
    blobs: tuple[str, str]
    vault: SubjectVault
    logo: bytes | None

    @classmethod
    def of(cls, session: Session, tenant: TenantId, vaults: Vaults, comparison_id: str) -> "PairToPublish":
        """The pair, or ServiceError where it is not there, not compared yet or cannot be published."""
        row = Comparisons(session, tenant).get(comparison_id)
        document = report_document(row)
        if document.alignment is None:
            raise ServiceError(ProblemCode.NOT_PUBLISHABLE)
        before, after = (Photos(session, tenant).get(one) for one in (row.before_photo_id, row.after_photo_id))
        vault = vaults.of(Subjects(session, tenant).get(row.subject_id))
        blobs, logo = (before.upload_blob, after.upload_blob), clinic_identity(session, tenant).logo
        return cls(row, document, View(before.view), blobs, vault, logo)

    @property
    def uploads(self) -> tuple[bytes, bytes]:
        """Both originals as uploaded."""
        before, after = self.blobs
        return self.vault.get(before), self.vault.get(after)

    def drawn_by(
        self, analyser: Analyser, options: ExportOptions, texts: ExportTexts, *, draft: bool = False
    ) -> PublishOutcome:
        """What the analysis draws; the logo stands below the caption. It may raise WorkerCrashed."""
        logo = self.logo if texts.caption else None
        return analyser.publish(self._order(options, texts, draft=draft), *self.uploads, logo)

    def _order(self, options: ExportOptions, texts: ExportTexts, *, draft: bool) -> PublishingOrder:
        alignment = self.document.alignment
        assert alignment is not None  # noqa: S101  made with one
        return PublishingOrder(
            layout=options.format,
            image_type=options.image_type,
            aspect=options.aspect,
            region=options.region,
            size=options.size,
            eye_bar=options.eye_bar,
            draft=draft,
            before_text=texts.before,
            after_text=texts.after,
            caption=texts.caption,
            view=self.view,
            before_to_aligned=alignment.before_to_aligned,
            after_to_aligned=alignment.after_to_aligned,
            detectable=detectable_parts(self.document),
        )


def composed_texts(session: Session, tenant: TenantId, pair: Comparison, options: ExportOptions) -> ExportTexts:
    """The labels and the caption, by what is known now."""
    photos, visits = Photos(session, tenant), Visits(session, tenant)
    before, after = (photos.get(one) for one in (pair.before_photo_id, pair.after_photo_id))
    return texts_of(
        options,
        clinic_identity(session, tenant).chosen_name,
        View(before.view),
        visits.get(before.visit_id),
        visits.get(after.visit_id),
        visits.of_subject(pair.subject_id),
        cohort_now(session, tenant) if options.caption else None,
    )
