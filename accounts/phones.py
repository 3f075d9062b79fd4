"""Telephone numbers as people and their apps write them, in the one spelling that is read."""

from __future__ import annotations

import re

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
    rf"{_SIGNS}(?:(?:{_LABELS})[.:/=]{{1,3}} ?){{0,4}}{_SIGNS}({_NUMBER}){_SIGNS}(?![\w/@])",
    re.IGNORECASE,
)
_ABROAD = re.compile(r"\+?00(?=[1-9])")
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


def in_plain_numbers(words: str) -> str:
    """``words`` with the numbers in them as ``0812-3456-7890`` or ``+62 812…``, without the labels
    and signs around them, and the links of WhatsApp and Telegram with theirs in one piece."""
    if not any(sign.isdigit() for sign in words):
        return words
    words = _APP.sub("https://api.whatsapp.com/send?", words)
    words = _IN_LINK.sub(_in_one_piece, words)
    return _WRITTEN.sub(lambda found: _number(found.group(1)), words)


def is_without_zero(name: str) -> bool:
    """Whether it is a mobile number as people here write it without the first 0. It may be the
    number of an account as well."""
    return _WITHOUT_ZERO.fullmatch(name) is not None


def _number(written: str) -> str:
    number = re.sub(rf"[{_DASHES}]", "-", written)
    return _COUNTRY_AND_ZERO.sub(r"\1 ", _ABROAD.sub("+", number, count=1), count=1)


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
