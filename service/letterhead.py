"""What a route asks for that sets a report on the clinic's own paper."""

from typing import Annotated

from fastapi import Depends

from service.dependencies import Reader, TheService
from service.reports.pdf import Letterhead
from service.tenancy.clinics import clinic_name
from service.tenancy.keys import DEFAULT_CLINIC


def _letterhead(actor: Reader, service: TheService) -> Letterhead:
    with service.database.reading(actor.tenant) as session:
        name = clinic_name(session, actor.tenant)
    return Letterhead("" if name == DEFAULT_CLINIC else name)  # a name that nobody chose is none


ClinicPaper = Annotated[Letterhead, Depends(_letterhead)]
