"""What a citizen pastes, read as accounts: handles, addresses of accounts and of posts, anything.

Nothing is fetched. What cannot be known from the text alone is said in ``note``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

from accounts import file_endings, glued, handles, leads, phones, several, shared_links
from accounts.links import (
    SHORTENERS,
    as_read,
    forwarded_to,
    has_dot_segments,
    is_still_coded,
)
from accounts.platform_readers import PLATFORM_SITES, READERS, telegram_account
from accounts.reading import (
    CHOSEN_NAME,
    CUT,
    DOMAIN,
    DOUBTFUL,
    EMAIL,
    IMITATED_HOST,
    INVITATION,
    LONGEST_NAME,
    LONGEST_READ,
    LONGEST_TEXT,
    NO_ACCOUNT,
    NUMBER,
    OLD_ADDRESS,
    PHONE,
    POST,
    REMOTE,
    SHORTENED,
    Reference,
    named,
    tidy,
)
from accounts.sites import LONGEST_TYPED, SERVER, at_server, host_of, known, of_site
from accounts.veiled import is_veiled

__all__ = [
    "CHOSEN_NAME",
    "CUT",
    "DOMAIN",
    "DOUBTFUL",
    "EMAIL",
    "IMITATED_HOST",
    "INVITATION",
    "LONGEST_NAME",
    "LONGEST_TYPED",
    "NO_ACCOUNT",
    "NUMBER",
    "OLD_ADDRESS",
    "PHONE",
    "PLATFORM_SITES",
    "POST",
    "REMOTE",
    "SHORTENED",
    "Reference",
    "is_whole",
    "parse",
    "placed",
    "read_url",
    "tidy",
]

MOST = 5
# Addresses with a tab or a line break in them that are looked at.
_MOST_BROKEN = 5
# Parts of the platforms' sites where a name in the path is not that of an account: anybody may
# give one to an application, or the platform has its own pages there.
_NO_PROFILES = frozenset(
    {
        "about", "ads", "api", "apps", "blog", "business", "careers", "dev", "developer",
        "developers", "docs", "faq", "help", "status", "studio", "support",
    }
)  # fmt: skip
# Addresses inside addresses that are followed.
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Parsed:
    """``left_out``: beside these the text has words that name no account, or further accounts;
    ``unread`` are such words."""

    references: list[Reference]
    left_out: bool = False
    unread: tuple[str, ...] = ()


def parse(text: str) -> list[Reference]:
    """The accounts that ``text`` names, each once, at most ``MOST``: numbers of telephones, then
    the others in their order.

    Empty when the text is prose without a handle or an address: it may be somebody's name.
    """
    return parsed(text).references


def parsed(text: str, *, may_be_cut: bool = False) -> Parsed:
    """The same, and whether that is all of the text. ``may_be_cut``: its end may be missing.

    A cut address could be that of another account, so that the last word is not read then.
    """
    is_long = len(text) > LONGEST_READ
    text = glued.coded(text[:LONGEST_READ])
    words, altered = tidy(text)
    is_cut = may_be_cut or len(words) >= LONGEST_TEXT or is_long
    if is_cut:
        words = words.rpartition(" ")[0]
    written = phones.in_plain_numbers(words)
    words = phones.in_digits(written)
    altered = altered or words != written
    if phones.is_number(words):
        return Parsed([Reference(None, words, "", PHONE, altered)])
    broken = _broken_addresses(text)
    numbers, words = phones.taken_out(words)
    listed = several.names(words)
    tokens = [glued.Piece(one) for one in listed] or list(_tokens(words, broken))
    found = [Reference(None, phone, "", PHONE) for phone in numbers]
    is_alone = bool(listed) or (len(tokens) == 1 and not numbers)
    left_out, unread = is_cut, list[str]()
    for piece in tokens:
        token = piece.text
        reference = _read_piece(piece, alone=is_alone)
        # A browser asks for "‥" as it is; read as ".." it would lead elsewhere.
        has_dots = altered and has_dot_segments(token)
        if reference is not None and (has_dots or token in broken):
            reference = Reference(None, "", "", DOUBTFUL)
        if reference is not None and not reference.handle:
            # That it is cut must be seen, also by who reads it again.
            is_open = reference.note == CUT
            typed = _as_cut(piece) if is_open else broken.get(token, token)
            reference = replace(reference, typed=typed[:LONGEST_TYPED])
        # Two posts of an account name it once.
        named_before = [replace(one, typed="") if one.handle else one for one in found]
        if reference is None and any(sign.isalnum() for sign in token):
            unread.append(token)
        # On a website that is told beside its answer.
        is_named = reference is not None and bool(reference.platform and reference.handle)
        left_out = left_out or (is_named and glued.has_another(token))
        if reference is None or reference in named_before:
            continue
        if reference.note == POST:
            # Whole: cut off, it could be the address of an account. Without what apps add, which
            # makes an address of its own for everybody.
            reference = replace(reference, typed=shared_links.untracked(token))
        found.append(reference)
    whole = [replace(one, altered=altered) for one in found[:MOST]]
    left_out = left_out or bool(unread) or len(found) > MOST
    return Parsed(whole, left_out=bool(found) and left_out, unread=tuple(unread))


def _as_cut(piece: glued.Piece) -> str:
    """What is shown of an open ``piece``, and is read as such again: a part of how it goes on could
    be none that a browser takes."""
    whole = f"{piece.text}{piece.behind}".rstrip(".")
    shown = whole if len(whole) <= LONGEST_TYPED - 3 else piece.text[: LONGEST_TYPED - 3]
    return f"{shown}..."


def _tokens(words: str, broken: Mapping[str, str]) -> Iterator[glued.Piece]:
    """The words, and the addresses in them that nothing but a comma or a sign parts."""
    for word in words.split(" "):
        parts = [one for whole in glued.apart(word) for one in _listed(whole, broken)]
        yield from glued.with_ends(word, parts)


def _listed(whole: glued.Piece, broken: Mapping[str, str]) -> Iterator[glued.Piece]:
    parts = [whole.text] if whole.text in broken else several.pieces(whole.text)
    for place, part in enumerate(parts, start=1):
        is_open = whole.is_open and place == len(parts)
        if token := glued.bare(part):
            is_open = is_open or glued.may_lead_to(token, ";".join(parts[place:]))
            yield glued.Piece(token, is_open)


def _read_piece(piece: glued.Piece, *, alone: bool) -> Reference | None:
    reference = _read(piece.text, alone=alone)
    if reference is None:
        # Beside an official account it must not go without a word.
        is_unread = glued.is_unread_address(piece.text)
        return Reference(None, "", "", DOUBTFUL) if is_unread else None
    return Reference(None, "", "", CUT) if piece.is_open and reference.handle else reference


def _broken_addresses(text: str) -> dict[str, str]:
    """The addresses in ``text`` that lead elsewhere with what follows a tab or a line break, each
    with the whole of it.

    A browser takes such signs out of an address. People who list addresses below one another mean
    several, so that after a line break only what goes on as an address counts.
    """
    found: dict[str, str] = {}
    looked_at = 0
    for run in glued.runs(text[:LONGEST_READ]):
        for start, piece in enumerate(run[:-1]):
            for place, one in enumerate(glued.apart(tidy(piece)[0])):
                token = one.text
                if looked_at == _MOST_BROKEN:
                    # Nobody sends so many; what is not looked at is not believed.
                    found[token] = token
                    continue
                alone = _read(token, alone=False)
                if alone is None or not (alone.platform or alone.host):
                    continue
                looked_at += 1
                joined = glued.apart(tidy("".join(run[start:]))[0])
                whole = joined[place] if place < len(joined) else glued.Piece(token, is_open=True)
                if whole.is_open or alone != _read(whole.text, alone=False):
                    found[token] = whole.text
    return found


def is_whole(address: str) -> bool:
    """Whether ``address`` is read to its end where people paste it."""
    return glued.apart(address) == [glued.Piece(address)]


_BEFORE_QUERY = re.compile(r"^[^?#]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
# A name with a point, and nothing in or behind it that a browser takes for more than the site.
_SITE_NAME = re.compile(r"(?=[^:]*\.)[^\s/@?#:%\\]+(:\d+)?")
_HOST = re.compile(r"(?=[^/]*\.)[^\s/@?#:]+(:\d+)?(?=[/?#]|$)")
_ADDRESS = re.compile(rf"@?([^\s@/:?#]+)@({SERVER.pattern})")


def _read(token: str, *, alone: bool) -> Reference | None:
    # In what is asked of a page it stays as it is.
    token = _BEFORE_QUERY.sub(lambda page: page[0].replace("\\", "/"), token)
    scheme = _SCHEME.match(token)
    if scheme and scheme.group().lower().startswith(("http:", "https:", "hxxp")):
        return _from_url(token[scheme.end() :])
    if token.lower().startswith("tg:"):
        return _from_telegram(token)
    if match := _ADDRESS.fullmatch(token):
        return at_server(match.group(1), match.group(2), "" if token[0] == "@" else EMAIL)
    if token.startswith("@"):
        name = token.strip("@").rstrip("/")
        # Somebody's handle, which an id of YouTube is not.
        name = name.lower() if handles.is_id("youtube", name) else name
        return named(None, "", name) if name and "/" not in name else None
    if _HOST.match(token):
        # "samudrakota.id" alone may be a handle as well as a website.
        has_path = len(token.rstrip("/")) > len(_HOST.match(token).group())  # type: ignore[union-attr]  # it has matched
        if has_path or known(host_of(token.rstrip("/"))):
            return _from_url(token)
        # Decoded, a coded stroke would end the name of the site.
        if alone and "%" not in token:
            return named(None, "", token.rstrip("/"))
        is_site = glued.could_be_site(token.rstrip("/")) and not file_endings.is_file(token)
        return _from_url(token) if is_site else None
    if alone and _could_be_handle(token):
        return named(None, "", token)
    return None


def _from_telegram(token: str) -> Reference | None:
    """The account of a link for Telegram itself; only "resolve" opens one by its name."""
    action, _mark, query = token.partition("?")
    asked = parse_qs(query.partition("#")[0])
    names = asked.pop("domain", [])
    if action[len("tg:") :].strip("/").lower() != "resolve" or len(names) != 1:
        return Reference(None, "", "", DOUBTFUL)
    return telegram_account(names[0], asked)


def _could_be_handle(token: str) -> bool:
    """No handle has a stroke in it, nor what stands in "javascript:…" but a DID of Bluesky."""
    is_plain = ":" not in token or token.casefold().startswith("did:")
    return is_plain and "/" not in token and any(sign.isalnum() for sign in token)


def placed(bare: Reference, platform: str) -> Reference:
    """The bare name on the ``platform`` that somebody chose for it. Where accounts are websites,
    the name of one is read as its address."""
    if platform in handles.BY_ADDRESS and _SITE_NAME.fullmatch(bare.handle):
        site = read_url(f"https://{bare.handle}")
        if site is not None and site.handle:
            return replace(site, altered=bare.altered)
    handle = handles.normal(platform, bare.handle)
    if platform == "whatsapp" and handles.is_channel_code(handle):
        handle = handles.whatsapp_address(handle)
    return Reference(platform, "", handle, altered=bare.altered)


def read_url(url: str) -> Reference | None:
    """What this one address names itself, never where it forwards to. None: not an address."""
    return _from_url(url.partition("://")[2], _DEEPEST)


def _from_url(rest: str, depth: int = 0) -> Reference | None:
    try:
        parts = urlsplit(f"//{as_read(rest)}")
        typed = parts.hostname or ""
    except ValueError:
        return None
    host = host_of(typed)
    if "." not in host:
        return None
    query = parse_qs(parts.query)
    inner = forwarded_to(host, parts.path, query)
    if inner is not None:
        if not inner or depth >= _DEEPEST:
            return Reference(None, host, "", SHORTENED)
        if tidy(inner)[1]:
            # It stood there in code: to the platform it is another name.
            return Reference(None, host, "", DOUBTFUL)
        return _from_url(inner.partition("://")[2], depth + 1)
    site = known(host)
    is_as_site = parts.path.startswith("//") and leads.path_leads(parts.path)
    port = parts.netloc.partition(":")[2]
    # No browser opens such a port; what else reads it may take it for a password.
    is_odd = (port and not port.isdecimal()) or has_dot_segments(parts.path)
    is_odd = is_odd or is_still_coded(rest)
    if is_odd or (not site and (is_as_site or is_veiled(rest.lstrip("/\\")))):
        return Reference(None, host, "", DOUBTFUL)
    segments = [tidy(unquote(part))[0] for part in parts.path.split("/") if part]
    if site in SHORTENERS:
        return Reference(None, host, "", SHORTENED)
    has_accounts = site == "t.me" or host in {site, "api.whatsapp.com"}
    if site and not has_accounts and host.partition(".")[0] in _NO_PROFILES:
        return Reference(PLATFORM_SITES.get(site), host, "", NO_ACCOUNT)
    if site:
        found = READERS[site](host, segments, query)
        return _seen(host, parts.path, found) or Reference(
            PLATFORM_SITES.get(site), host, "", NO_ACCOUNT
        )
    read = of_site(parts, segments)
    # What is not shown of it could be what it leads on to.
    shown = read.page or f"{host}/{read.handle.partition('/')[2]}"
    is_lost = leads.is_lost(rest.lstrip("/\\"), shown)
    return Reference(None, host, "", DOUBTFUL) if is_lost else read


def _seen(host: str, path: str, found: Reference | None) -> Reference | None:
    """``found`` unless the name in ``path`` is only read so without signs that nobody sees or that
    look like others: coded they go unseen, and to the platform it is another name."""
    for part in path.split("/") if found and found.handle and "%" in path else ():
        plain, altered = tidy(unicodedata.normalize("NFC", unquote(part)))
        if altered and found and handles.small(found.handle) in handles.small(plain):
            return Reference(None, host, "", DOUBTFUL)
    return found
