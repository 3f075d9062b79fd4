"""Which other sites an address may lead on to, whoever's site it is of.

A server may lead on to whatever stands in an address, decoded once or more; the browser then reads
that as the URL Standard says (https://url.spec.whatwg.org/#url-parsing). What is looked at must be
the address as it was pasted: each part that is stripped before could be the one that leads on.
Pure functions on text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from accounts import coded, handles, parameters
from accounts.file_endings import FILE_OR_SITE, FILES
from accounts.links import SHARED, as_read
from accounts.server_names import decoded, has_ending, host_of, is_odd_number, plain_of

# What apps and mailings add to links; pages are the same with and without.
_ADDED = re.compile(
    r"utm_(?:source|medium|campaign|term|content|id)|fbclid|gclid|igsh|igshid|mibextid|mc_[ce]id"
    r"|ref_src"
)
# From where a reader came, as Yandex adds it: a page, without a query that could say more.
_CAME_FROM = re.compile(r"(?:https?://)?[\w.-]+(?::\d+)?(?:/[\w./~-]*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/\\?#]*")
# An address with its scheme, or with strokes for it where something in an address begins.
_ADDRESS = re.compile(
    r"(?:https?:[/\\]*|(?<=:)[/\\]{2,}|(?<=[=&?#,;|(\"'+\s])[/\\]{2,})(?=[^/\\])",
    re.IGNORECASE,
)
_STROKES = re.compile(r"[/\\]{2,}(?=[^/\\])")
# Where the name of a site ends for people; in a browser an "@" further on still comes before it.
_WORD = re.compile(r"[^\s&\"'<>|,;=(){}]*")
_PIECES = re.compile(r"([?#&=;])")
# Before a parameter of a query.
_PARTED = frozenset("?&;")
# Behind the address of a server without a stroke: "https://site.example" + ".penipu.example".
_NAMED = re.compile(
    r"[\s+]*(?P<before>[^\s/\\]*@|\.+)?(?P<host>(?:[\w\x80-\U0010ffff-]+\.)+"
    r"(?:(?:[^\W\d_]|[\x80-\U0010ffff]){2,}|xn--[\w-]+))\.?"
    r"(?P<behind>(?::\d*)?(?:[/\\].*)?[\s+]*)"
)
# The name of a parameter, as programmes give it.
_NAME = re.compile(r"\w[\w.-]*")
# That of a field of a form: pegawai.id=5.
_FIELD = re.compile(r"\w+\.(?:id|name|no|date|email|tel)")
_MAIL = re.compile(r"([\w.+-]+)@")
_NUMBERED = re.compile(
    r"[\s+]*(?:(?:@|:[^\s/\\]*@)(?P<alone>\d+|0x[\da-f]+)"
    r"|(?:@|:[^\s/\\]*@)?(?P<host>\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]?))"
    r"(?::\d*)?(?:[/\\].*)?[\s+]*",
    re.IGNORECASE,
)
# Codes and versions are written so too: 5.1.02.01.
_CODE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ZEROS = re.compile(r"\b0\d")
# The parts of a path, and what may follow the name of a page in one: /redirect:evil.example.
_PAGE = re.compile(r"[^/\\:;,|&=]+")
_BEHIND_PAGE = re.compile(r"[^/\\;,|&=]+")
# The ending of agencies is no page that is called "go".
_OF_AGENCIES = re.compile(r"\.go\.id$", re.IGNORECASE)
# What may be the name of a page or of a part of a programme: no words that are searched for.
_CALLED = re.compile(r"[^\s+%]+")


@dataclass(frozen=True, slots=True)
class Lead:
    """``address`` is what may be led to, without its scheme, ``host`` the name of its site."""

    host: str
    address: str


def of(address: str) -> list[Lead]:
    """The pages of other sites that stand in ``address``, which is as pasted, without its scheme.

    Each once, as they stand in it. A page that leads on but does not say where, /redirect?id=5, is
    as any other: nobody could tell it from those that only bear the name.
    """
    authority = re.split(r"[/\\?#]", address, maxsplit=1)[0]
    own = host_of(authority)
    found: dict[Lead, None] = {}
    page, sign, fragment = _without_added(address[len(authority) :]).partition("#")
    # What a browser is to mark on the page is no part of it for anything that runs there.
    fragment = fragment.partition(":~:")[0]
    texts = (*_decoded(page), *_decoded(f"{sign}{fragment}"))
    # Programmes in the browser read both, whichever of them names the page.
    leads_all = any(is_called_so(text) for text in texts)
    signs_in = any(parameters.signs_in(text) for text in texts)
    for text in texts:
        found |= dict.fromkeys(_within(text, leads_all, signs_in))
    return [one for one in found if not _is_own(one.host, own)]


def is_lost(address: str, shown: str) -> bool:
    """Whether something stands in ``address`` that is no more in what is ``shown`` of it."""
    return not {_as_one(one) for one in of(address)} <= {_as_one(one) for one in of(shown)}


def _as_one(lead: Lead) -> str:
    """Equal for the same address, in code or not."""
    *_before, plain = _decoded(lead.address)
    return re.sub(r"[\s+]|/(?=/)|[/=]+$", "", handles.small(plain))


def path_leads(path: str) -> bool:
    """Whether ``path`` is, or decodes to, an address without its scheme: a server that leads on to
    what it was asked for, with a stroke more or less at the end, leads to that other site."""
    return any(True for text in _decoded(path) for _lead in _at_start(text))


def is_added(name: str, value: str) -> bool:
    """Whether apps add this to links, and it cannot lead anywhere."""
    if name == "utm_referrer":
        *_before, plain = _decoded(value)
        return _CAME_FROM.fullmatch(plain) is not None
    if not _ADDED.fullmatch(name):
        return False
    return not any(re.search("[;&]", text) or _with_scheme(f"={text}") for text in _decoded(value))


def _decoded(text: str) -> Iterator[str]:
    """``text`` as it stands, and as often decoded as servers may do, as browsers read it."""
    return map(plain_of, decoded(text))


def _without_added(rest: str) -> str:
    """``rest`` of an address without what apps added to it."""
    page, mark, behind = rest.partition("?")
    query, sign, fragment = behind.partition("#")
    pairs = [one.partition("=") for one in query.split("&")]
    kept = "&".join("".join(pair) for pair in pairs if not is_added(pair[0], pair[2]))
    return f"{page}{mark}{kept}{sign}{fragment}"


def _within(text: str, leads_all: bool, signs_in: bool) -> Iterator[Lead]:
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    yield from _at_start(path)
    yield from _without_first(text, path)
    yield from _with_scheme(text)
    yield from _behind_page(path)
    for name, piece, is_name in _pieces(text):
        if is_name and not leads_all:
            continue
        leads_back = signs_in and parameters.came_from(name)
        if leads_back or not _is_within_page(name, piece, leads_all):
            is_told = parameters.lead_on(name) and not parameters.names_file(name)
            is_told = is_told or leads_back
            for clear in (piece, *coded.words(piece)):
                yield from _told(name, clear, is_told=is_told)
    for name, clear in coded.from_values(text):
        if leads_all or parameters.lead_on(name) or (signs_in and parameters.came_from(name)):
            yield from _told(name, clear, is_told=True)


def _told(name: str, clear: str, *, is_told: bool) -> Iterator[Lead]:
    """The sites that the value of a parameter tells, which stood there so or in code."""
    yield from _addressed(f"={clear}")
    # Behind an address in code its query stands, which is parted off in clear.
    yield from _by_name(_PIECES.split(clear, maxsplit=1)[0], is_told=is_told)
    # A whole number by itself is a day, an amount or the id of something, but for an address.
    if is_told and (not clear.strip(" +").isdecimal() or parameters.holds_address(name)):
        yield from _by_number(clear)
    yield from _behind_page(clear)


def _pieces(text: str) -> Iterator[tuple[str, str, bool]]:
    """The parts behind the path of ``text``, each with the name of the parameter whose value it is,
    which is empty where it is none, and whether it is itself the name of one, written as that of a
    site: of a field, or of what only programmes in the browser read: #gsc.tab=0."""
    _page, *parts = _PIECES.split(text)
    before, sign = "", ""
    in_fragment = False
    for place in range(0, len(parts), 2):
        is_value = parts[place] == "=" and sign in _PARTED
        sign, piece = parts[place], parts[place + 1]
        in_fragment = in_fragment or sign == "#"
        has_value = parts[place + 2 : place + 3] == ["="]
        is_field = sign in _PARTED and _FIELD.fullmatch(piece) and any(parts[place + 3 : place + 4])
        is_name = (in_fragment and _NAME.fullmatch(piece)) or is_field
        yield before if is_value else "", piece, bool(is_name and has_value)
        before = piece


