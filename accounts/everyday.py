"""What people write beside a suspect that says itself what it is, and so is no further suspect.

Amounts, days, hours and years are told by how they are written. Of other digits the word beside
them says it: Rp, NIP, NIK, SK, followers.
"""

from __future__ import annotations

import re

from accounts import bank_numbers

_YEAR = r"(?:19|20)\d\d"
_DAY = rf"\d{{1,2}}[./-]\d{{1,2}}[./-]{_YEAR}|{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}}"
_IN_ONE_PIECE = rf"{_YEAR}(?:0\d|1[0-2])(?:[0-2]\d|3[01])|(?:[0-2]\d|3[01])(?:0\d|1[0-2]){_YEAR}"
_TIME = rf"(?:{_DAY}|\d{{1,2}}[.:]\d\d|{_YEAR})"
_BY_ITSELF = re.compile(
    rf"{_TIME}(?:[-/,]{_TIME})?|{_IN_ONE_PIECE}"
    r"|\d{1,3}(?:[.,]\d{3})+(?:[.,](?:\d\d|-))?|[1-9]\d{3,5}000"
)
_LABELLED = re.compile(
    r"(?<![\w@./-])(?:(?:rp|idr)[. ]{0,2}\d[\d.,]*"
    r"|(?:nip|nik|npwp|nisn|ktp|kk|sk)(?: (?:no|nomor)\.?)?[ .:]{1,3}\d[\d./-]*"
    rf"|\d{{1,5}}(?:/[\w.-]{{1,20}}){{1,4}}/{_YEAR}"
    r"|\d[\d.]{0,14} ?(?:followers?|pengikut|subscribers?|anggota|members?|views|likes|ribu|juta"
    r"|rupiah))(?!\w)",
    re.IGNORECASE,
)


def labelled(words: str) -> frozenset[str]:
    """The digits of the numbers of which ``words`` say that they are something else."""
    return frozenset(bank_numbers.digits(one.group()) for one in _LABELLED.finditer(words))


def is_by_itself(word: str) -> bool:
    """Whether ``word`` is written as an amount or a time, or as a number with its label."""
    return (_BY_ITSELF.fullmatch(word) or _LABELLED.fullmatch(word)) is not None
