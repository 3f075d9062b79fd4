"""Whether bytes are a PDF that a reader opens, as far as their frame tells.

Written here because no library that this application has reads PDF, and one more that parses what
strangers send is a larger risk than what it would find: a file may be a good PDF and still hold
anything in its comments. What protects whoever opens it is the ending of its name, which follows
from what was found here (``file_names``); this refuses what only begins and ends like a PDF.
"""

from __future__ import annotations

import re

_HEADER = re.compile(rb"%PDF-[12]\.\d[\s\0%]")
# Every reader looks for the end within the last kilobyte or two; scanners put some bytes behind it.
_END = 2048
_STARTS_AT = re.compile(rb"startxref[\s\0]{1,8}(\d{1,10})[\s\0]{1,8}%%EOF")
# Bounded, so that a file of digits alone is read in one pass.
_OBJECT = re.compile(rb"(?<!\d)\d{1,10}[\s\0]{1,8}\d{1,5}[\s\0]{1,8}obj\b")
_ROOT = re.compile(rb"/Root[\s\0]{1,8}\d{1,10}[\s\0]{1,8}\d{1,5}[\s\0]{1,8}R\b")
# What stands in a trailer beside its root: sizes, digests, and in newer files a list of numbers.
_LONGEST_TRAILER = 64 * 1024


def is_pdf(data: bytes) -> bool:
    """Header, an object, and an end that says where its table and its root are.

    That the table is where the end says is not asked: readers look for it themselves when some
    program moved it, and such decrees there are.
    """
    ends = _STARTS_AT.findall(data, max(len(data) - _END, 0))
    if not _HEADER.match(data) or not ends or int(ends[-1]) >= len(data):
        return False
    first = _OBJECT.search(data)
    return first is not None and data.find(b"endobj", first.end()) > 0 and _has_root(data)


def _has_root(data: bytes) -> bool:
    # The trailer of a table, or since PDF 1.5 the head of the object that is one.
    places = (data.rfind(b"trailer"), data.rfind(b"/XRef"))
    return any(
        _ROOT.search(data, max(place - _LONGEST_TRAILER, 0), place + _LONGEST_TRAILER)
        for place in places
        if place > 0
    )