def is_called_so(text: str) -> bool:
    """Whether the page, or the part of a programme that answers, is called as those that lead on.

    Every part of the path counts: behind it servers have index.php or the name of what was sought.
    """
    page, *parts = _PIECES.split(text)
    if parameters.last_leads_on(page) or parameters.page_leads_on(page):
        return True
    signs, pieces = parts[::2], parts[1::2]
    # To a server "?go=" is "?go".
    told = [sign if piece or sign != "=" else "" for sign, piece in zip(signs, pieces, strict=True)]
    return any(
        _chooses_so(sign, piece, behind, before)
        for sign, piece, behind, before in zip(
            signs, pieces, [*told[1:], ""], ["", *pieces], strict=False
        )
    )


def _chooses_so(sign: str, piece: str, behind: str, before: str) -> bool:
    """Whether a ``piece`` of an address, between these signs, names a page that leads on."""
    if sign == "#":
        # Programmes in the browser have their pages there; else it is a place on the page.
        return (piece[:1] in {"/", "!"} or behind == "?") and parameters.page_leads_on(piece)
    if sign != "=":
        # What has a value is the name of a parameter; further on, what has none is a button. A
        # letter without a value is an empty field of a form.
        is_page = sign != "&" and behind != "=" and len(piece) > 1
        return is_page and parameters.page_leads_on(piece)
    # Wikis say "redirect=no" of the pages themselves.
    if parameters.redirects(before) and re.fullmatch(r"(?!no$)\w*", piece):
        return True
    is_sought = parameters.search(before) and not parameters.chooses(before)
    if is_sought or not _CALLED.fullmatch(piece.strip(" +")) or any(_by_name(piece)):
        return False
    if parameters.redirects(piece):
        return True
    return parameters.chooses(before) and parameters.page_leads_on(piece)


