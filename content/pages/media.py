"""What the pages of the media library show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import OfficialAccount, User
from content import media_states
from content.cleaning import KINDS
from content.media_fields import LABELS, shown, with_present_words
from content.media_rules import in_the_library, of_alt
from content.media_states import ConsentState, RightsState
from content.models import MediaFile, MediaRecord
from content.models.media_record import Answer
from content.selectors.media import uses_of
from content.selectors.posts import PUBLISHED_TO
from content.variants import fit
from govsocial.audit.selectors import history_of
from govsocial.platforms.registry import limits
from govsocial.web.templatetags.formats import number

# Who works on posts sees who agreed to be shown; the others see that somebody did.
SEES_CONSENT = ("content.draft", "content.review", "content.approve")


def sees_consent(user: User, media: MediaFile) -> bool:
    return any(user.holds(one, media.unit_id) for one in SEES_CONSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPlatform:
    platform: str
    tone: str
    shape: str
    words: str


def detail_page(media: MediaFile, user: User) -> dict[str, Any]:
    """``media`` comes from ``library_of``."""
    record = media.record
    return {
        "media": media,
        "record": record,
        "missing": in_the_library(record),
        "alt_missing": any(of_alt(record.alt)),
        "states": states_of(media),
        "facts": list(facts_of(media)),
        "removed": removed_words(media.removed),
        "platforms": list(platforms_of(media)),
        "rights_rows": _rows(record, "licence", "licence_note", "owner", "source", "licence_until"),
        "consent_rows": list(_consent(record)),
        "ai": shown(record, "made_with_ai"),
        "uses": uses_of(media, user),
        "may_draft": user.holds("content.draft", media.unit_id),
        "sees_consent": sees_consent(user, media),
        "history": list(with_present_words(record, history_of(record, media))),
    }


def with_doubts(rows: Iterable[Any]) -> list[tuple[Any, list[tuple[str, str | Promise, str, str]]]]:
    """Each row of ``library_of`` with the states that keep a post with it from being submitted."""
    return [(row, [one for one in states_of(row) if one[2] in {"watch", "bad"}]) for row in rows]


def states_of(media: Any) -> list[tuple[str, str | Promise, str, str]]:
    """Rights and consent of a row of ``library_of``: which, its word, its tone, its shape."""
    return [
        (label, media_states.label_of(kind, state), *media_states.SHOWN[state])
        for label, kind, state in (
            (_("Rights"), RightsState, media.rights),
            (pgettext("media", "Consent"), ConsentState, media.consent),
        )
    ]


def facts_of(media: MediaFile) -> Iterator[tuple[str, str]]:
    yield _("Kind"), kind_of(media)
    yield _("Size"), size_of(media.size)
    sides = {"width": number(media.width), "height": number(media.height)}
    yield _("Dimensions"), _("%(width)s × %(height)s pixels") % sides
    if media.seconds is not None:
        yield _("Length"), length_of(media.seconds)
        yield _("Codecs"), ", ".join(_CODECS.get(one, one) for one in media.codecs)


_PLATFORMS = dict(OfficialAccount.Platform.choices)
_CODECS = {"h264": "H.264", "hevc": "H.265", "aac": "AAC", "mp3": "MP3"}


def kind_of(media: MediaFile) -> str:
    name = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "video/mp4": "MP4"}
    kind = name.get(media.media_type, media.media_type)
    return (_("Film, %(kind)s") if media.is_film else _("Picture, %(kind)s")) % {"kind": kind}


def size_of(size: int) -> str:
    if size < 1_000_000:
        return f"{number(max(1, round(size / 1_000)))} kB"
    return f"{number(round(size / 1_000_000, 1), 1)} MB"


def length_of(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def removed_words(removed: list[str] | tuple[str, ...] | None) -> str:
    """What was taken out, as a list in words; "" for nothing, or where nobody looked."""
    return ", ".join(str(KINDS.get(one, one)) for one in removed or ())


def platforms_of(media: MediaFile) -> Iterator[OnPlatform]:
    """What each platform would make of it. Servers with limits of their own may say otherwise."""
    for platform in PUBLISHED_TO:
        found = fit(media, limits(platform))
        name = str(_PLATFORMS[platform])
        if found.obstacles:
            yield OnPlatform(
                platform=name, tone="watch", shape="cross", words=", ".join(found.obstacles)
            )
        elif found.changes:
            yield OnPlatform(
                platform=name, tone="note", shape="arrow", words=", ".join(found.changes)
            )
        else:
            yield OnPlatform(platform=name, tone="good", shape="check", words=_("as it is"))


def _rows(record: MediaRecord, *names: str) -> list[tuple[Any, str]]:
    """Fields and what they say; those that say nothing are left out."""
    return [(LABELS[name], said) for name in names if (said := shown(record, name))]


def _consent(record: MediaRecord) -> Iterator[tuple[Any, str]]:
    yield from _rows(record, "people")
    if record.people == Answer.YES:
        yield from _rows(record, "minors")
        if record.minors == Answer.YES:
            yield from _rows(record, "consent_by_guardians")
        yield from _rows(record, "consent_place", "consent_until")
