"""Addresses and names within a word, and what people write around them without a space.

Messages glue signs, labels and further addresses to an address ("Link:https://…", "👉https://…").
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from accounts import leads, told
from accounts.links import UP
from accounts.platform_readers import PLATFORM_SITES
from accounts.reading import tidy
from accounts.server_names import has_ending, host_of

# Endings of the names of sites that people in Indonesia meet, not of all there are: with another
# ending a bare name is taken for a handle, as handles have points too.
ENDINGS = frozenset(
    {
        "id", "com", "net", "org", "info", "biz", "co", "io", "me", "tv", "xyz", "site", "online",
        "website", "web", "app", "dev", "link", "shop", "store", "top", "club", "my", "sg",
    }
)  # fmt: skip
_AROUND = "<>()[]{}\"'“”‘’«»,;!|*`"
_SCHEME = re.compile(r"(?:https?|hxxps?):[/\\]+(?=[^\s/\\])", re.IGNORECASE)
# The site of an address, and any program behind a sign.
_BEGINNING = re.compile(rf"(?:{_SCHEME.pattern})?[^/\\?#]*", re.IGNORECASE)
_PROGRAM = re.compile(r"\W*(?!(?:https?|hxxps?):)[a-z][a-z\d.+-]*:", re.IGNORECASE)
_NAME_OF_HOST = r"(?:[^\W_][\w-]*\.)+(?:xn--[\w-]+|[^\W\d_]{2,})"
_HOST = re.compile(rf"{_NAME_OF_HOST}_?(?=[:/?#]|$)")
_PAGE = re.compile(rf"{_NAME_OF_HOST}(?::\d+)?[/?#]")
# Before a second address: there it is a part of the first one.
_INSIDE = re.compile(r"(?:[=/\\?&#+:]|%[0-9a-f]{2})$", re.IGNORECASE)
# Signs and a label before a name or an address without its scheme. A label has no point: what has
# one is a site, and behind it "@" would make that the name of a person.
_LABELLED = re.compile(
    r"(?P<signs>[^\w@/\\.#%?&+$]*_*\.?)(?P<label>[^\W_]+(?:/[^\W_]+)*[^\w@./\\?#%&+,;-]+_*)?"
    rf"(?P<rest>@\w.*|{_HOST.pattern}.*|(?(label)[\w.+-]+@{_NAME_OF_HOST}|(?!))$)"
)
# What stands behind these is not an address of the web, whatever it looks like.
_OTHER_SCHEMES = ("tg:", "did:", "javascript:", "data:", "intent:")
# What a browser shows, or runs, of such an address stands in itself, whatever sites it names.
_CARRIES_ALL = re.compile(r"javascript:|data:(?:[\w+.-]+/[\w+.-]+)?(?:[;,]|$)", re.IGNORECASE)
_BREAKS = re.compile(r"([\t\r\n]+)")
# How an address goes on; "" stands for what hides.
_GOING_ON = frozenset({*"./\\%?#", ""})
# Behind the name of a site, that which makes it the name of a person; no names in a list.
_SIGNED_IN = re.compile(r"(?![\w.+-]*(?:@[\w.-]*)?$)[^\s/\\?#]*@\S|:")
_NO_NAME = frozenset('|&+()<>:=*!~"')
# Points that only browsers take for one (UTS 46), in the name of a site.
_WIDE_POINT = re.compile(r"(?<=[a-z0-9])[\u3002\uff61](?=[a-z0-9])", re.IGNORECASE)
_QUOTE = re.compile(r'["<>“”«»]')
# Behind the scheme up to the page: no browser opens a site with "<" or ">" in its name.
_AUTHORITY = re.compile(rf"{_SCHEME.pattern}(?P<name>[^/\\?#<>]*)", re.IGNORECASE)
_CUT = "..."
_SITES = "|".join(re.escape(site) for site in PLATFORM_SITES)
_ON_PLATFORM = re.compile(rf"(?:\w+:[/\\]*)?(?:[\w-]+\.)*(?:{_SITES})(?=[/?#\\]|$)", re.IGNORECASE)
_UNREAD = re.compile(
    rf":/+[^\s/]|//[^\s/]+\.|(?<![\w.-])(?:[\w-]+\.)+(?:{'|'.join(sorted(ENDINGS))})(?=[:/?#@]|$)",
    re.IGNORECASE,
)
# Behind the end of an address: how it would go on, or a further one, with its site. What closes an
# element in a page is neither.
_BEHIND = re.compile(
    rf"</\w+>|(?P<further>{_SCHEME.pattern}|(?<=[{re.escape(_AROUND)}])"
    r"(?P<site>(?:[\w-]+\.)+[a-z]{2,})(?=[/?#]))"
    rf"|(?P<on>[/\\](?=[^\s/\\{re.escape(_AROUND)}])|[?#&](?=[\w%]))",
    re.IGNORECASE,
)
_MORE_ASKED = re.compile(r"[^?]*&+[\w%]")


@dataclass(frozen=True, slots=True)
class Piece:
    """``is_open``: where it ends cannot be told. A part is missing, or a sign at its end may be a
    part of it: read without, it could be the name of another account. ``behind`` is how a browser
    would go on with it."""

    text: str
    is_open: bool = False
    behind: str = ""


def apart(word: str) -> list[Piece]:
    """The addresses, names and other words in one ``word``, without what is glued to them."""
    return with_ends(word, _pieces(word))


def with_ends(word: str, pieces: Sequence[Piece]) -> list[Piece]:
    """The ``pieces`` of ``word``, in their order. A browser would not end some of them there, as it
    takes the signs at which people end an address for a part of the page: those are open, and what
    it takes so is no piece of its own.

    A further address behind one is that of a list, whatever page it has.
    """
    last_up = max((up.start() for up in UP.finditer(word)), default=-1)
    behind = deque(one for one in _BEHIND.finditer(word) if one.lastgroup)
    found, end, taken = list[Piece](), 0, 0
    for piece in pieces:
        end = word.index(piece.text, end) + len(piece.text)
        if end <= taken:
            continue
        while behind and behind[0].start() < end:
            behind.popleft()
        page = _SCHEME.sub("", piece.text, count=1)
        goes_on = bool(behind) and not _is_listed(behind[0], page)
        is_more = "?" in page and _MORE_ASKED.match(word, end)
        if (page != piece.text or _HOST.match(page)) and (goes_on or is_more or last_up >= end):
            further = next((one.start() for one in behind if _is_listed(one, page)), len(word))
            taken = further if goes_on else end
            found.append(Piece(piece.text, is_open=True, behind=word[end:further]))
        else:
            found.append(piece)
    return found


def _is_listed(behind: re.Match[str], page: str) -> bool:
    """Whether a further address stands ``behind`` a ``page``. Without a scheme only what is known
    for a site is one, or the same site again."""
    site = behind["site"]
    if not site:
        return behind["further"] is not None
    return page.startswith(site) or _ON_PLATFORM.match(f"{site}/") is not None


def _pieces(word: str) -> list[Piece]:
    found: list[Piece] = []
    waiting = [(word, "")]
    while waiting:
        text, sign = waiting.pop()
        end = _end_of_first(text)
        if end < len(text):
            waiting.append((text[end:], text[end - 1]))
        chunk = text[:end]
        pieces, rest = _address(chunk, sign) if _SCHEME.match(chunk) else _labelled(chunk)
        further = f"{rest}{text[end:]}"
        # What the server is told stands behind the sign that parts them: ?next=,https://…
        is_cut_off = pieces[-1].text.endswith("=") and bool(further)
        if is_cut_off or may_lead_to(pieces[-1].text, further):
            pieces[-1] = Piece(pieces[-1].text, is_open=True)
        found += pieces
        if rest:
            waiting.append((rest, ""))
    return [piece for piece in found if piece.text]


def may_lead_to(address: str, further: str) -> bool:
    """Whether the server at ``address`` may be told the ``further`` one, or a program, which only a
    sign parts from it: /go;https://…, ?next=5|https://…

    Addresses of one site are a list of them, whatever their pages are called.
    """
    page = _SCHEME.sub("", address, count=1)
    if not further or not _PAGE.match(page):
        return False
    # There may be a long list behind it.
    beginning = _BEGINNING.match(further)
    target = beginning[0] if beginning else ""
    rest = re.sub(r"^[^/\\?#]*", "", page)
    return told.is_told(rest) and bool(_PROGRAM.match(target) or leads.of(f"{page}|{target}"))


def _end_of_first(text: str) -> int:
    """Where the first scheme stands that does not begin, or is within, the first address."""
    if text.lower().startswith(_OTHER_SCHEMES):
        return len(text)
    for scheme in _SCHEME.finditer(text):
        before = text[: scheme.start()]
        is_inside = _INSIDE.search(before) and (_SCHEME.match(before) or _PAGE.search(before))
        if before and not is_inside:
            return scheme.start()
    return len(text)


def bare(word: str) -> str:
    """``word`` without what people write around an address; brackets inside it are its own."""
    text = word.lstrip(_AROUND)
    while text and text[-1] in f"{_AROUND}.:?…\u3002":
        if text[-1] == ")" and text.count("(") >= text.count(")"):
            break
        text = text[:-1]
    return text


def carries_all(token: str) -> bool:
    """Whether it is a page or a program itself, and no address of one."""
    return _CARRIES_ALL.match(token) is not None


def is_unread_address(token: str) -> bool:
    """Whether ``token``, of which nothing was read, has what a browser may take for an address."""
    return _UNREAD.search(token.replace("\\", "/")) is not None


def runs(text: str) -> Iterator[list[str]]:
    """What a browser reads as one though tabs or line breaks part it, in its pieces."""
    for chunk in re.split(r"[^\S\t\r\n]+", text):
        first, *others = _BREAKS.split(chunk.strip("\t\r\n"))
        run = [first]
        for sign, piece in zip(others[::2], others[1::2], strict=True):
            plain = tidy(piece)[0]
            is_signed_in = _SIGNED_IN.match(plain) and _ends_with_site(run[-1])
            if "\t" in sign or plain[:1] in _GOING_ON or is_signed_in:
                run.append(piece)
            else:
                yield run
                run = [piece]
        yield run


def _ends_with_site(text: str) -> bool:
    """Whether ``text`` ends with the name of a site, at which no page is named yet."""
    name = re.split(r"(?:https?|hxxps?):[/\\]*", text, flags=re.IGNORECASE)[-1]
    return "." in name and not re.search(r"[/\\?#]", name)


def has_another(address: str) -> bool:
    """Whether the page at ``address`` has a further address in it."""
    return _SCHEME.search(address, len("https://")) is not None


def could_be_site(word: str) -> bool:
    """Whether a word in a sentence is no abbreviation (a.n, S.Kom) and no sum (Rp50.000)."""
    labels = word.partition(":")[0].split(".")
    if not labels[-1][:1].isalpha():
        return len(labels) == 4 and all(label.isdigit() for label in labels)
    is_short = len(labels) == 2 and len(labels[0]) == 1
    return len(labels[-1]) > 1 and not (is_short and labels[1].casefold() not in ENDINGS)


def coded(text: str) -> str:
    """``text`` with the unusual signs in the pages of its addresses as browsers send them.

    In their plain form they would be read as another page, which may be an official one.
    """
    return text if text.isascii() else re.sub(r"\S+", lambda word: _coded(word.group()), text)


def _coded(word: str) -> str:
    if not _has_point(word):
        return word
    plain = unicodedata.normalize("NFC", word)
    last = len(plain)
    while last and (_is_unseen(sign := plain[last - 1]) or (_changes(sign) and _ends(sign))):
        last -= 1
    scheme = _SCHEME.search(plain)
    start = scheme.end() if scheme else 0
    place = next((n for n in range(start, last) if _parts(plain[n])), last)
    if not _has_point(plain[start:place]):
        return word
    return _WIDE_POINT.sub(".", plain[:place]) + "".join(
        quote(sign) if _changes(sign) else sign for sign in plain[place:last]
    ) + plain[last:]  # fmt: skip


def _has_point(text: str) -> bool:
    """Whether there is a point in it, also one that only browsers take for one (UTS 46)."""
    return any(sign in ".\u3002" for sign in unicodedata.normalize("NFKC", text))


def _is_unseen(sign: str) -> bool:
    return not tidy(sign)[0]


def _changes(sign: str) -> bool:
    return not sign.isascii() and tidy(sign)[0] != sign and not _separates(sign)


def _separates(sign: str) -> bool:
    """A wide comma or bracket, as between words, and what stands for a part that is missing."""
    plain = tidy(sign)[0]
    return plain in {_CUT, ".."} or (bool(plain) and plain in _AROUND)


def _ends(sign: str) -> bool:
    return tidy(sign)[0] in {".", ":", "?"}


def _parts(sign: str) -> bool:
    return bool(plain := tidy(sign)[0]) and plain in "/?#\\"


def _labelled(chunk: str) -> tuple[list[Piece], str]:
    """The name or address in ``chunk``, behind its label, and what follows it."""
    text = chunk.lstrip(_AROUND)
    found = None if text.lower().startswith(_OTHER_SCHEMES) else _LABELLED.match(bare(text))
    if found is None:
        return [_ended(chunk, "")], ""
    label = found["label"] or ""
    before = f"{found['signs']}{label}"
    rest = text[found.start("rest") :]
    place = _end_of_name(rest) if rest.startswith("@") else len(rest)
    pieces, further = _address(rest[:place], before[-1:])
    return [Piece(bare(label).rstrip("_=")), *pieces], f"{further}{rest[place:]}".lstrip("&+=:")


def _end_of_name(text: str) -> int:
    """Where the name at the start ends if a sign that no name has parts it from a further one."""
    for place, sign in enumerate(text):
        if sign in _NO_NAME or (not sign.isascii() and unicodedata.category(sign)[0] == "S"):
            return place if re.search(r"[.@]", text[place:].rstrip(".")) else len(text)
    return len(text)


def _address(chunk: str, sign: str) -> tuple[list[Piece], str]:
    """The address at the start of ``chunk``, before which ``sign`` stands, and what follows it."""
    quoted = _QUOTE.search(chunk, _end_of_site(chunk))
    # Before the path a browser goes to what stands behind the "@".
    if quoted and "@" not in chunk[quoted.start() :]:
        return [_ended(chunk[: quoted.start()], sign)], chunk[quoted.end() :]
    return [_ended(chunk, sign)], ""


def _end_of_site(chunk: str) -> int:
    """Where the name of the site at the start ends, if browsers take other marks than those of
    elements for a part of it: https://samudrakota.example”.penipu.example"""
    found = _AUTHORITY.match(chunk)
    name = found["name"].rstrip(".,;:!?)]}'") if found else ""
    return found.end() if found and _QUOTE.search(name) and has_ending(host_of(name)) else 0


def _ended(text: str, sign: str) -> Piece:
    is_cut = _CUT in text
    text = bare(text)
    plain = text
    while plain and not plain[-1].isascii() and unicodedata.category(plain[-1])[0] == "S":
        plain = bare(plain[:-1])
    page = _SCHEME.sub("", plain, count=1)
    has_page = "/" in page or "?" in page
    is_sure = not has_page or _ON_PLATFORM.match(plain) is not None
    is_open = plain != text and not is_sure
    if sign in {"_", "~"} and plain.endswith(sign):
        plain = bare(plain.rstrip(sign))
        is_name = "@" in plain[:1] or has_page
        is_open = is_open or (is_name if sign == "_" else not is_sure)
    return Piece(plain, is_cut or is_open)
