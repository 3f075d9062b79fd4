"""What the register keeps of an account beside its name: one place that says what is acceptable.

The form, the import and the actions ask here, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypedDict, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.custody import refuse_holder, refuse_secret
from accounts.errors import AccountError
from accounts.models.kinds import Audience, ChannelKind, MediaKind, TwoStep
from accounts.names import one_line
from govsocial.web.templatetags.formats import date_long


class Details(TypedDict, total=False):
    """Fields of an official account that a person fills in. What is left out stays as it is."""

    purpose: str
    language: str
    url: str
    media_kinds: list[str]
    channel_kind: str
    audiences: list[str]
    verified: bool | None
    decree_number: str
    decree_date: date | None
    person_in_charge_id: int | None
    recovery_email_holder: str
    recovery_phone_holder: str
    two_step: str
    two_step_checked_on: date | None
    opened_on: date | None


class Upload(NamedTuple):
    """A file as it came in."""

    data: bytes
    name: str


NAMES: tuple[str, ...] = tuple(Details.__annotations__)
# What the form calls them, and the rest of what can be changed there; for the account's history.
LABELS: Mapping[str, str | Promise] = {
    "unit_id": gettext_lazy("Unit"),
    "handle": gettext_lazy("Handle"),
    "host": gettext_lazy("Server"),
    "display_name": gettext_lazy("Display name"),
    "purpose": gettext_lazy("Purpose"),
    "language": gettext_lazy("Language of posts"),
    "url": gettext_lazy("Address"),
    "media_kinds": gettext_lazy("Kinds of media"),
    "channel_kind": gettext_lazy("Kind of channel"),
    "audiences": gettext_lazy("Audiences"),
    "verified": gettext_lazy("Verified badge"),
    "decree_number": gettext_lazy("Number of the decree"),
    "decree_date": gettext_lazy("Date of the decree"),
    "person_in_charge_id": gettext_lazy("Person in charge"),
    "recovery_email_holder": gettext_lazy("Holder of the recovery e-mail"),
    "recovery_phone_holder": gettext_lazy("Holder of the recovery phone"),
    "two_step": gettext_lazy("Two-step sign-in"),
    "two_step_checked_on": gettext_lazy("Two-step sign-in checked on"),
    "opened_on": gettext_lazy("Opened on"),
}
LONGEST: Mapping[str, int] = {
    "purpose": 300,
    "url": 400,
    "decree_number": 120,
    "recovery_email_holder": 150,
    "recovery_phone_holder": 150,
}
CUSTODY = ("recovery_email_holder", "recovery_phone_holder")
SHOWN_TO_ALL = ("display_name", "purpose", "decree_number")
LISTS: Mapping[str, Sequence[str]] = {
    "media_kinds": MediaKind.values,
    "audiences": Audience.values,
}
"""Fields of several choices, with all that there are."""
EARLIEST = date(1990, 1, 1)
LONGEST_AHEAD = timedelta(days=3660)
"""How far ahead of today an assignment may begin or end: about ten years."""

_is_address = URLValidator(schemes=["https", "http"])


def in_order(name: str, chosen: Collection[str]) -> list[str]:
    """What was chosen for a field of ``LISTS`` in the order of its choices, in which the form sends
    it; what is no choice comes last."""
    places = {value: place for place, value in enumerate(LISTS[name])}
    return sorted(chosen, key=lambda value: places.get(value, len(places)))


def is_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: a list says it in any order."""
    return one == other or (name in LISTS and in_order(name, one) == in_order(name, other))


def clean_texts(details: Details) -> Details:
    """The same with every text on one line and every list in order, or ``AccountError`` beside its
    field."""
    cleaned: dict[str, Any] = dict(details)
    for name in LISTS:
        if cleaned.get(name):
            cleaned[name] = in_order(name, cleaned[name])
    for name in LONGEST:
        if name in cleaned:
            cleaned[name] = one_line(str(cleaned[name]), name)
    if cleaned.get("two_step") == TwoStep.UNKNOWN:
        cleaned["two_step_checked_on"] = None
    return cast(Details, cleaned)


def problems(details: Mapping[str, Any], *, today: date) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong with it) for everything that is, not only the first."""
    yield from _texts(details)
    yield from _choices(details)
    yield from _days(details, today)


def refuse_problems(details: Mapping[str, Any], *, today: date) -> None:
    """Raise ``AccountError`` for the first of ``problems``."""
    for field, message in problems(details, today=today):
        raise AccountError(message, field=field)


def _texts(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, most in LONGEST.items():
        if len(details.get(name) or "") > most:
            yield name, _("At most %(most)s characters.") % {"most": most}
    for name in CUSTODY:
        if trouble := refuse_holder(details.get(name) or ""):
            yield name, trouble
    for name in SHOWN_TO_ALL:
        if trouble := refuse_secret(details.get(name) or ""):
            yield name, trouble
    url = details.get("url") or ""
    if url and not _is_url(url):
        yield "url", _("Enter a full address, for example https://www.instagram.com/samudrakota.")


def _is_url(url: str) -> bool:
    try:
        _is_address(url)
    except ValidationError:
        return False
    return True


def _choices(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _one_of(details, "language", {code for code, _name in settings.LANGUAGES})
    yield from _one_of(details, "channel_kind", {"", *ChannelKind.values})
    yield from _one_of(details, "two_step", set(TwoStep.values))
    yield from _some_of(details, "media_kinds", set(MediaKind.values))
    yield from _some_of(details, "audiences", set(Audience.values))


def _one_of(
    details: Mapping[str, Any], name: str, known: Collection[str]
) -> Iterator[tuple[str, str]]:
    if name in details and details[name] not in known:
        yield name, _("Choose one of the list.")


def _some_of(
    details: Mapping[str, Any], name: str, known: Collection[str]
) -> Iterator[tuple[str, str]]:
    chosen = details.get(name) or []
    if not set(chosen) <= set(known) or len(set(chosen)) != len(chosen):
        yield name, _("Choose from the list, each once.")


def _days(details: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    for name in ("decree_date", "two_step_checked_on", "opened_on"):
        day = details.get(name)
        if day is None:
            continue
        if day > today:
            yield name, _("This day is still to come.")
        elif day < EARLIEST:
            yield name, _("This day is too long ago.")
    opened, closed = details.get("opened_on"), details.get("closed_on")
    if opened is not None and closed is not None and opened > closed:
        yield (
            "opened_on",
            _("It was closed before that day, on %(day)s.") % {"day": date_long(closed)},
        )
    asked = details.get("two_step", TwoStep.UNKNOWN) in {TwoStep.ON, TwoStep.OFF}
    if asked and details.get("two_step_checked_on") is None:
        yield "two_step_checked_on", _("When was it checked? Without a day this says nothing.")
