"""Where, with what and by whom photos are taken, in the clinic's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Protocol, Self

from pydantic import Field, StringConstraints

Label = Annotated[
    Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    ]
    | None,
    Field(description="In the clinic's own words; studies are found by it."),
]


class Labelled(Protocol):
    """A row that carries labels."""

    room: str | None
    camera: str | None
    operator: str | None


@dataclass(frozen=True, slots=True)
class Labels:
    """Room, camera and operator; None for what nobody said. Capitals do not matter."""

    room: str | None = None
    camera: str | None = None
    operator: str | None = None

    @classmethod
    def of(cls, row: Labelled) -> Self:
        """Of a visit or a study."""
        return cls(row.room, row.camera, row.operator)

    def contradicts(self, other: "Labels") -> bool:
        """Whether both say something of one label and not the same."""
        return any(one is not None and two is not None and one != two for one, two in self._with(other))

    def shared(self, other: "Labels") -> int:
        """How many labels both say alike."""
        return sum(one is not None and one == two for one, two in self._with(other))

    def _with(self, other: "Labels") -> Iterator[tuple[str | None, str | None]]:
        return zip(self.spoken, other.spoken, strict=True)

    @property
    def spoken(self) -> tuple[str | None, ...]:
        """Room, camera and operator, as they are held against others."""
        return tuple(None if one is None else one.casefold() for one in (self.room, self.camera, self.operator))
