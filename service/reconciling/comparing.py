"""Which of a subject's rows name a blob that is not there, or not what it was."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from service.blobs import BlobDamagedError, BlobMissingError, StoredBlob
from service.reconciling.claims import Claim
from service.reconciling.findings import FindingKind

Opened = Callable[[str], bytes]
"""Opens a blob of the subject by its name in the vault."""


def broken_claims(
    claims: Sequence[Claim], stored: Mapping[str, StoredBlob], opened: Opened | None
) -> dict[Claim, FindingKind]:
    """The claims that do not hold, with what is wrong.

    Parameters
    ----------
    stored : the subject's blobs by their names in its vault, listed after the claims were read.
    opened : opens each of them; None judges by sizes alone.
    """
    found = {claim: _kind(claim, stored.get(claim.blob), opened) for claim in claims}
    return {claim: kind for claim, kind in found.items() if kind is not None}


def _kind(claim: Claim, blob: StoredBlob | None, opened: Opened | None) -> FindingKind | None:
    if blob is None:
        return FindingKind.UPLOAD_MISSING if claim.made_by is None else FindingKind.PICTURE_MISSING
    if claim.fits(blob.size_bytes) and (opened is None or _is_genuine(claim, opened)):
        return None
    return FindingKind.UPLOAD_UNREADABLE if claim.made_by is None else FindingKind.PICTURE_UNREADABLE


def _is_genuine(claim: Claim, opened: Opened) -> bool:
    try:
        content = opened(claim.blob)
    except (BlobDamagedError, BlobMissingError):
        return False
    return claim.sha256 is None or hashlib.sha256(content).hexdigest() == claim.sha256
