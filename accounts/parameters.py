"""What the parameters of an address are for, by their names: pages are searched and put in order
with some, and servers lead on to what others hold.

Names are read in their words, as programmes write them: sort_by, orderBy, filter[kode], return-url.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

# English words as the programmes of servers have them, Indonesian ones as those here have.
_SEARCHES = frozenset(
    {
        "q", "query", "s", "search", "searchword", "keyword", "keywords", "term", "find", "cari",
        "pencarian", "kata", "katakunci", "sort", "sortby", "order", "orderby", "urut", "urutan",
        "urutkan", "filter", "column", "kolom", "field", "v", "ver", "version", "versi", "rev",
        "revisi", "kode", "code", "no", "nomor", "nama", "name", "judul", "title", "tag", "label",
        "kategori", "category",
    }
)  # fmt: skip
_LEADS_ON = frozenset(
    {
        "url", "uri", "u", "r", "l", "link", "href", "next", "goto", "go", "to", "out", "exit",
        "redirect", "redir", "return", "returnto", "continue", "dest", "destination", "target",
        "forward", "forwarder", "jump", "back", "callback", "cb", "location", "loc", "site",
        "website", "web", "host", "domain", "server", "page", "path", "src", "file", "open", "load",
        "proxy", "feed", "service", "referer", "referrer", "origin", "success", "cancel", "ke",
        "tujuan", "kembali", "lanjut", "lanjutkan", "keluar", "alamat", "tautan", "situs", "laman",
    }
)  # fmt: skip
# Also within a word, as in redirecturl and nexturl.
_WITHIN = re.compile(r"ur[li]|redir|goto|return|callback|continue|forward|tautan|tujuan|kembali")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def lead_on(name: str) -> bool:
    """Whether servers are known to lead on to what a parameter of that name holds."""
    words = _words(name)
    return not _LEADS_ON.isdisjoint(words) or any(_WITHIN.search(word) for word in words)


def search(name: str) -> bool:
    """Whether a parameter of that name only says what is shown of the page, and in which order."""
    return not lead_on(name) and not _SEARCHES.isdisjoint(_words(name))


def _words(name: str) -> set[str]:
    plain = unquote(name)
    return {word.lower() for word in _WORDS.findall(plain)} | {plain.lower()}
