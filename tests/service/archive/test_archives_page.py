"""docs/archives.md names what there is: every reason, column, kind and region."""

import pytest

from models.confounder import ConfounderKind
from models.course import Phase
from service.archive import Reason
from service.archive.tables import CONFOUNDER_COLUMNS, PHOTO_COLUMNS

TOLD = [
    *(str(reason) for reason in Reason if reason is not Reason.OTHER_FILE),
    *PHOTO_COLUMNS,
    *CONFOUNDER_COLUMNS,
    *ConfounderKind,
    *Phase,
]


@pytest.mark.parametrize("code", dict.fromkeys(TOLD))
def test_the_page_names(repository, code):
    assert f"`{code}`" in (repository / "docs" / "archives.md").read_text(encoding="utf-8")
