"""The words of a document, each with the input of the composer that they are typed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from content.documents import Document


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a document and the input that they are typed in."""

    field: str
    words: str


def pieces_of(document: Document) -> list[Piece]:
    """What is published or kept in words, each once: the title stands in lists and in the trail."""
    titles = [Piece("title", document.title), *headline_of(document)]
    return [*titles, *words_of(document), *alts_of(document)]


def texts_of(document: Document) -> list[Piece]:
    """What is sent; the common text where no account has it is not, unless there is no account."""
    found = {} if document.texts else {document.text: "text"}
    for account_id, words in document.texts.items():
        found.setdefault(words, "text" if words == document.text else f"text_{account_id}")
    return [Piece(name, words) for words, name in found.items()]


def accounts_with(document: Document, pieces: Iterable[Piece]) -> list[int]:
    """The accounts on which one of these texts is sent."""
    sent = {piece.words for piece in pieces}
    return [account_id for account_id, words in document.texts.items() if words in sent]


def _following(document: Document) -> list[Piece]:
    parts = [Piece(f"thread_{number}", one) for number, one in enumerate(document.thread)]
    comment = document.first_comment
    return [*parts, *([Piece("first_comment", comment)] if comment else [])]


def words_of(document: Document) -> list[Piece]:
    """Every text that is sent: the post, and what follows it."""
    return [*texts_of(document), *_following(document)]


def headline_of(document: Document) -> list[Piece]:
    """The title that is published, where there is one."""
    return [Piece("headline", document.headline)] if document.headline else []


def alts_of(document: Document) -> list[Piece]:
    """What stands for pictures and film."""
    film = [Piece("film_alt", document.film.alt)] if document.film else []
    return [*(Piece(f"alt_{number}", one.alt) for number, one in enumerate(document.media)), *film]


def public_of(document: Document) -> list[Piece]:
    """What readers see, or have read out to them."""
    return [*headline_of(document), *words_of(document), *alts_of(document)]


def linking(document: Document) -> list[Piece]:
    """Where an address may stand."""
    return [*words_of(document), *([Piece("link", document.link)] if document.link else [])]
