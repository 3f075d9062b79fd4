"""Telephone numbers as people and their apps write them, in the one spelling that is read."""

from __future__ import annotations

import re

from accounts import bank_numbers, everyday
from accounts.phone_ends import LONGEST, SHORTEST, beginning_before, is_unclear, several
from accounts.platform_readers import PLATFORM_SITES

# WhatsApp and word processors write numbers with other dashes than keyboards do.
_DASHES = "\u2010-\u2015\u2212"
_SPACES = rf"[ ().{_DASHES}-]"
_NUMBER = rf"[+(]{{0,3}}\d(?:{_SPACES}{{0,3}}\d){{6,16}}"
_LABELS = (
    "whatsapp|wa|telepon|telpon|telp|tlp|tel|phone|mobile|nomor|nomer|no|hp|sms|call|cp|hubungi|"
    "hub|kontak|contact"
)
# In an address, or glued to other words, it is a part of that. The signs around it are those with
# which chats set type. Everything has an end: strangers send texts that take long to search.
_SIGNS = "[*_~]{0,3}"
_WRITTEN = re.compile(
    r"(?<![^\s(\[{<\"'“‘«,;])"
    rf"{_SIGNS}(?:(?:{_LABELS})[.:/=]{{1,3}} ?){{0,4}}{_SIGNS}({_NUMBER}){_SIGNS}"
    r"(?![\w@]|/(?!\+?\d))",
    re.IGNORECASE,
)
# At the start only: within a number the same digits are two of it. No country is 2, and behind 1
# and 7 no number begins with 0: RT 001 0812…
_ABROAD = re.compile(r"^(\(?)\+?00[ -]?(?=[17](?! ?0)|[2-9]\d)")
# Within the country the 0 is called, from abroad it is not.
_COUNTRY_AND_ZERO = re.compile(rf"(\(?\+?{_SPACES}*62\)?){_SPACES}*\(0\){_SPACES}*")
# An address ends at a space: with more digits before one, the number in it is whole.
_IN_LINK = re.compile(
    r"((?<![\w.-])(?:https?://)?(?:www\.)?"
    r"(?:wa\.me/(?:c/)?|(?:t|telegram)\.me/(?=\+)|(?:api|web)\.whatsapp\.com/send/?\?phone=))"
    rf"(\+? ?\d{{1,11}})((?:{_SPACES}{{1,3}}\d+)+)(?![\w@%])",
    re.IGNORECASE,
)
_APP_LINK = "https://api.whatsapp.com/send?"
_APP = re.compile(r"(?<!\w)whatsapp:/*send/?\?", re.IGNORECASE)
# One of a mobile telephone here, without the 0 before it.
_WITHOUT_ZERO = re.compile(r"8[1-9]\d{7,10}")
_WITHOUT_ZERO_PARTED = re.compile(
    r"8[1-9]\d(?:(?:[ .-]\d{3,5}){2,3}|(?=(?:[ .-]?\d){6,9}$)(?:[ .-]\d{3,5}){1,3}[ .-]\d\d?)"
)
_PARTED_BY = re.compile(
    r"(?<![^\s(\[{<\"'“‘«,;])(\+?62([/_]))?((?:\+?62|0)?8\d{1,3})([/_])(\d{2,5})(?:\4(\d{2,6}))?"
    r"(?![\w/@])"
)
_WITH_LETTERS = re.compile(
    r"(?<![\w@/.,:=&?#+-])(?:\+?62[ .-]?|[0oO])8(?:[ .-]?[0-9oO]){7,12}(?![\w/@])"
)
_PHONE = re.compile(r"(?:\+|0|62)[0-9 ().-]+")
# Emergency and service numbers: 112, 14022, 1500-567.
_SERVICE = re.compile(r"1[0-9 .-]+")
_MOBILE = r"\(?(?:\+?62[ ().-]{0,3}0?|0)[ ().-]{0,3}8\d(?:[ ().-]{0,3}\d){6,11}"
# In one piece it may be a bank account as well, or what its label says.
_LANDLINE = r"0[2-79]\d{7,10}"
# Among other words. Of what is no mobile number only what is written as no amount and no day is.
_AMONG_WORDS = re.compile(
    rf"{_MOBILE}|\(?\+\d(?:[ ().-]{{0,3}}\d){{7,14}}|{_WITHOUT_ZERO_PARTED.pattern}"
    r"|(?:\(0[2-79]\d{1,2}\)[ .-]{0,3}|0[2-79]\d{1,2}[ .-]{1,3})\d(?:[ .-]?\d){4,7}"
    rf"|{_LANDLINE}"
)
_ENDS_WITH_DIGITS = re.compile(r"\d[ .)-]{1,3}$")
# Numbers and what stands between several. In an address they are a part of that.
_RUN = re.compile(r"(?<![\w@/.,:=&?#+-])[+(]{0,3}\d[\d ()+.,:;&=|/-]*(?<! )(?![\w/@])")
_SITES = "|".join(re.escape(site) for site in PLATFORM_SITES)
_BEHIND_NAME = re.compile(
    r"(?<!\S)(@[\w.-]+(?:@[\w.-]+)?(?=[,;:&|+=/])"
    rf"|(?:https?://)?(?:[\w-]+\.)*(?:{_SITES})/[^\s,;|?#]*(?=[,;|]))[,;:&|=/]*"
    rf"(?={_MOBILE}(?![\w/@]))",
    re.IGNORECASE,
)


