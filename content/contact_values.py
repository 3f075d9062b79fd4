"""Contacts as administrators type them, in the one spelling in which findings know them."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from accounts import bank_numbers
from accounts.links import SHARED
from content.errors import ContentError
from content.finding_rules.personal import national
from content.models.contact import ContactKind

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_EMAIL = re.compile(rf"[a-z0-9][\w.+%-]{{0,63}}@{_DOMAIN.pattern}", re.ASCII)
_NUMBER = re.compile(r"[+(]?\d[\d ().-]*")
# Anybody has an address there.
_MAIL_OF_ANYBODY = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.id", "ymail.com", "rocketmail.com",
        "hotmail.com", "outlook.com", "outlook.co.id", "live.com", "icloud.com", "mail.com",
        "proton.me", "protonmail.com", "zoho.com",
    }
)  # fmt: skip


def contact_value(kind: str, typed: str) -> str:
    """``typed`` as it is kept. Raises ``ContentError`` with what to do."""
    words = typed.strip().lower()
    if kind == ContactKind.EMAIL:
        return _matched(_EMAIL, words, _("Write an e-mail address, for example humas@kota.go.id."))
    if kind == ContactKind.DOMAIN:
        domain = _matched(
            _DOMAIN, words.removeprefix("@"), _("Write a domain, for example kota.go.id.")
        )
        if domain in SHARED or domain in _MAIL_OF_ANYBODY:
            raise ContentError(_("Anybody may have an address there."), field="value")
        return domain
    if kind not in {ContactKind.PHONE, ContactKind.ACCOUNT}:
        raise ContentError(_("Choose from the values that are offered."), field="kind")
    number = _matched(_NUMBER, words, _("Write a number in digits."))
    digits = national(number) if kind == ContactKind.PHONE else bank_numbers.digits(number)
    if not 7 <= len(digits) <= 18:
        raise ContentError(_("Such a number has 7 to 18 digits."), field="value")
    return digits


def _matched(pattern: re.Pattern[str], words: str, told: str) -> str:
    if len(words) > 200 or not pattern.fullmatch(words):
        raise ContentError(told, field="value")
    return words
