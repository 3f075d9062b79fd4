"""Telephone numbers as people and their apps write them, in the one spelling that is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from accounts import bank_numbers
from accounts.platform_readers import PLATFORM_SITES

# Of Indonesian numbers; others are shorter.
_LONGEST = 15
_SHORTEST = 9
# What begins behind so many digits with a 0 is another number.
_WHOLE = 10
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
# At the start only: within a number the same digits are two of it.
_ABROAD = re.compile(r"^(\(?)\+?00(?=[1-9])")
# Within the country the 0 is called, from abroad it is not.
_COUNTRY_AND_ZERO = re.compile(rf"(\(?\+?{_SPACES}*62\)?){_SPACES}*\(0\){_SPACES}*")
_IN_LINK = re.compile(
    r"((?<![\w.-])(?:https?://)?(?:www\.)?"
    r"(?:wa\.me/(?:c/)?|(?:t|telegram)\.me/(?=\+)|(?:api|web)\.whatsapp\.com/send/?\?phone=))"
    rf"(\+? ?\d{{1,7}})((?:{_SPACES}{{1,3}}\d+)+)(?![\w@%])",
    re.IGNORECASE,
)
_APP = re.compile(r"(?<!\w)whatsapp:/*send/?\?", re.IGNORECASE)
# One of a mobile telephone here, without the 0 before it.
_WITHOUT_ZERO = re.compile(r"8[1-9]\d{7,10}")
_WITHOUT_ZERO_PARTED = re.compile(r"8[1-9]\d(?:[ .-]\d{3,5}){2,3}")
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
_MOBILE = r"(?:\+?62[ .-]?|0)8\d(?:[ .-]?\d){6,11}"
# Among other words. Of what is no mobile number only what is written as no amount, day or number of
# a bank account is.
_AMONG_WORDS = re.compile(
    rf"{_MOBILE}|\+\d(?:[ ().-]{{0,3}}\d){{7,14}}|{_WITHOUT_ZERO_PARTED.pattern}"
    r"|(?:\(0[2-79]\d{1,2}\) ?|0[2-79]\d{1,2}[ .-]{1,3})\d(?:[ .-]?\d){4,7}"
)
# Numbers and what stands between several. In an address they are a part of that.
_RUN = re.compile(r"(?<![\w@/.,:=&?#+-])[+(]{0,3}\d[\d ()+.,:;&=|/-]*(?<! )(?![\w/@])")
_ENDS = re.compile(r"[,:;&=|/]")
# The digits of a mobile number here at most, with what it begins with.
_MOST_DIGITS = (("628", 14), ("08", 13), ("8", 12))
# No country begins with 0: there the sign says "and".
_GROUP = re.compile(r"(?:\+(?!0)|\()*\d+\)?")
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
    words = _APP.sub("https://api.whatsapp.com/send?", words)
    words = _IN_LINK.sub(_in_one_piece, words)
    words = _BEHIND_NAME.sub(r"\1 ", _PARTED_BY.sub(_with_dashes, words))
    return _WRITTEN.sub(lambda found: _number(found.group(1)), words)


def in_digits(words: str) -> str:
    """``words`` with the letter O in what else is a mobile number as the digit it is read for."""
    return _WITH_LETTERS.sub(lambda found: re.sub("[oO]", "0", found.group()), words)


def is_number(words: str) -> bool:
    """A number as people write it here. Accounts that are named by a number have no 0 or 62."""
    digits = sum(sign.isdigit() for sign in words)
    if 3 <= digits <= 7 and _SERVICE.fullmatch(words):
        return True
    if _WITHOUT_ZERO_PARTED.fullmatch(words):
        return True
    least = 5 if words.startswith("+") else _SHORTEST
    is_one = least <= digits <= _LONGEST and _PHONE.fullmatch(words.strip("()")) is not None
    return is_one and len(list(_several(words))) == 1


def taken_out(words: str) -> tuple[list[str], str]:
    """The numbers among ``words``, each once, and the words without them. What is called the number
    of a bank account stays a word."""
    found: dict[str, None] = {}

    def rest_of(run: re.Match[str]) -> str:
        text, kept, place = run.group(), "", 0
        for start, end in _several(text):
            number = text[start:end]
            is_listed = text == words and not number.startswith("1") and is_number(number)
            is_phone = is_listed or _AMONG_WORDS.fullmatch(number)
            before = words[: run.start() + start]
            if is_phone and not bank_numbers.is_called_account(before, number):
                found[number] = None
                kept, place = f"{kept}{_of_digits(text[place:start])} ", end
        return kept + (_of_digits(text[place:]) if place else text)

    rest = _RUN.sub(rest_of, words)
    return list(found), rest


def _of_digits(between: str) -> str:
    """What stands between two numbers, but for signs, which part nothing else."""
    return between if any(sign.isdigit() for sign in between) else " "


def _several(run: str) -> Iterator[tuple[int, int]]:
    """Where each of the numbers in ``run``, which may be one, begins and ends.

    Spaces, points and dashes stand within a number as often as between two: there another one
    begins where the first is whole, and what follows begins as one and is long enough for it.
    """
    groups = [(found.start(), found.end()) for found in _GROUP.finditer(run)]
    start = 0
    for place, (_begin, end) in enumerate(groups):
        is_last = place + 1 == len(groups)
        if is_last or _is_next(run[groups[start][0] : end], run[end:]):
            yield groups[start][0], end
            start = place + 1


def _is_next(number: str, rest: str) -> bool:
    between = re.match(r"[^\d+]*", rest)
    if (between and _ENDS.search(between.group())) or rest.lstrip(" (.-").startswith("+"):
        return True
    following = re.split(r"[+,:;&=|/]", rest)[0]
    digits = "".join(re.findall(r"\d", following))
    is_whole = sum(sign.isdigit() for sign in number) >= _SHORTEST
    if is_whole and len(digits) >= _SHORTEST and digits.startswith(("0", "62", "8")):
        return True
    return _is_over(number, between.group() if between else "", rest)


def _is_over(number: str, between: str, rest: str) -> bool:
    """Whether a mobile number ends here and an amount, a day or an hour follows: it was written in
    one piece, a bracket opens behind it, or with more it would be too long."""
    digits = "".join(re.findall(r"\d", number))
    most = next((most for start, most in _MOST_DIGITS if digits.startswith(start)), 0)
    if not most or len(digits) < _WHOLE:
        return False
    following = re.search(r"\d+", rest)
    more = len(following.group()) if following else 0
    in_one_piece = re.search(rf"\d{{{_WHOLE},}}\)?$", number) is not None
    return in_one_piece or "(" in between or len(digits) + more > most


def is_without_zero(name: str) -> bool:
    """Whether it is a mobile number as people here write it without the first 0. It may be the
    number of an account as well."""
    return _WITHOUT_ZERO.fullmatch(name) is not None


def _number(written: str) -> str:
    number = re.sub(rf"[{_DASHES}]", "-", written)
    return _COUNTRY_AND_ZERO.sub(r"\1 ", _ABROAD.sub(r"\1+", number), count=1)


def _with_dashes(found: re.Match[str]) -> str:
    country, _sign, first, _between, second, third = found.groups()
    parts = [country[:-1] if country else "", first, second, third or ""]
    number = "-".join(part for part in parts if part)
    digits = sum(sign.isdigit() for sign in number)
    return number if _SHORTEST <= digits <= _LONGEST else found.group()


def _in_one_piece(found: re.Match[str]) -> str:
    start, first, rest = found.groups()
    digits, end = "".join(re.findall(r"\d", first)), 0
    for chunk in re.finditer(r"\d+", rest):
        more = chunk.group()
        is_next = len(digits) >= _WHOLE and more.startswith("0") and len(more) > _WHOLE // 2
        if is_next or len(digits) + len(more) > _LONGEST:
            break
        digits, end = digits + more, chunk.end()
    if len(digits) < _SHORTEST:
        return found.group()
    sign = "+" if first.startswith("+") else ""
    return f"{start}{sign}{digits}{rest[end:]}"