def in_plain_numbers(words: str) -> str:
    """``words`` with the numbers in them as ``0812-3456-7890`` or ``+62 812…``, without the labels
    and signs around them, and the links of WhatsApp and Telegram with theirs in one piece."""
    if not any(sign.isdigit() for sign in words):
        return words
    words = bank_numbers.parted(words)
    words = _APP.sub(_APP_LINK, words)
    words = _IN_LINK.sub(_in_one_piece, words)
    words = _BEHIND_NAME.sub(r"\1 ", _PARTED_BY.sub(_with_dashes, words))
    of_banks = bank_numbers.beside_banks(words)

    def number_of(found: re.Match[str]) -> str:
        number = re.sub(rf"[{_DASHES}]", "-", found[1])
        digits = bank_numbers.digits(number)
        # Accounts may begin with 00 as well.
        if digits in of_banks or bank_numbers.is_called_account(words[: found.start(1)], digits):
            return number
        number = _COUNTRY_AND_ZERO.sub(r"\1 ", _ABROAD.sub(r"\1+", number), count=1)
        # Without its label it would stand beside the digits before that: RT 5 WA: 0812…
        is_beside = any(sign.isalpha() for sign in found.string[found.start() : found.start(1)])
        is_beside = is_beside and _ENDS_WITH_DIGITS.search(words[: found.start()]) is not None
        return f", {number}" if is_beside else number

    return _WRITTEN.sub(number_of, words)


def in_digits(words: str) -> str:
    """``words`` with the letter O in what else is a mobile number as the digit it is read for."""
    return _WITH_LETTERS.sub(lambda found: re.sub("[oO]", "0", found.group()), words)


def is_number(words: str) -> bool:
    """A number as people write it here. Accounts that are named by a number have no 0 or 62."""
    digits = sum(sign.isdigit() for sign in words)
    if 3 <= digits <= 7 and _SERVICE.fullmatch(words.strip("() ")):
        return True
    if _WITHOUT_ZERO_PARTED.fullmatch(words):
        return True
    least = 5 if words.startswith("+") else SHORTEST
    is_one = least <= digits <= LONGEST and _PHONE.fullmatch(words.strip("()")) is not None
    return is_one and len(list(several(words))) == 1


def taken_out(words: str) -> tuple[list[str], str]:
    """The numbers among ``words``, each once, and the words without them. What is called the number
    of a bank account stays a word."""
    spans, rest = _spans(words)
    return list(dict.fromkeys(words[start:end] for start, end in spans)), rest


def _spans(words: str) -> tuple[list[tuple[int, int]], str]:
    found: list[tuple[int, int]] = []
    told = bank_numbers.beside_banks(words) | everyday.labelled(words)

    def rest_of(run: re.Match[str]) -> str:
        text, kept, place = run.group(), "", 0
        for start, end in several(text, words[run.end() :]):
            if text[end - 1] == ")" and text != words:
                # Around the whole of it: (0812-3456-7890).
                end -= 1
                start += text[start] == "(" and ")" not in text[start:end]
            number = text[start:end]
            is_listed = text == words and not number.startswith("1") and is_number(number)
            is_phone = is_listed or _AMONG_WORDS.fullmatch(number)
            before = words[: run.start() + start]
            is_account = bank_numbers.is_called_account(before, number) or (
                number in told and re.fullmatch(_LANDLINE, number) is not None
            )
            if is_phone and not is_account:
                found.append((run.start() + start, run.start() + end))
                kept, place = f"{kept}{_of_digits(text[place:start])} ", end
        return kept + (_of_digits(text[place:]) if place else text)

    return found, _RUN.sub(rest_of, words)


def _of_digits(between: str) -> str:
    """What stands between two numbers, but for signs, which part nothing else."""
    return between if any(sign.isdigit() for sign in between) else " "


def unclear(words: str) -> str:
    """The first number among ``words`` of which nobody can tell where it ends, as it is written;
    empty where there is none."""
    for link in _IN_LINK.finditer(_APP.sub(_APP_LINK, words)):
        number, behind = _of_link(link)
        if is_unclear(number, behind):
            return number
    plain = in_digits(in_plain_numbers(words))
    spans = [(0, len(plain))] if is_number(plain) else _spans(plain)[0]
    for start, end in spans:
        number, behind = plain[start:end], plain[end:]
        if beginning := beginning_before(number, plain[:start]):
            return f"{beginning}{number}"
        # Behind a stroke the end of another one may stand, or of itself: 081234567890/91.
        if is_unclear(number, behind) or re.match(r"/\d{1,4}(?![\d/])", behind):
            return number
    return ""


def is_without_zero(name: str) -> bool:
    """Whether it is a mobile number as people here write it without the first 0. It may be the
    number of an account as well."""
    return _WITHOUT_ZERO.fullmatch(name) is not None


def _with_dashes(found: re.Match[str]) -> str:
    country, _sign, first, _between, second, third = found.groups()
    parts = [country[:-1] if country else "", first, second, third or ""]
    number = "-".join(part for part in parts if part)
    digits = sum(sign.isdigit() for sign in number)
    return number if SHORTEST <= digits <= LONGEST else found.group()


def _in_one_piece(found: re.Match[str]) -> str:
    number, behind = _of_link(found)
    digits = bank_numbers.digits(number)
    # There a browser ends at a space.
    if is_unclear(number, behind) or not SHORTEST <= len(digits) <= LONGEST + len("00"):
        return found.group()
    sign = "+" if found[2].startswith("+") else ""
    end = found.start(2) + len(number) - (number.startswith("+") and not sign)
    return f"{found[1]}{sign}{digits}{found.string[end : found.end()]}"


def _of_link(found: re.Match[str]) -> tuple[str, str]:
    """The number in a link, with the sign of its country, with which all begin there, and what
    stands behind it."""
    sign = "" if found[2].startswith(("+", "0")) else "+"
    number, behind = f"{sign}{found[2]}{found[3]}", found.string[found.end() :]
    _start, end = next(several(number, behind))
    return number[:end], f"{number[end:]}{behind}"