def _is_within_page(name: str, piece: str, leads_all: bool) -> bool:
    """Whether the parameter ``name`` with a ``piece`` that may name a site without a scheme says
    only what is shown of the page itself: it searches there, or the piece is a code. A page that is
    called as one that leads on, ``leads_all``, searches nowhere, and only zeros make codes there.

    What means another site when a server puts it behind its own address does not.
    """
    if not name or "@" in piece or piece.lstrip(" +")[:1] in {".", ":"}:
        return False
    if not leads_all and (parameters.search(name) or parameters.is_part_of_programme(name, piece)):
        return True
    if _CODE.fullmatch(piece) is None or parameters.lead_on(name):
        return False
    # Four numbers may be a server, which is written without zeros before them.
    return not leads_all or _ZEROS.search(piece) is not None


def _at_start(path: str) -> Iterator[Lead]:
    # Servers leave out blanks, and what stands behind ";"; browsers have walked along the points.
    bare = re.sub(r"\s|;[^/\\]*", "", path)
    for one in dict.fromkeys((path, bare, as_read(f"-{path}")[1:])):
        strokes = _STROKES.match(one)
        for lead in _from(one, strokes.end()) if strokes else ():
            if lead.host.rpartition(".")[2] not in FILES:
                yield lead


def _without_first(text: str, path: str) -> Iterator[Lead]:
    """The sites that a server leads to which takes away the first parts of the ``path`` of
    ``text``, as that of a language, or puts the path without its stroke behind its own address.

    Files have points in their names too, and paths two strokes by mistake: only what ends as sites
    do is one.
    """
    for strokes in _STROKES.finditer(text, 1, len(path)):
        for lead in _from(text, strokes.end()):
            ending = lead.host.rpartition(".")[2]
            is_site = has_ending(lead.host) and ending not in FILES | FILE_OR_SITE
            if is_site or _CODE.match(text, strokes.end()):
                yield lead
    if path[1:2] in {".", ":"}:
        yield from _by_name(path[1:])


