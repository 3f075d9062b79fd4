"""The row of the register as it stood, and what is different since.

An attestation is about what was shown: it keeps this picture and its digest, and is refused when
the register has moved on in between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.kept_values import in_words as kept_in_words
from accounts.kept_values import values_of
from accounts.models import Administrator, Credential, OfficialAccount, User
from accounts.models.administrator import running_administrators
from accounts.models.attestation import Question
from accounts.models.kinds import TwoStep, at_handle
from accounts.models.official_account import AccountStatus
from accounts.models.unit import day_where
from govsocial.web.templatetags.formats import date_long

Picture = dict[str, Any]
_DECREE_GLUE = " · "

# Each field of the picture: its name, and the question that it helps to answer.
FIELDS: dict[str, tuple[str | Promise, Question]] = {
    "platform": (gettext_lazy("Platform"), Question.OURS),
    "handle": (gettext_lazy("Handle"), Question.OURS),
    "host": (gettext_lazy("Server"), Question.OURS),
    "url": (gettext_lazy("Address"), Question.OURS),
    "platform_id": (gettext_lazy("Id on the platform"), Question.OURS),
    "display_name": (gettext_lazy("Display name"), Question.OURS),
    "verified": (gettext_lazy("Verified badge"), Question.OURS),
    "status": (gettext_lazy("Status"), Question.NEEDED),
    "purpose": (gettext_lazy("Purpose"), Question.NEEDED),
    "unit": (gettext_lazy("Unit"), Question.NEEDED),
    "decree": (gettext_lazy("Decree"), Question.NEEDED),
    "decree_file": (gettext_lazy("File of the decree"), Question.NEEDED),
    "person_in_charge": (gettext_lazy("Person in charge"), Question.ADMINISTRATORS),
    "administrators": (gettext_lazy("Administrators"), Question.ADMINISTRATORS),
    "recovery_email_holder": (
        gettext_lazy("Holder of the recovery e-mail"),
        Question.ADMINISTRATORS,
    ),
    "recovery_phone_holder": (
        gettext_lazy("Holder of the recovery phone"),
        Question.ADMINISTRATORS,
    ),
    "two_step": (gettext_lazy("Two-step sign-in"), Question.TWO_STEP),
    "two_step_checked_on": (gettext_lazy("Two-step sign-in checked on"), Question.TWO_STEP),
    "connection": (gettext_lazy("Connection"), Question.TWO_STEP),
}


# Kept and told as the trail does: by the name of the column.
_AS_KEPT = {
    "verified": "verified",
    "decree_file": "decree_file_id",
    "recovery_email_holder": "recovery_email_holder",
    "recovery_phone_holder": "recovery_phone_holder",
    "two_step_checked_on": "two_step_checked_on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of the register that is not what it was; "" is "not given"."""

    field: str
    label: str
    before: str
    after: str
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def with_register_row(accounts: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    """What ``picture_of`` reads, in two queries however many accounts there are."""
    today = running_administrators(day_where("official_account__unit"))
    running = Administrator.objects.filter(today).select_related("user")
    return accounts.select_related(
        "unit", "credential", "person_in_charge", "decree_file"
    ).prefetch_related(Prefetch("administrators", running, to_attr="running_administrators"))


def running_of(account: OfficialAccount) -> Iterable[Administrator]:
    """Who works on it today, of ``with_register_row`` where the account was read so."""
    known: Iterable[Administrator] | None = getattr(account, "running_administrators", None)
    if known is not None:
        return known
    today = running_administrators(account.unit.today)
    rows: QuerySet[Administrator] = account.administrators.filter(today).select_related("user")
    return rows


def picture_of(account: OfficialAccount) -> Picture:
    """The facts that people confirm. Names are kept beside ids: people are called differently
    later. Nothing secret is in the register, so nothing secret is in here."""
    running = running_of(account)
    in_charge: User | None = account.person_in_charge
    kept = values_of(account, _AS_KEPT.values())
    decree = [account.decree_number, account.decree_date and account.decree_date.isoformat()]
    return {
        "platform": account.platform,
        "handle": account.handle,
        "host": account.host,
        "url": account.url,
        "platform_id": account.platform_id,
        "display_name": account.display_name,
        "status": account.status,
        "purpose": account.purpose,
        "unit": account.unit.name,
        # For programmes: units are renamed, and two may be called the same.
        "unit_id": account.unit_id,
        "decree": _DECREE_GLUE.join(part for part in decree if part),
        "person_in_charge": [in_charge.pk, in_charge.full_name] if in_charge else [],
        "administrators": sorted([one.user_id, one.user.full_name] for one in running),
        "two_step": account.two_step,
        **{field: kept[name] for field, name in _AS_KEPT.items()},
        "connection": account.credential.status if hasattr(account, "credential") else "",
    }


def digest_of(picture: Mapping[str, Any]) -> str:
    text = json.dumps(picture, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed between two pictures, in the order of the questions. A field that an old
    picture did not know yet is no change; nor is it one that two-step sign-in was looked at again
    and found as it was, which every answer does."""
    return [
        _difference(field, before[field], after[field])
        for field in FIELDS
        if field in before
        and field in after
        and (before[field] != after[field] or (field == "unit" and _moved(before, after)))
        and not (field == "two_step_checked_on" and _looked_at_again(before, after))
    ]


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """To a unit that is called as the one before was then."""
    return "unit_id" in before and before["unit_id"] != after.get("unit_id")


def _looked_at_again(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    same = before.get("two_step") == after.get("two_step")
    return same and before["two_step_checked_on"] < after["two_step_checked_on"]


def _difference(field: str, before: Any, after: Any) -> Difference:
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    if field == "administrators":
        was, now = dict(map(tuple, before)), dict(map(tuple, after))
        joined = tuple(name for pk, name in now.items() if pk not in was)
        left = tuple(name for pk, name in was.items() if pk not in now)
    return Difference(
        field=field,
        label=str(FIELDS[field][0]),
        before=in_words(field, before),
        after=in_words(field, after),
        joined=joined,
        left=left,
    )


def in_words(field: str, value: Any) -> str:
    """A value of a picture as people read it; what is not there is "not given"."""
    if field == "verified" and not value:
        # The word of the form and of the account's page for the same.
        return _("Nobody has looked")
    if value in ("", None, []):
        return _("not given")
    if field == "administrators":
        return ", ".join(name for _pk, name in value)
    if field == "person_in_charge":
        return str(value[1])
    if field in _AS_KEPT:
        return kept_in_words(_AS_KEPT[field], str(value))
    if field == "decree":
        return _decree_in_words(str(value))
    choices: dict[str, Any] = {
        "platform": OfficialAccount.Platform,
        "status": AccountStatus,
        "two_step": TwoStep,
    }
    if field in choices:
        return str(dict(choices[field].choices).get(value, value))
    if field == "connection":
        return str(dict(Credential.Status.choices).get(value, value))
    return str(value)


def _decree_in_words(kept: str) -> str:
    """A picture keeps the day of a decree as every machine writes it, behind the number."""
    number, _dot, last = kept.rpartition(_DECREE_GLUE)
    try:
        day = date.fromisoformat(last)
    except ValueError:
        return kept
    return ", ".join(part for part in (number, date_long(day)) if part)


def told(picture: Mapping[str, Any], field: str) -> str:
    """One field of a picture in words; the handle as people write it on its platform."""
    value = picture.get(field)
    if field == "handle" and value:
        return at_handle(str(picture.get("platform")), value)
    return in_words(field, value)


# What the head of a card says already, and what matters only where there is something.
IN_HEAD = frozenset({"platform", "handle", "display_name", "unit"})
_OFTEN_EMPTY = frozenset({"host", "url", "platform_id", "connection", *_AS_KEPT})


def by_question(
    picture: Mapping[str, Any], *, but: Collection[str] = ()
) -> dict[str, list[tuple[str, str]]]:
    """The facts in words, under the question that each helps to answer, but for ``but``."""
    found: dict[str, list[tuple[str, str]]] = {str(question): [] for question in Question}
    for field, (label, question) in FIELDS.items():
        value = picture.get(field)
        # What an old picture did not know is not "not given".
        if field in picture and field not in but and (value or field not in _OFTEN_EMPTY):
            found[str(question)].append((str(label), told(picture, field)))
    return found
