"""HTTP: comparisons and photos for other systems."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from service.dependencies import Exporter, Reader, TheService
from service.errors import ProblemCode, problems
from service.interop.dicom import MEDIA_TYPE as DICOM
from service.interop.dicom import dicom_file
from service.interop.fhir import MEDIA_TYPE, comparison_bundle, photo_bundle
from service.interop.reading import AddressOf, InteropReader, PhotoArchivist

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


@router.get(
    "/photos/{photo_id}/dicom",
    response_class=Response,
    responses={
        200: {"content": {DICOM: {}}, "description": "A VL Photographic Image."},
        **problems(_C.PHOTO_NOT_FOUND, _C.PICTURE_NOT_FOUND, _C.NOT_READY, _C.EXTRA_MISSING, _C.UNAVAILABLE),
    },
)
def get_photo_as_dicom(photo_id: str, actor: Exporter, service: TheService) -> Response:
    """Get the upright photo as a DICOM file, without the camera's metadata."""
    archivist = PhotoArchivist(service.database, service.vaults, service.archivist)
    headers = {"Content-Disposition": f'attachment; filename="{photo_id}.dcm"'}
    return Response(dicom_file(*archivist.photo(actor, photo_id)), headers=headers, media_type=DICOM)


def _address_of(request: Request) -> AddressOf:
    return lambda photo_id: str(request.url_for("get_file", photo_id=photo_id))
