"""Which account a report is about: one spelling, so that reports about the same one meet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from accounts import bank_numbers, everyday, file_endings, handles, phones, shared_links, web_pages
from accounts.errors import AccountError
from accounts.models.kinds import OfficialPlatform
from accounts.references import (
    DOUBTFUL,
    NUMBER,
    OLD_ADDRESS,
    PHONE,
    POST,
    Reference,
    parsed,
    placed,
    tidy,
)

LONGEST = 300
LONGEST_NAMED = 60
_PARTIAL: Mapping[str, Promise] = {
    OfficialPlatform.MASTODON: gettext_lazy(
        "The same name may belong to others on other servers of Mastodon: write it with its "
        "server, @name@server, or paste the address of the account."
    ),
    OfficialPlatform.BLUESKY: gettext_lazy(
        "Write the whole name on Bluesky, such as name.bsky.social, or paste the address of the "
        "account."
    ),
    OfficialPlatform.WHATSAPP: gettext_lazy(
        "WhatsApp has no such names: paste the link of the channel, or write the number."
    ),
}


@dataclass(frozen=True, slots=True)
class Suspect:
    """``shown`` is what staff read, ``key`` is equal for the same account."""

    platform: str
    shown: str
    key: str
    reference: Reference


def read_suspect(typed: str, platform: str) -> Suspect:
    """Read what somebody reports. ``platform`` says where a bare name is, or is empty.

    Raises ``AccountError`` beside ``suspect`` or ``platform`` for what names nothing.
    """
    read = parsed(typed)
    found = _without_repeats(read.references)
    if not found:
        raise AccountError(
            _("Paste the address of the account, or write its handle, for example @name."),
            field="suspect",
        )
    if len(found) > 1:
        raise AccountError(
            _(
                "Report one account or number at a time. Here are several: %(names)s. Leave one of "
                "them here and write about the others under “What happened?”, or report each by "
                "itself."
            )
            % {"names": ", ".join(_cut(one.shown) for one in found)},
            field="suspect",
        )
    _refuse_what_may_be_more(tidy(typed)[0], read.unread, found[0])
    one = found[0]
    if not one.handle or one.note == POST:
        # A post, a shortened link, a telephone number: staff can open it, a program cannot.
        return _as_written(typed, one)
    if one.platform is None and not one.host:
        if phones.is_without_zero(one.handle) and platform in ("", OfficialPlatform.WHATSAPP):
            return _as_written(typed, Reference(None, f"0{one.handle}", "", PHONE, one.altered))
        if not platform:
            raise AccountError(_("Say on which platform this account is."), field="platform")
        one = placed(one, platform)
    if one.is_partial:
        raise AccountError(str(_PARTIAL.get(platform, handles.ADDRESS_PROBLEM)), field="suspect")
    return Suspect(one.platform or "", _line(one.shown), _short("|".join(_parts(one))), one)


def _refuse_what_may_be_more(words: str, unread: Sequence[str], one: Reference) -> None:
    """Nothing in ``words`` that may be a part of the number or a further suspect goes unasked."""
    if number := phones.unclear(words):
        raise AccountError(
            _(
                "Which digits of “%(number)s” belong to the number? Write them in one piece, and "
                "anything else under “What happened?”."
            )
            % {"number": _cut(number)},
            field="suspect",
        )
    told = bank_numbers.beside_banks(words) | everyday.labelled(words)
    further = (word for word in unread if _may_be_another(word, one))
    # What is said about a number says nothing about a name with the same digits in it.
    asked = (
        word for word in further if _has_letters(word) or bank_numbers.digits(word) not in told
    )
    if word := next(asked, ""):
        raise AccountError(
            _(
                "“%(word)s” may be another account or number. Report one at a time: leave one here "
                "and write about the others under “What happened?”."
            )
            % {"word": _cut(word)},
            field="suspect",
        )


# A word that goes on with a digit or a line. Names of offices, programmes and banks do so as well.
_LIKE_A_NAME = re.compile(r"(?=[^\W\d_]{3})(?=\w*[\d_])\w[\w.]{3,}")
_ALIKE = 75
# Shorter ones stand in many words.
_SHORTEST_NAME = 4
# cpns2026, covid19, otp6digit, and words that are said twice: orang2.
_EVERYDAY = re.compile(r"[^\W\d_]+(?:(?:19|20)\d\d|19|2(?:an|nya)?|\d{1,2}(?:digit|angka))")
_SHORTEST_NUMBER = 7


def _may_be_another(word: str, one: Reference) -> bool:
    """Whether ``word``, which stands beside a suspect and was not read, may be one itself.

    Beside an account another one is called almost as it: not as it but for points and lines, which
    is itself, nor as a part of its name. What has no name resembles none: there a word may be an
    account that is written as most are, in small letters, and as few other words. A number may be
    one unless it says what else it is.
    """
    if everyday.is_by_itself(word) or file_endings.is_file(word):
        return False
    if not _LIKE_A_NAME.fullmatch(word):
        return len(bank_numbers.digits(word)) >= _SHORTEST_NUMBER and not _has_letters(word)
    small, name = handles.small(word), handles.small(one.handle)
    platform = one.platform or ""
    is_code = handles.is_number(platform, one.handle) or platform == OfficialPlatform.WHATSAPP
    if not name or is_code or one.note == NUMBER:
        return word == small and _EVERYDAY.fullmatch(word) is None
    parts = [re.sub(r"[._-]", "", name), *re.split(r"[._/-]", name)]
    is_itself = re.sub(r"[._-]", "", small) in parts
    is_alike = fuzz.partial_ratio(small, name) >= _ALIKE
    return is_alike and not is_itself and len(name) >= _SHORTEST_NAME


def _has_letters(word: str) -> bool:
    return any(sign.isalpha() for sign in word)


def _without_repeats(found: list[Reference]) -> list[Reference]:
    """Without the bare names that stand beside the address of just that name, as apps share it,
    and with each number once, however it is written."""
    placed_names = {handles.small(one.handle) for one in found if one.platform or one.host}
    by_number = {_number(one): one for one in found if _number(one)}
    return [
        one
        for one in found
        if by_number.get(_number(one), one) is one
        and (one.platform or one.host or handles.small(one.handle) not in placed_names)
    ] or found


_NUMBER_IN_LINK = re.compile(
    r"(?:wa\.me/(?:c/)?|[?&]phone=|\.me/(?=\+))([ \d+().-]+)(?![^/?&#])", re.IGNORECASE
)


def _number(one: Reference) -> str:
    """The digits of a telephone number with its country, which is Indonesia's unless it says so."""
    if one.note != PHONE:
        return ""
    written = one.host
    if one.platform is not None:
        inside = _NUMBER_IN_LINK.search(unquote(one.typed))
        written = inside[1] if inside else ""
    digits = bank_numbers.digits(written).removeprefix("00")
    if digits.startswith("0"):
        return f"62{digits[1:]}"
    if one.platform is None and not written.startswith("+") and phones.is_without_zero(digits):
        return f"62{digits}"
    # Within the country a 0 is called before the number, which some keep behind that of it.
    return f"62{digits[3:]}" if digits.startswith("620") else digits


