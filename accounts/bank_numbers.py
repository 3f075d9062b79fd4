"""Numbers of bank accounts among words, by what people write beside them.

Reports say where money was asked to go. Such a number is no further suspect and no telephone: which
of them it is, the digits do not tell, as accounts here may begin with 08 too. The name of the bank
or the word for its accounts does, directly before the number or behind it; nothing is asked about
it only where the bank is named. Banks have telephones as well, so that their name alone makes no
account of what is as long as the number of one.
"""

from __future__ import annotations

import re

# Banks that people here name without the word "bank"; the names of people are not among them.
_BANKS = (
    "bca|bri|bni|bsi|btn|bjb|bpd|btpn|mandiri|cimb|danamon|ocbc|maybank|muamalat|seabank|jenius|"
    "hsbc|uob|dbs"
)
# Banks collect waste and data, too: behind that word anything may stand.
_ANY = r"bank (?:bpd )?[^\W\d_]+(?: (?:syariah|digital|indonesia))?"
_KNOWN = rf"(?:bank )?(?:{_BANKS})(?: (?:niaga|nisp|syariah))?"
_BANK = rf"(?:(?P<known>{_KNOWN})|{_ANY})"
_ACCOUNT = r"(?:no(?:mor|mer)?\.? ?)?(?:rekening|rek)"
# Telephones are paid to as well: of DANA, of GoPay.
_PAID = r"(?:transfer|trf|tf)(?: ke)?"
_HOLDER = r"(?:a[./]?n|atas nama)\.?(?: [^\W\d_]+){1,3}"
# What stands here is no part of an address or of a name.
_START = r"(?<![\w@./-])"
_BEFORE = re.compile(
    rf"{_START}(?:(?:(?P<bank>{_BANK})|(?P<account>{_ACCOUNT})|(?P<paid>{_PAID})|{_HOLDER}"
    r"|no(?:mor|mer)?|dengan|dgn)[ .:=(]{1,3})+$",
    re.IGNORECASE,
)
# Before another number it is the bank of that.
_BEHIND = re.compile(rf"\)? \(?{_BANK}(?!\w|[ .:=]{{1,3}}\d{{7}})", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w@./:=&?#+-])\d[\d.-]{5,28}(?<=\d)(?!\w)")
_GLUED = re.compile(
    rf"{_START}(no(?:mor|mer)?(?=\.rek)|rek(?:ening)?(?=\.(?!rek)))"
    rf"\.(?=(?:rek(?:ening)?|{_BANKS})(?![\w/@]|\.\w))",
    re.IGNORECASE,
)
# Looked at before a number: more than its labels have.
_LONGEST_LABEL = 80
# The digits of account numbers here.
_FEWEST, _MOST = 10, 16
# Of mobile telephones, and one more, as in what is read as one.
_MOBILE = re.compile(r"(?:0|62)?8[1-9]\d{7,11}")
# Most banks give ten digits, and few mobile telephones have so short a number but those of 0811.
_SHORT_MOBILE = re.compile(r"(?:8|08(?!11))\d+")


def parted(words: str) -> str:
    """``words`` with a space behind the labels that would be read as the name of a site: no.rek."""
    return _GLUED.sub(r"\1. ", words)


def is_called_account(before: str, number: str) -> bool:
    """Whether ``number``, which could be that of a telephone, is called an account's in the text
    ``before`` it."""
    named = _named(before)
    if named is None or not (named["account"] or named["bank"] or named["paid"]):
        return False
    return bool(named["account"]) or _is_no_telephone(number, named)


def beside_banks(words: str) -> frozenset[str]:
    """The digits of the account numbers beside which ``words`` name the bank."""
    found: set[str] = set()
    for number in _NUMBER.finditer(words):
        named, own = _named(words[: number.start()]), digits(number.group())
        bank = named if named and named["bank"] else _BEHIND.match(words, number.end())
        is_account = bank and ((named and named["account"]) or _is_no_telephone(own, bank))
        if is_account and _FEWEST <= len(own) <= _MOST:
            found.add(own)
    return frozenset(found)


def _named(before: str) -> re.Match[str] | None:
    return _BEFORE.search(before[-_LONGEST_LABEL:])


def _is_no_telephone(number: str, bank: re.Match[str]) -> bool:
    """Where no word says account."""
    if len(number) == _FEWEST and _SHORT_MOBILE.fullmatch(number):
        return bool(bank["known"])
    return number.isdigit() and _MOBILE.fullmatch(number) is None


def digits(written: str) -> str:
    return "".join(sign for sign in written if sign.isdigit())
