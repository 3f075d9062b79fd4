"""What the pages of the message bank show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import User
from content.document_words import facet_rows
from content.documents import Document
from content.models import BankText
from content.models.bank_text import BankState
from content.selectors import bank as selectors_bank
from govsocial.audit.selectors import history_of

SHOWN: dict[str, tuple[str, str]] = {
    "valid": ("good", "check"),
    "upcoming": ("note", "clock"),
    "expired": ("watch", "clock"),
    "replaced": ("", "ring"),
    "withdrawn": ("bad", "cross"),
}


def with_states(texts: Iterable[BankText]) -> list[dict[str, Any]]:
    """Rows of a list, each with how it stands today."""
    today = timezone.localdate()
    return [{"text": one, **_state(one.state_on(today))} for one in texts]


def _state(state: BankState) -> dict[str, Any]:
    tone, shape = SHOWN[state]
    return {"state": state.label, "tone": tone, "shape": shape, "is_valid": state == "valid"}


def detail(text: BankText, user: User) -> dict[str, Any]:
    state = text.state_on(timezone.localdate())
    is_open = text.withdrawn_at is None and getattr(text, "replaced_by", None) is None
    return {
        "text": text,
        **_state(state),
        "facets": facet_rows(Document(title="", text="", texts={}, facets=text.suggested())),
        "may_keep": is_open and user.holds("content.bank", text.unit_id),
        "may_use": selectors_bank.bank_texts_to_use(user).filter(pk=text.pk).exists(),
        "history": history_of(text),
    }
