"""What the interface says: collected from code and templates into the Indonesian catalogue.

Message ids are English, so English needs no catalogue. Works with Babel alone: machines that
run or build this project have no GNU gettext, which is also why the compiled catalogue is
committed beside its source.

A library's message enters the catalogue in two cases: the library itself has no Indonesian for
it, or somebody wrote a better sentence (Django lets ours win). Which of its files count is listed
in ``LIBRARIES``: those whose words a person can meet here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import GNUTranslations
from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGE = "id"
SOURCE = ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
COMPILED = SOURCE.with_suffix(".mo")

APPS = ("accounts", "content", "govsocial", "kpi", "risk", "stoc")

_CONTEXT_AND_ID = ((1, "c"), 2)
_CONTEXT_AND_IDS = ((1, "c"), 2, 3)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": _CONTEXT_AND_ID,
    "pgettext_lazy": _CONTEXT_AND_ID,
    "npgettext": _CONTEXT_AND_IDS,
    "npgettext_lazy": _CONTEXT_AND_IDS,
}


@dataclass(frozen=True)
class Library:
    """A library that speaks to our users: where it lives and which of its files they meet."""

    name: str
    folder: Path
    translations: str
    patterns: tuple[str, ...]

    def files(self) -> Iterator[Path]:
        for pattern in self.patterns:
            yield from sorted(self.folder.glob(pattern))

    def translated(self) -> GNUTranslations:
        path = self.folder / self.translations / LANGUAGE / "LC_MESSAGES" / "django.mo"
        with path.open("rb") as file:
            return GNUTranslations(file)


LIBRARIES = (
    Library(
        name="django",
        folder=Path(django.__file__).parent,
        translations="conf/locale",
        patterns=("core/validators.py", "forms/*.py", "utils/timesince.py"),
    ),
    Library(
        name="django.contrib.auth",
        folder=Path(django.__file__).parent / "contrib" / "auth",
        translations="locale",
        patterns=("password_validation.py",),
    ),
    Library(
        name="allauth",
        folder=Path(allauth.__file__).parent,
        translations="locale",
        # Sign-up, e-mail addresses and phones are closed here; only the rest can be met.
        patterns=(
            "account/adapter.py",
            "account/fields.py",
            "account/forms.py",
            "mfa/adapter.py",
            "mfa/base/*.py",
            "mfa/totp/*.py",
            "mfa/recovery_codes/*.py",
            "templates/429.html",
            "templates/account/account_inactive.html",
            "templates/account/base_reauthenticate.html",
            "templates/account/login.html",
            "templates/account/logout.html",
            "templates/account/password_*.*",
            "templates/account/reauthenticate.html",
            "templates/account/email/base_*.txt",
            "templates/account/email/password_*.txt",
            "templates/account/email/unknown_*.txt",
            "templates/account/messages/logged_*.txt",
            "templates/account/messages/password_*.txt",
            "templates/account/snippets/already_*.html",
            "templates/mfa/*.html",
            "templates/mfa/totp/*.html",
            "templates/mfa/recovery_codes/*.html",
            "templates/mfa/email/*.txt",
            "templates/mfa/messages/recovery_*.txt",
            "templates/mfa/messages/totp_*.txt",
        ),
    ),
)


@dataclass
class Said:
    """One message that some code says: its id (singular and plural where it counts) and where."""

    id: str | tuple[str, ...]
    context: str | None
    places: set[str] = field(default_factory=set)


# A message is one and the same wherever its context and its singular are.
Key = tuple[str | None, str]


def key_of(id: str | tuple[str, ...] | list[str], context: str | None) -> Key:
    return (context, id if isinstance(id, str) else id[0])


def messages_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Every message id of one Python file or template, with its context."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Indentation of a template would be an error to the Python tokenizer.
        lines = templatize(source, origin=str(path)).splitlines()
        source = "\n".join(line.lstrip() for line in lines)
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for _line, id, _comments, context in found:
        if id:
            yield (id if isinstance(id, str) else tuple(id)), context


def _collect(said: dict[Key, Said], path: Path, place: str) -> None:
    for id, context in messages_in(path):
        entry = said.setdefault(key_of(id, context), Said(id, context))
        if isinstance(entry.id, str):
            # "1 account" alone and "1 account" of a count share one entry; the count needs more.
            entry.id = id
        entry.places.add(place)


def own_messages() -> dict[Key, Said]:
    """What this project says."""
    said: dict[Key, Said] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            _collect(said, path, path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            _collect(said, path, path.relative_to(ROOT).as_posix())
    return said


def library_messages(library: Library) -> dict[Key, Said]:
    """What one library says on the pages that we use."""
    said: dict[Key, Said] = {}
    for path in library.files():
        _collect(said, path, f"{library.name}/{path.relative_to(library.folder).as_posix()}")
    return said


def is_translated(theirs: GNUTranslations, message: Said) -> bool:
    """Whether a library has Indonesian of its own for a message."""
    if isinstance(message.id, str):
        if message.context:
            return theirs.pgettext(message.context, message.id) != message.id
        return theirs.gettext(message.id) != message.id
    singular, plural = message.id
    if message.context:
        return theirs.npgettext(message.context, singular, plural, 2) != plural
    return theirs.ngettext(singular, plural, 2) != plural


def wanted(catalogue: Catalog) -> dict[Key, Said]:
    """Every message that the catalogue must hold, given the library sentences it overrides."""
    overridden = {key_of(message.id, message.context) for message in translations(catalogue)}
    said = own_messages()
    for library in LIBRARIES:
        theirs = library.translated()
        for key, message in library_messages(library).items():
            if key in said:
                said[key].places |= message.places
            elif key in overridden or not is_translated(theirs, message):
                said[key] = message
    return said


def load() -> Catalog:
    """The catalogue as committed."""
    with SOURCE.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def translations(catalogue: Catalog) -> Iterator[Message]:
    """The messages of a catalogue without its header."""
    for message in catalogue:
        if message.id:
            yield message


def updated(catalogue: Catalog) -> Catalog:
    """The catalogue for what is said now: translations kept, nothing guessed, the rest dropped."""
    known = {key_of(message.id, message.context): message for message in translations(catalogue)}
    new = Catalog(
        locale=LANGUAGE,
        project="govsocial",
        version="1",
        msgid_bugs_address="govsocial",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Indonesian interface messages of govsocial.",
        # Dates in the header would make every run a change.
        creation_date=catalogue.creation_date,
        revision_date=catalogue.revision_date,
        last_translator=catalogue.last_translator,
        language_team=catalogue.language_team,
    )
    # Indonesian counts with one form; Babel has no entry for it and would ask for two.
    new.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    for key, said in wanted(catalogue).items():
        old = known.get(key)
        text = old.string if old and type(old.id) is type(said.id) and not old.fuzzy else None
        new.add(
            said.id,
            text,
            context=said.context,
            locations=[(place, 0) for place in sorted(said.places)],
            user_comments=old.user_comments if old else (),
        )
    return new


def as_source(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=98,
        include_lineno=False,
        sort_output=True,
        ignore_obsolete=True,
    )
    return buffer.getvalue()


def as_compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def save(catalogue: Catalog) -> None:
    """Write source and compiled catalogue."""
    SOURCE.write_bytes(as_source(catalogue))
    COMPILED.write_bytes(as_compiled(load()))


def texts_of(message: Message) -> list[str]:
    """The Indonesian of a message, one text for each form that counts have."""
    text = message.string
    return [text] if isinstance(text, str) else list(text or ())


def is_complete(message: Message) -> bool:
    texts = texts_of(message)
    return bool(texts) and all(text.strip() for text in texts)


def problems(catalogue: Catalog) -> list[str]:
    """What keeps the catalogue from being complete, one line each; empty when nothing does."""
    said = wanted(catalogue)
    held = {key_of(message.id, message.context): message for message in translations(catalogue)}
    lines = [f"missing: {_label(key)}" for key in said if key not in held]
    for key, message in held.items():
        if key not in said:
            lines.append(f"obsolete: {_label(key)}")
        elif message.fuzzy:
            lines.append(f"fuzzy: {_label(key)}")
        elif not is_complete(message):
            lines.append(f"empty: {_label(key)}")
        elif type(message.id) is not type(said[key].id):
            lines.append(f"missing: {_label(key)} (its plural)")
    if not COMPILED.exists() or COMPILED.read_bytes() != as_compiled(catalogue):
        lines.append(f"stale: {COMPILED.relative_to(ROOT)}")
    return sorted(lines)


def _label(key: Key) -> str:
    context, id = key
    return f"{context} | {id}" if context else id
