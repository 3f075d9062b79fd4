"""The content of a version as one canonical JSON text, and its digest.

One content has one spelling: keys sorted, no spaces, no escapes but JSON's own, text as typed
(never normalised: what was approved is what is sent). The digest is SHA-256 over its UTF-8 bytes
and covers the text for every account, what follows it there (a thread, a first comment), the order,
bytes and alt text of media, the title and the link that are published, the language, the planned
time, until when it holds, the facets, what the drafter declares and how they justify what was
found, and the accounts themselves. For each account it also covers what was made of all that for
its platform, down to the bytes of its pictures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from content.words_alone import words_alone

SCHEMA = 5
# What was written before there were facets, declarations, films or threads is read, and keeps its
# digest.
READABLE = frozenset({1, 2, 3, 4, SCHEMA})
ORDINARY, EMERGENCY = "ordinary", "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaItem:
    sha256: str
    media_type: str
    alt: str
    width: int
    height: int
    size: int
    seconds: float | None = None
    """Of a film only."""

    @property
    def is_film(self) -> bool:
        return self.media_type.startswith("video/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is handed to one account's platform: made when the version was written, sent as it is.

    ``text`` ends with the link where the platform shows none beside it; ``link`` is the one that it
    shows as a card. ``images`` are the files that its platform takes, each in the place of the one
    that was chosen. ``parts`` are the texts that follow the post: the other posts of its thread, or
    its first comment, whichever its platform has.
    """

    text: str
    title: str = ""
    link: str = ""
    images: Sequence[MediaItem] = field(default_factory=tuple)
    parts: Sequence[str] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, object]:
        images = [asdict(item) for item in self.images]
        return {**asdict(self), "images": images, "parts": list(self.parts)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Prepared:
        images = tuple(MediaItem(**item) for item in data["images"])
        return cls(**{**data, "images": images, "parts": tuple(data.get("parts", ()))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who an official account was when the version was written: address and unit."""

    address: str
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What kind of content it is, in the words of ``content.facets``; "" is not said yet.

    ``classes`` after DePaula et al. (2018), the primary one first; ``function`` and ``stage`` (Khan
    2013) one each; ``sensitivity`` is what approval policies go by.
    """

    classes: Sequence[str] = field(default_factory=tuple)
    function: str = ""
    stage: str = ""
    audiences: Sequence[str] = field(default_factory=tuple)
    sensitivity: str = ORDINARY

    def as_dict(self) -> dict[str, object]:
        lists = {"classes": list(self.classes), "audiences": list(self.audiences)}
        return {**asdict(self), **lists}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Facets:
        lists = {"classes": tuple(data["classes"]), "audiences": tuple(data["audiences"])}
        return cls(**{**data, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What the drafter answers to the checklist (``content.checklist``); "" is not answered yet.

    ``confirmed`` has the version of each list that was read and confirmed as a whole; ``doubts``
    names points of them, and ``doubt`` says why. ``source`` and ``data_date`` are where facts come
    from and the day that they are of.
    """

    confirmed: Mapping[str, int] = field(default_factory=dict)
    doubts: Sequence[str] = field(default_factory=tuple)
    doubt: str = ""
    source: str = ""
    data_date: date | None = None
    secrecy: str = ""
    excluded: str = ""
    personal: str = ""
    personal_basis: str = ""

    def as_dict(self) -> dict[str, object]:
        return {
            **asdict(self),
            "doubts": list(self.doubts),
            "data_date": self.data_date.isoformat() if self.data_date else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Declaration:
        day = data["data_date"]
        read = {
            "doubts": tuple(data["doubts"]),
            "data_date": date.fromisoformat(day) if day else None,
        }
        return cls(**{**data, **read})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a version says: ``texts`` by official account id; ``planned_at`` None is "at once".

    ``valid_until`` is when it stops to hold: nothing of it goes out from then on. An emergency
    notice must say it, any other post may.

    ``text`` is what the drafter wrote for all accounts; only ``texts`` is ever sent. ``recipients``
    is written by the actions: an account that became another one since was not approved. So is
    ``prepared``, which is what goes out there. ``headline`` is the title that is published, where a
    platform has one; ``title`` never is. ``thread`` are the texts of the posts that follow, each an
    answer to the one before, where a platform has threads; ``first_comment`` is what the account
    says under its own post where one has comments. ``film`` goes out beside the pictures or instead
    of them. ``justified`` has, by the key of a finding (``content.findings``), why it may stand.
    """

    title: str
    text: str
    texts: Mapping[int, str]
    language: str = "id"
    planned_at: datetime | None = None
    media: Sequence[MediaItem] = field(default_factory=tuple)
    recipients: Mapping[int, Recipient] = field(default_factory=dict)
    facets: Facets = field(default_factory=Facets)
    valid_until: datetime | None = None
    declared: Declaration = field(default_factory=Declaration)
    justified: Mapping[str, str] = field(default_factory=dict)
    headline: str = ""
    link: str = ""
    film: MediaItem | None = None
    thread: Sequence[str] = field(default_factory=tuple)
    first_comment: str = ""
    prepared: Mapping[int, Prepared] = field(default_factory=dict)

    def sent_to(self, account_id: int) -> Prepared:
        """What goes out on an account; of earlier schemas, what was chosen as it is."""
        known = self.prepared.get(account_id)
        return known or Prepared(text=self.texts[account_id], images=tuple(self.media))

    def sent_as(self, account_id: int, part: int) -> Prepared:
        """What goes out on an account as its ``part``-th: 0 is the post, others follow it."""
        sent = self.sent_to(account_id)
        return Prepared(text=sent.parts[part - 1]) if part else sent

    def film_of(self, part: int) -> MediaItem | None:
        """What follows a post is words alone."""
        return None if part else self.film

    def unconfirmed(self) -> Document:
        """The same without the confirmations, which are of the person who gave them."""
        return replace(self, declared=replace(self.declared, confirmed={}))

    def says_alike(self, other: Document) -> bool:
        """Whether both say the same to the public: in words, pictures and film, on any account."""
        return self._said() == other._said()

    def says_again(self, other: Document, accounts: Iterable[int]) -> bool:
        """Whether the public is told once more what ``other`` told it on one of ``accounts``,
        wherever this goes: the same words beside the same pictures, film, link and answers.
        Punctuation, emoji and the hashtags at the end are no words."""
        if self._beside() != other._beside():
            return False
        words = {words_alone(one) or one for one in {self.text, *self.texts.values()}}
        told = {other.texts[pk] for pk in accounts if pk in other.texts}
        return any((words_alone(one) or one) in words for one in told)

    def _beside(self) -> tuple[object, ...]:
        shown = [one.sha256 for one in (*self.media, *([self.film] if self.film else []))]
        after = [words for one in self.thread if (words := words_alone(one))]
        said = (words_alone(self.first_comment), words_alone(self.headline))
        return (shown, after, *said, self.link)

    def _said(self) -> tuple[object, ...]:
        words = {self.text, *self.texts.values()}
        after = (tuple(self.thread), self.first_comment)
        return (words, after, self.headline, self.link, tuple(self.media), self.film)

    @property
    def is_emergency(self) -> bool:
        return self.facets.sensitivity == EMERGENCY

    @property
    def has_ended(self) -> bool:
        """Whether it says until when it holds, and that time has come: nothing of it goes out."""
        return self.valid_until is not None and self.valid_until <= timezone.now()

    def canonical(self) -> str:
        return json.dumps(
            {
                "schema": SCHEMA,
                "title": self.title,
                "text": self.text,
                "language": self.language,
                "planned_at": _spelled(self.planned_at),
                "valid_until": _spelled(self.valid_until),
                "facets": self.facets.as_dict(),
                "declared": self.declared.as_dict(),
                "justified": dict(self.justified),
                "variants": {str(pk): self._variant(pk) for pk in self.texts},
                "media": [asdict(item) for item in self.media],
                "headline": self.headline,
                "link": self.link,
                "film": asdict(self.film) if self.film else None,
                "thread": list(self.thread),
                "first_comment": self.first_comment,
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
        prepared = self.prepared.get(account_id)
        if prepared is not None:
            variant["sent"] = prepared.as_dict()
        return variant

    @classmethod
    def parse(cls, canonical: str) -> Document:
        data = json.loads(canonical)
        if data["schema"] not in READABLE:
            raise ValueError(f"Version content has schema {data['schema']}, not {SCHEMA}.")
        return cls(
            title=data["title"],
            text=data["text"],
            texts={int(pk): variant["text"] for pk, variant in data["variants"].items()},
            language=data["language"],
            planned_at=_moment(data["planned_at"]),
            valid_until=_moment(data.get("valid_until")),
            facets=Facets.from_dict(data["facets"]) if "facets" in data else Facets(),
            declared=(
                Declaration.from_dict(data["declared"]) if "declared" in data else Declaration()
            ),
            justified=data.get("justified", {}),
            media=tuple(MediaItem(**item) for item in data["media"]),
            headline=data.get("headline", ""),
            link=data.get("link", ""),
            film=MediaItem(**data["film"]) if data.get("film") else None,
            thread=tuple(data.get("thread", ())),
            first_comment=data.get("first_comment", ""),
            prepared={
                int(pk): Prepared.from_dict(variant["sent"])
                for pk, variant in data["variants"].items()
                if "sent" in variant
            },
            recipients={
                int(pk): Recipient(address=variant["to"], unit=variant["unit"])
                for pk, variant in data["variants"].items()
                if "to" in variant
            },
        )


def _spelled(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _moment(spelled: str | None) -> datetime | None:
    return datetime.fromisoformat(spelled) if spelled else None


def digest_of(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()