def _parts(one: Reference) -> tuple[str, ...]:
    known = one.platform or "other"
    if one.note == NUMBER:
        # The server is a part of it only where each has numbers of its own.
        return known, f"{NUMBER}|{one.host}" if one.host else NUMBER, one.handle
    if one.note == OLD_ADDRESS:
        # Nobody can tell whether the channel that has it is the one with this handle.
        return known, OLD_ADDRESS, handles.small(one.page)
    if one.platform is None and one.page:
        # Which page of a site it is may stand in its query alone: profile.php?id=1.
        return known, "", web_pages.place(one.page)
    return handles.key(known, one.host, one.handle)


def _as_written(typed: str, reference: Reference) -> Suspect:
    if reference.note == PHONE and reference.platform is None:
        return Suspect("", _line(reference.host), f"{PHONE}|{_number(reference)}", reference)
    if number := _number(reference):
        key = f"{reference.platform}|{PHONE}|{number}"
        start = "t.me/+" if reference.platform == OfficialPlatform.TELEGRAM else "wa.me/"
        return Suspect(reference.platform or "", f"{start}{number}", key, reference)
    link = reference.typed or tidy(typed)[0]
    if reference.note != DOUBTFUL:
        # Each who shares a post shares an address of their own.
        link = shared_links.untracked(link)
    link, key = shared_links.shown(link), f"link|{shared_links.place(link)}"
    return Suspect(reference.platform or "", _line(link), _short(key), reference)


def _short(key: str) -> str:
    """``key``, or of a long one the beginning and what tells it from others that begin so."""
    if len(key) <= LONGEST:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{key[: LONGEST - len(digest) - 1]}#{digest}"


def _line(text: str) -> str:
    return text[:LONGEST]


def _cut(name: str) -> str:
    """``name``, as long as a message can hold several of."""
    return name if len(name) <= LONGEST_NAMED else f"{name[: LONGEST_NAMED - 1]}…"


def code_digest(code: str) -> str:
    """What is kept of the code that opens a reporter's status page."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
