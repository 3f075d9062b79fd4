"""Letters about notifications, each in its reader's language and time."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from content.models import NoticeLetter
from content.notices import address_of, sentence_of, short_of, why_over
from content.selectors.talk import notices_in

# A letter that names more is not read; the page behind the link has them all.
MOST_NAMED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    to: str
    subject: str
    message: str


def letter_of(letter: NoticeLetter) -> Letter | None:
    """What the letter says now, or None when nothing of it needs to be said any more."""
    person = letter.person
    if not person.is_active:
        return None
    notices = [one for one in notices_in(letter) if not why_over(one)]
    if not notices:
        return None
    name = "content/mail/notices"
    with translation.override(person.language), timezone.override(person.zone):
        rows = [
            {
                "sentence": sentence_of(one),
                "at": one.created_at,
                "link": urljoin(settings.SITE_URL, address_of(one)),
            }
            for one in notices[:MOST_NAMED]
        ]
        context = {
            "person": person,
            "agency_name": settings.AGENCY_NAME,
            "rows": rows,
            "number": len(notices),
            "more": max(len(notices) - MOST_NAMED, 0),
            "daily": letter.day is not None,
            "only": short_of(notices[0]) if len(notices) == 1 else "",
            "link": urljoin(settings.SITE_URL, reverse("content:notification_list")),
            "choices": urljoin(settings.SITE_URL, reverse("content:notification_choose")),
        }
        subject = render_to_string(f"{name}_subject.txt", context)
        message = render_to_string(f"{name}_message.txt", context)
    return Letter(to=person.email, subject=" ".join(subject.split()), message=message)
