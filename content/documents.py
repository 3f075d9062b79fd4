"""The content of a version as one canonical JSON text, and its digest.

One content has one spelling: keys sorted, no spaces, no escapes but JSON's own, text as typed
(never normalised: what was approved is what is sent). The digest is SHA-256 over its UTF-8 bytes
and covers the text for every account, the order, bytes and alt text of media, the language, the
planned time and the accounts themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaItem:
    sha256: str
    media_type: str
    alt: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who an official account was when the version was written: address and unit."""

    address: str
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a version says: ``texts`` by official account id; ``planned_at`` None is "at once".

    ``text`` is what the drafter wrote for all accounts; only ``texts`` is ever sent. ``recipients``
    is written by the actions: an account that became another one since was not approved.
    """

    title: str
    text: str
    texts: Mapping[int, str]
    language: str = "id"
    planned_at: datetime | None = None
    media: Sequence[MediaItem] = field(default_factory=tuple)
    recipients: Mapping[int, Recipient] = field(default_factory=dict)

    def canonical(self) -> str:
        planned = self.planned_at and self.planned_at.astimezone(UTC).isoformat()
        return json.dumps(
            {
                "schema": SCHEMA,
                "title": self.title,
                "text": self.text,
                "language": self.language,
                "planned_at": planned,
                "variants": {str(pk): self._variant(pk) for pk in self.texts},
                "media": [asdict(item) for item in self.media],
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    def _variant(self, account_id: int) -> dict[str, object]:
        variant: dict[str, object] = {"text": self.texts[account_id]}
        recipient = self.recipients.get(account_id)
        if recipient is not None:
            variant |= {"to": recipient.address, "unit": recipient.unit}
        return variant

    @classmethod
    def parse(cls, canonical: str) -> Document:
        data = json.loads(canonical)
        if data["schema"] != SCHEMA:
            raise ValueError(f"Version content has schema {data['schema']}, not {SCHEMA}.")
        planned = data["planned_at"]
        return cls(
            title=data["title"],
            text=data["text"],
            texts={int(pk): variant["text"] for pk, variant in data["variants"].items()},
            language=data["language"],
            planned_at=datetime.fromisoformat(planned) if planned else None,
            media=tuple(MediaItem(**item) for item in data["media"]),
            recipients={
                int(pk): Recipient(address=variant["to"], unit=variant["unit"])
                for pk, variant in data["variants"].items()
                if "to" in variant
            },
        )


def digest_of(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()
