"""What comments are about and whom they name: places of a post, quoted words, “@Full Name”."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content.documents import Document
from govsocial.web.templatetags.formats import moment

# More is a round letter, not a mention.
MOST_MENTIONS = 20
# At a name, and not within an address of e-mail.
_AT = re.compile(r"(?<![\w@.])@(?=\w)")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# Names of one person are typed with one space or with several.
_LONGEST_NAME = 20


def places_of(document: Document, accounts: Iterable[OfficialAccount]) -> list[tuple[str, str]]:
    """The fields of a version that a thread may be about, with what pages call them."""
    places = [("", _("The whole post")), ("title", _("Title"))]
    if document.text:
        places.append(("text", _("Text for all accounts")))
    places += [(f"text:{account.pk}", _account(account)) for account in accounts]
    for number in range(1, len(document.media) + 1):
        places.append((f"picture:{number}", _("Picture %(number)s") % {"number": number}))
    further = {"film": document.film, "link": document.link, "headline": document.headline}
    places += [(key, words) for key, words in _further().items() if further[key]]
    for number in range(1, len(document.thread) + 1):
        places.append((f"thread:{number}", _part(number)))
    if document.first_comment:
        places.append(("first_comment", _("First comment")))
    places.append(("planned_at", _("Publication time")))
    return places


def _further() -> dict[str, str]:
    return {"film": _("Video"), "link": _("Link"), "headline": _("Published title")}


def _part(number: int) -> str:
    """``number`` counts what follows the post; the post itself is the first part of its thread."""
    return _("Part %(number)s of the thread") % {"number": number + 1}


def place_in_words(place: str, accounts: Mapping[int, OfficialAccount]) -> str:
    """What a thread is about, for whoever reads it later; empty for the whole post."""
    kind, _colon, key = place.partition(":")
    if kind == "text" and key:
        account = accounts.get(int(key))
        return _account(account) if account else _("Text of another account")
    if kind == "picture":
        return _("Picture %(number)s") % {"number": key}
    if kind == "thread":
        return _part(int(key))
    words = {
        "title": _("Title"),
        "text": _("Text for all accounts"),
        "first_comment": _("First comment"),
        "planned_at": _("Publication time"),
        **_further(),
    }
    return words.get(kind, "")


def _account(account: OfficialAccount) -> str:
    return _("Text of %(account)s") % {"account": account.in_words}


def texts_at(document: Document, place: str) -> list[str]:
    """What stands at that place of a version; for the whole post, everywhere."""
    kind, _colon, key = place.partition(":")
    if kind == "title":
        return [document.title]
    if kind == "text":
        if key:
            return [document.texts[int(key)]] if int(key) in document.texts else []
        return [document.text, *document.texts.values()]
    if kind == "picture":
        number = int(key)
        return [document.media[number - 1].alt] if number <= len(document.media) else []
    if kind == "planned_at":
        return [moment(document.planned_at)] if document.planned_at else []
    if kind == "film":
        return [document.film.alt] if document.film else []
    if kind == "thread":
        return list(document.thread[int(key) - 1 : int(key)])
    if kind in {"link", "headline", "first_comment"}:
        return [getattr(document, kind)]
    alts = [item.alt for item in (*document.media, *([document.film] if document.film else []))]
    follows = [*document.thread, document.first_comment]
    further = [document.link, document.headline, *follows]
    return [document.title, document.text, *document.texts.values(), *alts, *further]


def stands(quote: str, document: Document, place: str) -> bool:
    """Whether the quoted words still stand there; spaces and line breaks count the same."""
    wanted = _flat(quote)
    return any(wanted in _flat(text) for text in texts_at(document, place))


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True, slots=True)
class Named:
    """An “@Full Name” in a text: where it stands, and who bears the name."""

    start: int
    end: int
    people: tuple[User, ...]


def named_in(text: str, people: Collection[User]) -> list[Named]:
    """The mentions in ``text`` of those ``people``, in order; the longest name that fits counts.

    Names are compared as people type them: in any case, with any space between the words.
    """
    by_name: dict[tuple[str, ...], list[User]] = defaultdict(list)
    for person in people:
        by_name[_key(person.full_name)].append(person)
    by_name.pop((), None)
    longest = min(max(map(len, by_name), default=0), _LONGEST_NAME)
    found: list[Named] = []
    for at in _AT.finditer(text):
        pieces = _pieces(text, at.end(), longest)
        for count in range(len(pieces), 0, -1):
            bearers = by_name.get(tuple(word for word, _end in pieces[:count]))
            if bearers:
                found.append(Named(at.start(), pieces[count - 1][1], tuple(bearers)))
                break
    return found


def _pieces(text: str, start: int, most: int) -> list[tuple[str, int]]:
    """The next words, and signs of names such as “.” and “'”, with where each ends."""
    pieces: list[tuple[str, int]] = []
    for match in _WORDS.finditer(text, start):
        if "@" in match.group() or len(pieces) >= most:
            break
        if not match.group().isspace():
            pieces.append((_plain(match.group()), match.end()))
    return pieces


def _key(name: str) -> tuple[str, ...]:
    return tuple(_plain(word) for word in _WORDS.findall(name) if not word.isspace())


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def mentioned(text: str, picked: Collection[int], people: Collection[User]) -> list[User]:
    """Whom a comment mentions: those picked, and those named in it, each once.

    Where several bear a name, those of them who were picked are meant, or else all of them.
    """
    meant = {person.pk: person for person in people if person.pk in picked}
    for named in named_in(text, people):
        chosen = [one for one in named.people if one.pk in picked] or named.people
        meant.update({one.pk: one for one in chosen})
    return list(meant.values())


def shown(text: str, people: Sequence[User]) -> SafeString:
    """The text of a comment for a page, with the names of ``people`` set off; all is escaped."""
    parts: list[str] = []
    at = 0
    for named in named_in(text, people):
        parts.append(conditional_escape(text[at : named.start]))
        parts.append(format_html('<span class="mention">{}</span>', text[named.start : named.end]))
        at = named.end
    parts.append(conditional_escape(text[at:]))
    return mark_safe("".join(parts))  # noqa: S308  # every part is escaped above


def not_in_words(text: str, people: Sequence[User]) -> list[User]:
    """Those of ``people`` whom the text does not name: they were picked."""
    named = {one.pk for each in named_in(text, people) for one in each.people}
    return [person for person in people if person.pk not in named]
