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

from accounts import coded, handles, parameters, told
from accounts.file_endings import FILE_OR_SITE, FILES
from accounts.links import SHARED, UP, as_read
from accounts.server_names import has_ending, host_of, is_odd_number

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
_UNPARTED = re.compile(r"\S*")
# In a page or a list it is quoted so, and ends there; what closes an element does not go on.
_SEEN = re.compile(r"[^\"'<>]*")
_GOES_ON = re.compile(r"(?!</\w+>)[\"'<>]+[/\\?#&]")
# Browsers take these for a part of a name, which nobody gives to a site: "!.penipu.example".
_SIGNS = "!$~'`*{}-"
# Behind the address of a server without a stroke: "https://site.example" + ".penipu.example".
_NAMED = re.compile(
    rf"[\s+]*(?P<before>[^\s/\\]*@|[{_SIGNS}]*\.+)?(?P<host>(?:[\w\x80-\U0010ffff{_SIGNS}]+\.)+"
    r"(?:(?:[^\W\d_]|[\x80-\U0010ffff]){2,}|xn--[\w-]+))\.?"
    # Behind a colon a port, or with what a programme signed it.
    r"(?P<behind>(?::[^/\\]*)?(?:[/\\].*)?[\s+]*)"
)
_MAIL = re.compile(r"([\w.+-]+)@")
# At worst these lead to the page on which everybody reads their own letters.
_LETTERS = frozenset(
    {
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.id", "ymail.com", "rocketmail.com",
        "outlook.com", "outlook.co.id", "hotmail.com", "live.com", "icloud.com",
    }
)  # fmt: skip
_NUMBERED = re.compile(
    r"[\s+]*(?:(?:@|:[^\s/\\]*@)(?P<alone>\d+|0x[\da-f]+)"
    r"|(?:@|:[^\s/\\]*@)?(?P<host>\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]?))"
    r"(?::\d*)?(?:[/\\].*)?[\s+]*",
    re.IGNORECASE,
)
# From the page itself, here or up; some servers take that away.
_FROM_HERE = re.compile(r"\s*(?:\.{1,2}[/\\]+)+")
# The rest of a part of a path, and what is below it.
_BELOW = re.compile(r"[^/\\]*([^&=;]*)")
_ZEROS = re.compile(r"\b0\d")


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
    for one in told.of(_without_added(address[len(authority) :])):
        found |= dict.fromkeys(_within(one))
    return [one for one in found if not _is_own(one.host, own)]


def is_lost(address: str, shown: str) -> bool:
    """Whether something stands in ``address`` that is no more in what is ``shown`` of it."""
    return not {_as_one(one) for one in of(address)} <= {_as_one(one) for one in of(shown)}


def _as_one(lead: Lead) -> str:
    """Equal for the same address, in code or not."""
    *_before, plain = told.texts_of(lead.address)
    return re.sub(r"[\s+]|/(?=/)|[/=]+$", "", handles.small(plain))


def path_leads(path: str) -> bool:
    """Whether ``path`` is, or decodes to, an address without its scheme: a server that leads on to
    what it was asked for, with a stroke more or less at the end, leads to that other site."""
    return any(True for text in told.texts_of(path) for _lead in _at_start(text))


def is_added(name: str, value: str) -> bool:
    """Whether apps add this to links, and it cannot lead anywhere."""
    if name == "utm_referrer":
        *_before, plain = told.texts_of(value)
        return _CAME_FROM.fullmatch(plain) is not None
    if not _ADDED.fullmatch(name):
        return False
    return not any(
        re.search("[;&]", text) or _with_scheme(f"={text}") for text in told.texts_of(value)
    )


def _without_added(rest: str) -> str:
    """``rest`` of an address without what apps added to it."""
    page, mark, behind = rest.partition("?")
    query, sign, fragment = behind.partition("#")
    pairs = [one.partition("=") for one in query.split("&")]
    kept = "&".join("".join(pair) for pair in pairs if not is_added(pair[0], pair[2]))
    return f"{page}{mark}{kept}{sign}{fragment}"


def _within(asked: told.Told) -> Iterator[Lead]:
    yield from _at_start(asked.path)
    yield from _without_first(asked.text, asked.path)
    yield from _with_scheme(asked.text)
    yield from _behind_page(asked.path)
    for name, value, leads_on in asked.values:
        if not _is_within_page(name, value, leads_on):
            yield from _of_value(name, value, is_told=leads_on)


