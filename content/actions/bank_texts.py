"""The message bank: texts are added, replaced by others and withdrawn, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.actions.addressing import refuse_identity_in_title
from content.documents import Facets
from content.errors import ContentError
from content.events.bank import BANK_TEXT_ADDED, BANK_TEXT_REPLACED, BANK_TEXT_WITHDRAWN
from content.facets import unknown_facets
from content.finding_rules.bank import SHORTEST, mark_of
from content.models import BankText
from govsocial.audit.actions import record
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require
from govsocial.web.templatetags.formats import number

LONGEST = {"title": 200, "purpose": 300, "text": 20_000}
# Ten of them stand in the list to choose from while writing.
LONGEST_NARRATIVE = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a text of the bank says; ``facets`` are what a post begins with."""

    title: str
    purpose: str
    text: str
    valid_from: date
    valid_until: date | None = None
    facets: Facets = field(default_factory=Facets)


@transaction.atomic
def add_bank_text(*, actor: User, unit_id: int, kind: str, wording: Wording) -> BankText:
    """Offer a text to posts of the unit and below. Raises ``ContentError`` beside its field."""
    require(actor, "content.bank", unit_id)
    made = _made(actor, unit_id, kind, wording)
    record(
        BANK_TEXT_ADDED,
        actor=actor,
        target=made,
        kind=kind,
        unit=str(made.unit),
        valid_from=wording.valid_from.isoformat(),
        valid_until=_spelled(wording.valid_until),
    )
    return made


@transaction.atomic
def replace_bank_text(*, actor: User, text_id: int, wording: Wording) -> BankText:
    """Put another wording in its place, at once; the one before stays on record."""
    before = _to_end(actor, text_id)
    made = _made(actor, before.unit_id, before.kind, wording, replaces=before)
    record(
        BANK_TEXT_REPLACED,
        actor=actor,
        target=made,
        kind=made.kind,
        before=before.title,
        valid_from=wording.valid_from.isoformat(),
        valid_until=_spelled(wording.valid_until),
    )
    return made


@transaction.atomic
def withdraw_bank_text(*, actor: User, text_id: int, reason: str) -> BankText:
    """Offer it no more, and ask about posts that hold it. It stays on record, with the reason."""
    ended = _to_end(actor, text_id)
    reason = readable(reason)[:300]
    if not reason:
        raise ContentError(_("Give a reason."), field="reason")
    ended.withdrawn_by, ended.withdrawn_at = actor, timezone.now()
    ended.withdrawn_because = reason
    ended.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    record(BANK_TEXT_WITHDRAWN, actor=actor, target=ended, kind=ended.kind, reason=reason)
    return ended


def _to_end(actor: User, text_id: int) -> BankText:
    text = BankText.objects.select_for_update().get(pk=text_id)
    require(actor, "content.bank", text.unit_id)
    if text.withdrawn_at is not None:
        raise ContentError(_("It has been withdrawn already."))
    if BankText.objects.filter(replaces=text).exists():
        raise ContentError(_("Another text took its place already. Open that one."))
    return text


def _made(
    actor: User, unit_id: int, kind: str, wording: Wording, replaces: BankText | None = None
) -> BankText:
    said = {name: readable(getattr(wording, name)) for name in LONGEST}
    for name, words in said.items():
        if not words:
            raise ContentError(_("Write something that can be read."), field=name)
        if len(words) > LONGEST[name]:
            raise ContentError(
                _("At most %(most)s characters.") % {"most": number(LONGEST[name])}, field=name
            )
    refuse_identity_in_title(said["title"])
    if wording.valid_until is not None and wording.valid_until < wording.valid_from:
        raise ContentError(_("The last day comes after the first day."), field="valid_until")
    for wrong in unknown_facets(wording.facets):
        raise wrong
    mark = mark_of(said["text"])
    if kind == BankText.Kind.NARRATIVE and len(said["text"]) > LONGEST_NARRATIVE:
        raise ContentError(
            _("A narrative has at most %(most)s characters.") % {"most": number(LONGEST_NARRATIVE)},
            field="text",
        )
    if kind == BankText.Kind.NARRATIVE and len(mark) < SHORTEST:
        raise ContentError(
            _("Write at least %(least)s characters in one piece without a placeholder: posts that "
              "hold it are found by them.") % {"least": SHORTEST},
            field="text",
        )  # fmt: skip
    return BankText.objects.create(
        unit_id=unit_id,
        kind=kind,
        mark=mark,
        facets=wording.facets.as_dict(),
        valid_from=wording.valid_from,
        valid_until=wording.valid_until,
        made_by=actor,
        replaces=replaces,
        **said,
    )


def _spelled(day: date | None) -> str | None:
    return day.isoformat() if day else None
