"""Secrets in what people write about custody: who holds something belongs here, what it is never.

Notes and reasons stand in minutes and in a trail that nobody can shorten. What is found here is
what people type without thinking, and the common ways around; no pattern finds all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

from accounts.errors import AccountError
from accounts.names import one_line, several_lines
from govsocial.web.hidden_signs import without_hidden

YEAR = r"(?:19|20)\d\d"
_BETWEEN = r"(?:[\s().\[\]{}/_*·•+-]|,(?=\d)){0,4}"
# Six digits with whatever people put between them: a telephone number, a NIP, a NIK.
_NUMBER = re.compile(rf"\+?\d(?:{_BETWEEN}\d){{5,}}")
_TIME = r"[0-2]?\d[.:][0-5]\d"
HARMLESS = re.compile(
    # Dates, times, and numbers of decrees, which name their year.
    r"(?<![\d/.-])(?:\d{1,2}([-/.])\d{1,2}\1" + YEAR + r"|" + YEAR + r"-\d\d-\d\d)(?![\d/-])"
    rf"|(?<![\d.:-]){_TIME}(?:-{_TIME})?(?![\d:-]|\.\d)"
    r"|(?<![\w/])(?!(?:0|62)8\d\d)[\w.-]{1,20}(?:/[\w.-]{1,20}){0,5}/" + YEAR + r"(?![\w/])"
)
TELEPHONE = re.compile(r"\+\d{8,15}|(?:0[1-9]|628)\d{6,13}")

_AT = r"(?:@| @ |\s*[(\[{<]\s*(?:at|et)\s*[)\]}>]\s*)"
_DOT = r"(?:\.|\s*[(\[{<]\s*(?:dot|titik)\s*[)\]}>]\s*|\s(?:dot|titik)\s)"
_PROVIDERS = "gmail|googlemail|yahoo|ymail|outlook|hotmail|live|icloud|proton|protonmail"
ADDRESS = re.compile(
    rf"[\w+-]{_AT}[\w-]+(?:{_DOT}[\w-]+)*{_DOT}[a-z]{{2,}}"
    rf"|[\w+-]\s(?:at|et)\s(?:[\w-]+(?:\s(?:dot|titik)\s[\w-]+)+|(?:{_PROVIDERS})\b)",
    re.IGNORECASE,
)

_WORD = r"(?:kata\s?sandi|sandi|pass\s?word|passwd|passphrase|passcode|pass|pwd|pw)(?:nya)?"
_CODE = (
    r"(?:pin|otp|2fa|token|secret|passcode|kode\s(?:pin|otp|pemulihan|cadangan|verifikasi|keamanan|akses)"
    r"|(?:backup|recovery|security|verification)\scodes?)(?:nya)?"
)
SECRET_WORDS = re.compile(r"sandi|pass|pw|pin|otp|2fa|token|secret|kode|code", re.IGNORECASE)
"""In every text that names a secret: most have none of them, and need no closer look."""
# "kata sandi akun Instagram: …" and "password = …".
_TOLD = r"(?:\s[\w@.-]+){0,4}?\s*(?:[:=]|->|→)\s*"
_IS = r"(?:\s[\w@.-]+){0,4}?\s(?:adalah|ialah|yaitu|yakni|is)\s"
# The national immunisation week (Pekan Imunisasi Nasional) of a year.
_CAMPAIGN = re.compile(rf"\bpin\s{YEAR}(?=[\s.,;)]|$)(?!\S\w)", re.IGNORECASE)
_SIGN_OF_TOLD = re.compile(r"[:=→]|->")
ENDS_TOLD = re.compile(r"(?:[:=]|->|→)[\s\"'“(]*$")
"""A text whose end lets one expect the secret."""
_SECRETS = (
    # A word alone is one, unless it says what was done.
    re.compile(rf"\b{_WORD}{_TOLD}[\"'“(]?(?P<alone>\w+)[\"'”)]?\s*(?:[,;.|]|$)", re.IGNORECASE),
    re.compile(rf"\b{_WORD}(?:{_TOLD}|{_IS}|\s)[\"'“(]?(?P<mixed>\S{{4,}})", re.IGNORECASE),
    re.compile(rf"\b{_CODE}(?:{_TOLD}|{_IS}|\s)[\"'“(]?(?P<code>\S{{4,}})", re.IGNORECASE),
)
# "kata sandi 2-langkah", "password ke-2".
_COUNT = re.compile(r"(?:ke-)?\d{1,2}(?:-?[a-z]+)?[.,;:)]?", re.IGNORECASE)
# What a word after "kata sandi:" says when it is none.
_DONE = frozenset({
    "sudah", "telah", "belum", "tidak", "nihil", "ada", "aman", "beres", "selesai", "diganti",
    "diubah", "dirubah", "diserahkan", "disimpan", "diterima", "direset", "tersegel", "terlampir",
    "baru", "lama", "sama", "idem", "kosong", "ya", "changed", "replaced", "renewed", "reset",
    "done", "given", "handed", "received", "kept", "stored", "sealed", "new", "none", "no", "yes",
    "ok", "oke", "unchanged", "unknown",
})  # fmt: skip


MASKED = "••••••"
"""Stands for what was typed as a holder and is refused, where the rest of it is kept."""


def refuse_holder(typed: str) -> str:
    """Why ``typed`` is not who holds something; empty when it may be."""
    plain = plain_of(typed)
    if (
        MASKED in typed
        or "@" in typed
        or names_address(plain)
        or any(_numbers(plain))
        or names_secret(plain)
    ):
        return _(
            "Write who holds it, by name or position. The address or number itself is "
            "never kept here."
        )
    return ""


def refuse_remark(typed: str) -> str:
    """Why ``typed`` cannot be kept as a note or reason; empty when it can be. Days, decrees,
    handles and reference numbers may stand there."""
    plain = plain_of(typed)
    if names_telephone(plain) or names_address(plain) or names_secret(plain):
        return _(
            "Leave out passwords, codes, e-mail addresses and telephone numbers: what is written "
            "here stays for good. Say who holds them, by name or position."
        )
    return ""


def refuse_secret(typed: str) -> str:
    """Why ``typed`` cannot be shown to everybody. How to reach the agency may stand there."""
    if names_secret(without_campaign(plain_of(typed))):
        return _("Leave out passwords and codes.")
    return ""


def checked_remark(typed: str, field: str, *, optional: bool = False) -> str:
    """What may be kept of a reason, note or outcome: what can be read of it (``several_lines``).
    ``AccountError`` beside ``field`` when that is nothing, and for what ``refuse_remark`` finds."""
    return _without_secret(several_lines(typed, field, optional=optional), field)


def checked_decree(typed: str, field: str = "decree") -> str:
    """The same for the number of a decree or letter, which is one line and may be empty."""
    return _without_secret(one_line(typed, field), field)


def _without_secret(text: str, field: str) -> str:
    if trouble := refuse_remark(text):
        raise AccountError(trouble, field=field)
    return text


# A list may hold the same long cell thousands of times.
_KEPT = 2048


@lru_cache(_KEPT)
def plain_of(typed: str) -> str:
    """One way to write digits, dashes and spaces, and none of the signs that nobody sees."""
    lines = " ; ".join(typed.splitlines())
    if lines.isascii() and lines.isprintable():
        # Thousands of rows are read so, and most cells have nothing else.
        return " ".join(lines.replace("~", "-").split())
    text = without_hidden(unicodedata.normalize("NFKC", lines))
    return "".join(map(_plain_sign, " ".join(text.split())))


def _plain_sign(sign: str) -> str:
    if unicodedata.category(sign) == "Pd" or sign in "\u2212\u00ad~":
        return "-"
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def _numbers(plain: str) -> Iterator[str]:
    """Digits of each number of six or more that is no date, time, decree or list of years."""
    for found in _NUMBER.finditer(HARMLESS.sub(" § ", plain)):
        groups = re.findall(r"\d+", found[0])
        if not all(re.fullmatch(YEAR, group) for group in groups):
            yield ("+" if found[0].startswith("+") else "") + "".join(groups)


def names_telephone(plain: str) -> bool:
    return any(TELEPHONE.fullmatch(number) for number in _numbers(plain))


def names_address(plain: str) -> bool:
    return ADDRESS.search(plain) is not None


@lru_cache(_KEPT)
def names_secret(plain: str) -> bool:
    if not SECRET_WORDS.search(plain):
        return False
    text = HARMLESS.sub(" § ", plain)
    return any(
        _is_secret(**found.groupdict()) for pattern in _SECRETS for found in pattern.finditer(text)
    )


def without_campaign(plain: str) -> str:
    """``plain`` without a “PIN 2024”, which is a campaign; “PIN: 2024” tells a secret."""
    return plain if _SIGN_OF_TOLD.search(plain) else _CAMPAIGN.sub("§", plain)


def _is_secret(alone: str = "", mixed: str = "", code: str = "") -> bool:
    if alone:
        return alone.casefold() not in _DONE
    if _COUNT.fullmatch(mixed + code):
        return False
    has_digit = any(sign.isdigit() for sign in mixed + code)
    if code:
        return has_digit
    has_letter = any(sign.isalpha() for sign in mixed)
    odd = any(not sign.isalnum() and sign not in ".,;:()/-'\"“”" for sign in mixed[:-1])
    return (has_letter and (has_digit or odd)) or (mixed.isdigit() and len(mixed) >= 6)