def _of_value(name: str, clear: str, *, is_told: bool) -> Iterator[Lead]:
    """The sites that the value of a parameter tells, which stood there so or in code."""
    yield from _addressed(f"={clear}")
    # Behind an address in code its query stands, which is parted off in clear.
    page = told.PIECES.split(clear, maxsplit=1)[0]
    yield from _by_name(page, is_told=is_told)
    if is_told:
        # Of "/..//evil.example" a program in the page may read the path alone, which is an address.
        yield from _behind_strokes(page, len(page), FILES)
        yield from _by_name(_FROM_HERE.sub("", page, count=1))
    # A whole number by itself is a day, an amount or the id of something, but for an address.
    if is_told and (not clear.strip(" +").isdecimal() or parameters.holds_address(name)):
        yield from _by_number(clear)
    yield from _behind_page(clear)


def _is_within_page(name: str, value: str, leads_on: bool) -> bool:
    """Whether the parameter ``name`` with a ``value`` that may name a site without a scheme says
    only what is shown of the page itself: it searches there, or the value is a code. Where a server
    ``leads_on`` nothing is searched, and only zeros make codes.

    What means another site when a server puts it behind its own address does not.
    """
    if not name or "@" in value or _begins_with_point(value):
        return False
    if not leads_on and (parameters.search(name) or parameters.is_part_of_programme(name, value)):
        return True
    if told.CODE.fullmatch(value) is None or parameters.lead_on(name):
        return False
    # Four numbers may be a server, which is written without zeros before them.
    return not leads_on or _ZEROS.search(value) is not None


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
    yield from _behind_strokes(text, len(path), FILES | FILE_OR_SITE)
    if _begins_with_point(path[1:]):
        yield from _by_name(path[1:])


def _behind_strokes(text: str, end: int, files: frozenset[str]) -> Iterator[Lead]:
    """The sites behind two strokes within ``text`` before its ``end``, which ``files`` is not the
    ending of."""
    for strokes in _STROKES.finditer(text, 1, end):
        for lead in _from(text, strokes.end()):
            is_site = has_ending(lead.host) and lead.host.rpartition(".")[2] not in files
            if is_site or told.CODE.match(text, strokes.end()):
                yield lead


def _begins_with_point(text: str) -> bool:
    """Whether ``text`` goes on as the name of the site does behind which a server puts it."""
    return text.lstrip(f" +{_SIGNS}")[:1] in {".", ":"}


def _behind_page(path: str) -> Iterator[Lead]:
    """The sites that stand in ``path`` as parts of it, behind a page that leads on."""
    for value, end in told.below(path):
        # Nobody is written to there: what stands before an "@" is a name to sign in with.
        found = _BELOW.match(path, end)
        behind = (found[1] if found else "") or "/" * ("@" in value)
        yield from _addressed(f"={value}")
        yield from _by_name(f"{value}{behind}", is_told=True)
        # A number by itself is what stands there in place of an address, as an id of it.
        yield from () if value.isdecimal() else _by_number(value)


def _with_scheme(text: str) -> list[Lead]:
    found = [*_addressed(text)]
    for address in coded.addresses(text):
        found.extend(_of_code(address))
    return found


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
    for authority in dict.fromkeys((word[0], whole[0])):
        if authority != word[0] and "@" not in authority:
            continue
        if host := host_of(authority):
            port = re.search(r":\d+$", authority)
            server = f"{host}{port[0] if port else ''}"
            pages = _pages(text, whole.end()) if authority == whole[0] else [""]
            yield from (Lead(host, f"{server}{page}") for page in pages)


def _pages(text: str, start: int) -> Iterator[str]:
    """What is asked of the server before ``start``: up to where people see an end, and all that a
    browser asks for where it goes on."""
    whole = _UNPARTED.match(text, start)[0]  # type: ignore[index]  # it may be empty
    # Without a query of its own it ends where that of the whole address goes on.
    asked = whole if "?" in whole.partition("&")[0] else whole.partition("&")[0]
    seen = _SEEN.match(asked)[0]  # type: ignore[index]  # so may this
    yield seen
    if UP.search(asked, len(seen)) or _GOES_ON.match(asked, len(seen)):
        yield asked


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
    if "@" in before and host in _LETTERS and not behind:
        return
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
