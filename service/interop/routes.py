"""HTTP: comparisons and photos for other systems."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from service.dependencies import Reader, TheService
from service.errors import ProblemCode, problems
from service.interop.fhir import MEDIA_TYPE, comparison_bundle, photo_bundle
from service.interop.reading import AddressOf, InteropReader

router = APIRouter(prefix="/v1", tags=["other systems"])

_C = ProblemCode
_FHIR: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}, "description": "A Bundle of FHIR R4B."}
}


@router.get(
    "/comparisons/{comparison_id}/fhir",
    response_class=Response,
    responses={**_FHIR, **problems(_C.COMPARISON_NOT_FOUND, _C.NOT_READY, _C.NO_FIGURES, _C.EXTRA_MISSING)},
)
def get_comparison_as_fhir(comparison_id: str, actor: Reader, service: TheService, request: Request) -> Response:
    """Get a comparison as FHIR R4B: a DiagnosticReport with an Observation for each change."""
    reader = InteropReader(service.database, _address_of(request))
    return Response(comparison_bundle(*reader.comparison(actor, comparison_id)), media_type=MEDIA_TYPE)


@router.get(
    "/photos/{photo_id}/fhir",
    response_class=Response,
    responses={**_FHIR, **problems(_C.PHOTO_NOT_FOUND, _C.NOT_READY, _C.NO_FIGURES, _C.EXTRA_MISSING)},
)
def get_photo_as_fhir(photo_id: str, actor: Reader, service: TheService, request: Request) -> Response:
    """Get a photo's measurements as FHIR R4B: a DiagnosticReport with an Observation for each of them."""
    reader = InteropReader(service.database, _address_of(request))
    return Response(photo_bundle(*reader.photo(actor, photo_id)), media_type=MEDIA_TYPE)


def _address_of(request: Request) -> AddressOf:
    return lambda photo_id: str(request.url_for("get_file", photo_id=photo_id))
