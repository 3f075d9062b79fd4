"""The page on which a person in charge goes through their accounts, one card each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Case, When
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import ngettext

from accounts import actions
from accounts.errors import AccountError
from accounts.forms_care import AttestForm
from accounts.models import Attestation, AttestationPeriod, OfficialAccount, User
from accounts.models.attestation import Question
from accounts.named import outsiders_of, seen_with
from accounts.selectors_attestation import IN_USE, accounts_to_attest, current_period, last_said
from accounts.selectors_findings import with_open_findings
from accounts.snapshots import (
    FIELDS,
    IN_HEAD,
    Difference,
    by_question,
    differences,
    digest_of,
    picture_of,
    with_register_row,
)

# A page that a person can still oversee, and that stays under 100 kB.
MOST_CARDS = 30
_SHOWN = re.compile(r"([1-9][0-9]{0,17})-seen")
_SEEN = re.compile(r"([1-9][0-9]{0,17})-still_ours|([1-9][0-9]{0,17})-all_right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question about one account: what the register says, and what is different."""

    question: Question
    facts: list[tuple[str, str]]
    changes: list[Difference]
    # Whom the register names although they have no role on the unit.
    outsiders: str
    answer: Any


@dataclass(slots=True, kw_only=True)
class Card:
    """One account, as somebody who must judge it sees it."""

    account: OfficialAccount
    form: AttestForm
    before: Attestation | None
    digest: str
    rows: list[Row] = field(default_factory=list)

    @property
    def words(self) -> list[BoundField]:
        """What may be written: one field among many cards, two where the card is alone."""
        names = ("problem",) if self.form.prefix else ("problem", "note")
        return [self.form[name] for name in names]

    @property
    def changes(self) -> int:
        return sum(len(row.changes) for row in self.rows)


def card_for(
    account: OfficialAccount,
    before: Attestation | None,
    data: QueryDict | None = None,
    *,
    period: AttestationPeriod | None,
    prefix: str | None = None,
    corrects: bool = False,
    outsiders: Sequence[str] | None = None,
) -> Card:
    """The card of one account, for ``period``; ``before`` is what was said last time, or None.

    ``outsiders``, asked for where they are not given, are named by the register and have no role on
    the unit: nobody is to confirm them unknowingly.
    """
    if outsiders is None:
        outsiders = outsiders_of([account])[account.pk]
    picture = picture_of(account)
    changed = differences(before.snapshot, picture) if before else []
    told = by_question(picture, but=IN_HEAD)
    seen = seen_with(digest_of(picture), outsiders)
    initial = _answers_of(before) if corrects and before else None
    form = AttestForm(
        data, prefix=prefix, period=period, last=before, corrects=corrects, initial=initial
    )
    rows = [
        Row(
            question=question,
            facts=told[str(question)],
            changes=[one for one in changed if FIELDS[one.field][1] == question],
            outsiders=", ".join(outsiders) if question == Question.ADMINISTRATORS else "",
            answer=form[str(question)],
        )
        for question in Question
    ]
    return Card(account=account, form=form, before=before, digest=seen, rows=rows)


def _answers_of(said: Attestation) -> dict[str, str]:
    answers = {name: "yes" if answer else "no" for name, answer in said.answers.items()}
    return answers | {"problem": said.problem}


class Sheet:
    """Every account that waits for one person. What is answered is kept, what is not goes on
    waiting, and what was typed comes back when something is missing."""

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        waiting = accounts_to_attest(user)
        if data is not None:
            # A new period asks about all again: what was typed must not fall off the page.
            shown = [int(match[1]) for key in data if (match := _SHOWN.fullmatch(key))]
            first = Case(When(pk__in=shown, then=0), default=1)
            waiting = waiting.order_by(first, *waiting.query.order_by)
        rows = with_open_findings(with_register_row(waiting))[: MOST_CARDS + 1]
        found = list(rows)
        self.more = len(found) > MOST_CARDS
        accounts = found[:MOST_CARDS]
        said, outsiders = last_said(accounts), outsiders_of(accounts)
        self.user = user
        self.period = period = current_period()
        self.cards = [
            card_for(
                account,
                said.get(account.pk),
                data,
                period=period,
                prefix=str(account.pk),
                outsiders=outsiders[account.pk],
            )
            for account in accounts
        ]
        self.confirmed: list[Attestation] = []
        self.gone = self._gone(data) if data is not None else 0

    @cached_property
    def out_of_reach(self) -> int:
        """For the page on which nothing waits: how many accounts name this person in a unit where
        they have no role by now, so that its administrators answer for them."""
        named = OfficialAccount.objects.filter(person_in_charge=self.user, status__in=IN_USE)
        return named.exclude(unit_id__any=self.user.units_with("accounts.view")).count()

    def _gone(self, data: QueryDict) -> int:
        """How many accounts were answered that do not wait for this person (any more)."""
        known = {str(card.account.pk) for card in self.cards}
        sent = {
            match[1] or match[2] for key in data if (match := _SEEN.fullmatch(key)) and data[key]
        }
        return len(sent - known)

    def confirm(self) -> bool:
        """Keep every complete answer, each for itself; return whether nothing is left to mend."""
        left: list[Card] = []
        good = True
        for card in self.cards:
            if card.form.is_untouched:
                left.append(card)
            elif not self._keep(card):
                left.append(card)
                good = False
        # An untouched card asks for nothing: forms that nobody filled in show no errors.
        for card in left:
            if card.form.is_untouched:
                card.form.is_bound = False
        self.cards = left
        return good

    def _keep(self, card: Card) -> bool:
        if not card.form.is_valid():
            return False
        data = card.form.cleaned_data
        try:
            row = actions.attest_account(
                actor=self.user,
                official_account_id=card.account.pk,
                period_id=self.period.pk if self.period else None,
                seen_sha256=data["seen"],
                answers=card.form.answers,
                note=data["note"],
                problem=data["problem"],
            )
        except AccountError as exc:
            card.form.add_error(exc.field if exc.field in card.form.fields else None, str(exc))
            return False
        self.confirmed.append(row)
        return True

    @property
    def wrong(self) -> int:
        return sum(1 for card in self.cards if card.form.is_bound)

    def in_words(self) -> str:
        """What came of it, for the head of the page."""
        kept, wrong = len(self.confirmed), self.wrong
        first = ngettext(
            "%(number)s account is confirmed and kept.",
            "%(number)s accounts are confirmed and kept.",
            kept,
        ) % {"number": kept}
        second = ngettext(
            "%(number)s account still needs something from you.",
            "%(number)s accounts still need something from you.",
            wrong,
        ) % {"number": wrong}
        return f"{first} {second}" if kept else second
