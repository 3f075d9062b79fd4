"""What the parameters and the pages of an address are for, by their names: pages are searched and
put in order with some, and servers lead on to what others hold.

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
        "kategori", "category", "lang", "language", "locale", "bahasa", "ref", "via", "from",
        "dari", "source", "sumber", "utm", "mtm", "pegawai", "pejabat", "penulis", "author",
        "gelar", "dokter", "guru", "dosen", "ketua", "kepala", "narasumber", "media", "instansi",
        "lembaga", "penerbit", "publisher",
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
# What is under them is any page of a site: /page/2, /web/berita, /destination/pantai.
_PLACES = frozenset(
    {
        "page", "path", "site", "website", "web", "situs", "laman", "alamat", "tujuan", "src",
        "file", "open", "load", "feed", "service", "server", "host", "domain", "location", "loc",
        "destination", "target", "origin", "success", "cancel",
    }
)  # fmt: skip
_PAGES = (_LEADS_ON - _PLACES) | {
    "away", "click", "klik", "external", "leave", "leaving", "outbound", "visit", "ext", "clk",
    "track", "shortlink", "pengalihan", "alihkan", "dialihkan", "arahkan", "diarahkan", "teruskan",
    "diteruskan", "kunjungi", "menuju", "eksternal", "buka", "outgoing", "outlink", "fwd", "bounce",
    "pindah", "alih", "linkout", "lnk", "lompat", "loncat", "mengalihkan", "meninggalkan", "hop",
    "http", "https", "situs-luar",
}  # fmt: skip
_OF_FILES = frozenset({"file", "berkas", "src", "path", "load", "feed"})
# What says where a reader came from. Who has signed in is led back there.
_CAME_FROM = frozenset({"ref", "via", "from", "dari", "source", "sumber", "media"})
_SIGNS_IN = re.compile(
    r"(?<![a-z])(?:wp|user|member|admin)?"
    r"(?:log[-_]?(?:in|on|out|off)\w*|sign[-_]?(?:in|on|up|out)\w*"
    r"|(?:masuk|daftar|register|registrasi|session|sso|o?auth2?|oidc|authori[sz]e|authenticate)"
    r"(?![a-z]))"
    # These are words of titles too: verifikasi-faktual-partai.
    r"|^(?:(?:saml2?|cas|verify|verifikasi|otp|aktivasi|lupa|forgot|reset|kata|sandi|password)[-_]?)+$"
)
# Whose pages are lists of links to other sites, also among other words: /link-penting.
_LINKS = frozenset({"link", "links", "tautan"})
# Before the names of the parts of a programme: com_content, mod_menu.
_KINDS = frozenset({"com", "mod"})
# Those that say which page or part of a programme it is that answers.
_CHOOSES = frozenset(
    {
        "page", "p", "r", "route", "option", "task", "view", "act", "action", "aksi", "do", "mod",
        "modul", "module", "m", "c", "controller", "method", "a", "func", "function", "fn", "op",
        "cmd", "mode", "menu", "hal", "halaman", "laman", "content", "konten", "file", "load",
        "open", "include", "id", "pg", "link", "app", "sub", "section", "url", "path",
    }
)  # fmt: skip
# Parts of a programme, with what they do: news.read. Sites have these endings too.
_DOES = re.compile(r"[a-z_]+\.(?:call|do|open|post|read|report|save|search|select|show)")
_PARTS = re.compile(r"[/\\.:;,|]+")
# The lists of what an office sends, hands out, pays or lets go, of what comes in, and of who moves:
# surat/keluar are letters, and lead nowhere.
_SENT = re.compile(
    r"(?<![^/.])(surat|naskah|barang|kas|mutasi|penduduk)(?:/+|[._-])"
    r"(?:keluar|masuk|pindah|outgoing)(?![^/.])",
    re.IGNORECASE,
)
# Not "gotong royong".
_REDIRECTS = re.compile(r"redir|goto(?!ng)")
# Also within a word, as in shorturl and urlgo.
_URL = re.compile(r"(?<![a-z])url|url(?![a-z])")
# Also within a word, as in redirecturl and nexturl.
_WITHIN = re.compile(r"ur[li]|redir|goto|return|callback|continue|forward|tautan|tujuan|kembali")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def lead_on(name: str) -> bool:
    """Whether servers are known to lead on to what a parameter of that name holds."""
    words = _words(name)
    return not _LEADS_ON.isdisjoint(words) or any(_WITHIN.search(word) for word in words)


def search(name: str) -> bool:
    """Whether a parameter of that name only says what is shown of the page, in which order and in
    which language, or where its reader came from."""
    return not lead_on(name) and not _SEARCHES.isdisjoint(_words(name))


def holds_address(name: str) -> bool:
    """Whether a parameter of that name holds the address of a page, and nothing else."""
    return redirects(name) or any(re.search("ur[li]", word) for word in _words(name))


def names_file(name: str) -> bool:
    """Whether a parameter of that name says which file of its own a server shows."""
    return not _OF_FILES.isdisjoint(_words(name))


def came_from(name: str) -> bool:
    """Whether a parameter of that name only says where its reader came from."""
    return search(name) and not _CAME_FROM.isdisjoint(_words(name))


def signs_in(path: str) -> bool:
    """Whether a word in ``path``, or in what stands for one, is one of those that pages have where
    people sign in, up or out, and from which they are led back."""
    pages = re.split(r"[?&=#]", path.lower())
    parts = (part for page in pages for part in _PARTS.split(_without_sent(page)))
    return any(_SIGNS_IN.search(part) for part in parts)


def leads_below(part: str) -> bool:
    """Whether a ``part`` of a path is called as the pages that lead on to what stands below them,
    or says, also among other words, that links stand there."""
    return page_leads_on(part) or not _LINKS.isdisjoint(_words(part))


def redirects(name: str) -> bool:
    """Whether a word in it says nothing else but that it leads on to another address."""
    return _REDIRECTS.search(name.lower()) is not None


def chooses(name: str) -> bool:
    """Whether a parameter of that name says which page or part of a programme answers."""
    return not _CHOOSES.isdisjoint(_words(name))


def is_part_of_programme(name: str, value: str) -> bool:
    """Whether a parameter of that ``name`` says with ``value`` which part of a programme answers,
    and what that is to do."""
    return chooses(name) and not lead_on(name) and _DOES.fullmatch(value) is not None


def page_leads_on(path: str) -> bool:
    """Whether a part of ``path``, or of what stands for one as in r=site/redirect, is called as the
    pages that lead on to other sites are. A word among others of a title, "surat-keluar", is not,
    nor is the title when its words are parts of the path.
    """
    return any(_is_page_so(part) for part in _PARTS.split(_without_sent(path)))


def last_leads_on(path: str) -> bool:
    """Whether the last part of ``path`` has a word that says so, also among others of a title."""
    return lead_on(_without_sent(path).rstrip("/").rpartition("/")[2])


def _without_sent(path: str) -> str:
    """``path`` with only "surat" where it says that letters were sent, and so for the others."""
    return _SENT.sub(r"\1", path)


def _is_page_so(part: str) -> bool:
    whole = part.lower()
    if redirects(whole) or _URL.search(whole):
        return True
    # As out2 and go-1. A letter with a number is of anything.
    bare = whole.strip("0123456789-_")
    called = bare if len(bare) > 1 else whole
    words = {word.lower() for word in _WORDS.findall(part)} - _KINDS
    return called in _PAGES or (words <= _LEADS_ON | _PAGES and not words.isdisjoint(_PAGES))


def _words(name: str) -> set[str]:
    plain = unquote(name)
    return {word.lower() for word in _WORDS.findall(plain)} | {plain.lower()}
