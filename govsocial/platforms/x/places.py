"""Places in lists of X, and moments as it takes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from govsocial.platforms.errors import Refused


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on. It has two parts, because X refuses to show clicks of older posts:
    those since ``boundary`` (Unix seconds) with clicks, then those before it without."""

    recent: bool
    boundary: int
    token: str = ""

    def __str__(self) -> str:
        return f"{'recent' if self.recent else 'older'}.{self.boundary}.{self.token}"

    @classmethod
    def read(cls, cursor: str) -> Place:
        part, _, rest = cursor.partition(".")
        boundary, _, token = rest.partition(".")
        number = boundary.isascii() and boundary.isdigit() and len(boundary) < 12
        if part not in {"recent", "older"} or not number:
            raise Refused("This is not a place in a list of X.")
        return cls(part == "recent", int(boundary), token)

    def after(self, token: str | None) -> Place | None:
        # A token that repeats would be followed for ever.
        if token and token != self.token:
            return Place(self.recent, self.boundary, token)
        return Place(False, self.boundary) if self.recent else None

    def params(self) -> dict[str, str]:
        side = "start_time" if self.recent else "end_time"
        paging = {"pagination_token": self.token} if self.token else {}
        return {side: written(datetime.fromtimestamp(self.boundary, UTC)), **paging}


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