def _behind_page(path: str) -> Iterator[Lead]:
    """The sites that stand in ``path`` as parts of it, with or without what is below them, behind
    one that is called as the pages that lead on are: /out/evil.example/login.

    Where letters are sent, codes stand that are written as the numbers of servers.
    """
    parts = ((one.end(), _OF_AGENCIES.sub("", one[0])) for one in _PAGE.finditer(path))
    end = next((end for end, part in parts if parameters.leads_below(part)), len(path))
    for part in _BEHIND_PAGE.finditer(path, end):
        is_code = _CODE.fullmatch(part[0].strip(" +:"))
        if is_code and not parameters.page_leads_on(path[: part.start()]):
            continue
        below = re.sub(r"^[^/\\]*|[&=;].*", "", path[part.end() :])
        # Nobody is written to there: what stands before an "@" is a name to sign in with.
        below = below or "/" * ("@" in part[0])
        for clear in (part[0].lstrip(":"), *coded.words(part[0])):
            yield from _addressed(f"={clear}")
            yield from _by_name(f"{clear}{below}", is_told=True)
            # A number by itself is what stands there in place of an address, as an id of it.
            yield from () if clear.isdecimal() else _by_number(clear)


def _with_scheme(text: str) -> list[Lead]:
    told = [*_addressed(text)]
    for address in coded.addresses(text):
        told.extend(_of_code(address))
    return told


@lru_cache(maxsize=1_000)
def _of_code(address: str) -> tuple[Lead, ...]:
    """Lines that hide an address are put together in many ways: what stands in code in each stays
    the same."""
    return tuple(_addressed(f"={address}"))


def _addressed(text: str) -> Iterator[Lead]:
    for found in _ADDRESS.finditer(text):
        yield from _from(text, found.end())


def _from(text: str, start: int) -> Iterator[Lead]:
    """What the address at ``start`` leads to: as a browser reads it, and as people see it."""
    whole = _AUTHORITY.match(text, start)
    word = _WORD.match(whole[0]) if whole else None
    if whole is None or word is None:
        return
    behind = re.split(r"[\s\"'<>]", text[whole.end() :], maxsplit=1)[0]
    # Without a query of its own it ends where that of the whole address goes on.
    behind = behind if "?" in behind.partition("&")[0] else behind.partition("&")[0]
    for authority in dict.fromkeys((word[0], whole[0])):
        if authority != word[0] and "@" not in authority:
            continue
        if host := host_of(authority):
            port = re.search(r":\d+$", authority)
            page = behind if authority == whole[0] else ""
            yield Lead(host, f"{host}{port[0] if port else ''}{page}")


def _by_name(piece: str, *, is_told: bool = False) -> Iterator[Lead]:
    """The site that a part of a query names without a scheme, which some servers put before it.

    ``is_told``: it stands where a site is told. There a letter and an ending are one, as t.me is,
    and elsewhere the degree of a person: S.Si.
    """
    piece = piece.strip("(){}<>\"'*")
    if numbered := _NUMBERED.fullmatch(piece):
        host = host_of(numbered["host"] or numbered["alone"])
        yield from [Lead(host, host)] if host else ()
    found = _NAMED.fullmatch(piece)
    host = host_of(found["host"]) if found else ""
    if found is None or not has_ending(host):
        return
    before, behind = found["before"] or "", found["behind"].strip(" +")
    mail = _MAIL.fullmatch(before)
    name, ending = host.rpartition(".")[::2]
    # Of these only archives are given names with several points: rkpd.2026.zip.
    is_file = not before and ending in FILE_OR_SITE and ("." not in name or ending == "zip")
    is_other = is_file or len(name) == 1 or (mail and not has_ending(mail[1]))
    if is_told or behind or host.startswith("www.") or not is_other:
        yield Lead(host, f"{host}{behind}")


def _by_number(piece: str) -> Iterator[Lead]:
    """The server whose number, in an unusual form, stands where a site is told."""
    name = re.split(r"[:/\\]", piece.strip(" +"), maxsplit=1)[0]
    if is_odd_number(name):
        yield Lead(host_of(name), host_of(name))


def _is_own(host: str, own: str) -> bool:
    """Whether it is the same site or, where not anybody may have one, a part of it."""
    host, own = handles.without_www(host), handles.without_www(own)
    return host == own or (own not in SHARED and host.endswith(f".{own}"))
