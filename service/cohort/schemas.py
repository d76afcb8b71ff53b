"""The JSON of the cohort's link."""

from pydantic import BaseModel, ConfigDict, Field

from models.course import Phase
from service.cohort.claim import ClaimText
from service.fields import Day, LinkHours


class NewCohortLink(BaseModel):
    """How long a link shall show the cohort's page, of which subjects, and beside which claim at first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"hours": 12, "kind": "microcurrent"}]})

    hours: LinkHours = 12
    kind: str | None = Field(default=None, max_length=100)
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    phase: Phase | None = None
    claim_percent: ClaimText | None = None

    @property
    def query(self) -> dict[str, str]:
        """As the page's address asks for it."""
        asked = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"hours"})
        return {name: value for name, value in asked.items() if value}
