"""What a route asks for that sets a report on the clinic's own paper."""

from typing import Annotated

from fastapi import Depends

from service.dependencies import Reader, TheService
from service.reports.pdf import Letterhead
from service.tenancy.clinics import clinic_identity


def _letterhead(actor: Reader, service: TheService) -> Letterhead:
    with service.database.reading(actor.tenant) as session:
        clinic = clinic_identity(session, actor.tenant)
    return Letterhead(clinic.chosen_name, clinic.logo)


ClinicPaper = Annotated[Letterhead, Depends(_letterhead)]
