"""What a machine finds in a document before a person decides: pure functions, no query, no network.

A finding is a question and no verdict. It is resolved by changing the post, or justified in writing
(``Document.justified``); only the label of what was paid for is not left to a reason. Excerpts are
masked: whoever reads a list, a letter or a log of findings learns nothing that the post itself does
not show them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.documents import Document
from content.facets import Function, Stage
from content.finding_rules import bank, beside, paid, personal, style, validity, wording
from content.finding_rules.around import Surroundings
from content.finding_rules.political import political_words
from content.pieces import (
    Piece,
    accounts_with,
    alts_of,
    linking,
    pieces_of,
    public_of,
    texts_of,
    words_of,
)
from govsocial.platforms import text as texts
from govsocial.web.hidden_signs import readable

# What one picture's words and a text may have: more findings of one rule help nobody.
MOST_OF_A_RULE = 10
KEY_LENGTH = 16


class FindingRule(models.TextChoices):
    NIK = "nik", gettext_lazy("National identity number")
    PHONE = "phone", gettext_lazy("Telephone number")
    ACCOUNT = "account", gettext_lazy("Bank account number")
    EMAIL = "email", gettext_lazy("E-mail address")
    ADDRESS = "address", gettext_lazy("Home address")
    LINK = "link", gettext_lazy("Link")
    POLITICAL = "political", gettext_lazy("Political words")
    FROZEN = "frozen", gettext_lazy("Frozen time")
    PAID = "paid", gettext_lazy("Paid promotion")
    PICTURE = "picture", gettext_lazy("Words only in the picture")
    CAPITALS = "capitals", gettext_lazy("Capital letters")
    EMOJI = "emoji", gettext_lazy("Emoji")
    HASHTAG = "hashtag", gettext_lazy("Hashtag")
    NARRATIVE = "narrative", gettext_lazy("Narrative that does not count")
    PLACEHOLDER = "placeholder", gettext_lazy("Placeholder")
    SERVICE = "service", gettext_lazy("Service of a transaction")
    PROPRIETY = "propriety", gettext_lazy("Propriety and safety")
    REACH = "reach", gettext_lazy("Account without the correction")
    END = "end", gettext_lazy("End of validity")
    TWICE = "twice", gettext_lazy("Same text twice")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn before")
    NEEDLESS = "needless", gettext_lazy("Account without the mistake")
    RIVAL = "rival", gettext_lazy("Another correction")


# These make a post harder to read; of all others somebody could come to harm, or a rule be broken.
_LIGHT = frozenset(
    {
        FindingRule.LINK,
        FindingRule.PICTURE,
        FindingRule.CAPITALS,
        FindingRule.EMOJI,
        FindingRule.HASHTAG,
        FindingRule.PLACEHOLDER,
        FindingRule.SERVICE,
        FindingRule.PROPRIETY,
    }
)
GRAVE = frozenset(FindingRule) - _LIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``key`` is of the rule and what was found: the same wherever in the post it stands.

    ``field`` is the input to mend it in. ``severity`` is "bad" or "watch", as badges are.
    ``post_id`` is of another post that it is about, where who reads it may see that one. ``adding``
    is a sentence in the language of the post that mends it where it is added to the text there, and
    to those in ``also_in``.
    """

    key: str
    rule: str
    field: str
    message: str
    excerpt: str
    severity: str
    post_id: int | None = None
    adding: str = ""
    also_in: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(FindingRule(self.rule).label)

    @property
    def in_words(self) -> str:
        """In one line of a list."""
        return f"{self.label}: {self.excerpt}" if self.excerpt else self.label

    @property
    def quotes(self) -> bool:
        """Whether the excerpt is what somebody gave as a reason, and nothing of the post."""
        return self.rule in {FindingRule.WITHDRAWN, FindingRule.FROZEN}

    @property
    def may_stand(self) -> bool:
        """Whether a reason in writing is enough. What was paid for never goes out unlabelled."""
        return self.rule != FindingRule.PAID


def links_of(document: Document) -> list[str]:
    """Every address that the post links to, each once."""
    found = (span.value for piece in linking(document) for span in texts.links(piece.words))
    return list(dict.fromkeys(found))


def find(document: Document, around: Surroundings) -> list[Finding]:
    """Everything that is found, the grave ones first, each thing once."""
    found: dict[str, Finding] = {}
    for look in _LOOKS:
        for one in look(document, around):
            found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda one: one.rule not in GRAVE)


def names_contacts(document: Document) -> bool:
    """Whether it names a number or an address that may be known as the agency's own."""
    looks = [look for rule, look, _message in _PEOPLE if rule in _MAY_BE_KNOWN]
    return any(
        True for piece in pieces_of(document) for look in looks for _one in look(piece.words)
    )


def unjustified(document: Document, found: Iterable[Finding]) -> list[Finding]:
    """What nobody gave a reason for that can be read, and what no reason lets stand."""
    said = document.justified
    return [one for one in found if not (one.may_stand and readable(said.get(one.key, "")))]


def still_justified(document: Document, found: Iterable[Finding]) -> dict[str, str]:
    """The justifications whose finding is still there; the others are of another content."""
    keys = {one.key for one in found if one.may_stand}
    return {
        key: why.strip() for key, why in document.justified.items() if key in keys and readable(why)
    }


def _key(rule: str, thing: str) -> str:
    return hashlib.sha256(f"{rule}\0{thing}".encode()).hexdigest()[:KEY_LENGTH]


def key_of_withdrawal(withdrawal_id: int) -> str:
    """Under which a document has why it says again what was taken back."""
    return _key(FindingRule.WITHDRAWN, str(withdrawal_id))


def _finding(rule: FindingRule, thing: str, field: str, message: str, excerpt: str) -> Finding:
    severity = "bad" if rule in GRAVE else "watch"
    return Finding(
        key=_key(rule, thing), rule=rule, field=field, message=message, excerpt=excerpt,
        severity=severity,
    )  # fmt: skip


_PEOPLE: Sequence[tuple[FindingRule, Callable[[str], Iterator[str]], Promise]] = (
    (
        FindingRule.NIK,
        personal.identity_numbers,
        gettext_lazy("This looks like the identity or family card number of a person."),
    ),
    (
        FindingRule.ACCOUNT,
        personal.account_numbers,
        gettext_lazy("This looks like the number of a bank account."),
    ),
    (
        FindingRule.PHONE,
        personal.phone_numbers,
        gettext_lazy("This looks like a telephone number that is not known as the agency's."),
    ),
    (
        FindingRule.EMAIL,
        personal.email_addresses,
        gettext_lazy("This e-mail address is not known as the agency's."),
    ),
    (
        FindingRule.ADDRESS,
        personal.home_addresses,
        gettext_lazy("This looks like the address of somebody's home."),
    ),
)


_MAY_BE_KNOWN = frozenset({FindingRule.PHONE, FindingRule.EMAIL, FindingRule.ACCOUNT})


def _of_people(document: Document, around: Surroundings) -> Iterator[Finding]:
    for rule, look, message in _PEOPLE:
        found = (
            (piece.field, thing)
            for piece in pieces_of(document)
            for thing in look(piece.words)
            if not _is_known(rule, thing, around.known)
        )
        for _number, (name, thing) in zip(range(MOST_OF_A_RULE), found, strict=False):
            yield _finding(rule, thing, name, str(message), personal.masked(rule, thing))


def _is_known(rule: str, thing: str, known: Collection[str]) -> bool:
    if f"{rule}:{thing}" in known:
        return True
    if rule != FindingRule.EMAIL:
        return False
    labels = thing.rpartition("@")[2].split(".")
    # An office's own domain is under the agency's: dinkes.samudrakota.go.id.
    return any(f"domain:{'.'.join(labels[at:])}" in known for at in range(len(labels) - 1))


def _of_links(document: Document, around: Surroundings) -> Iterator[Finding]:
    words = {
        "dead": _("This link leads nowhere: the page is gone, or nobody answers there."),
        "slow": _("The page that this link leads to fails, or takes very long to answer."),
    }
    for piece in linking(document):
        for span in texts.links(piece.words):
            state = around.links.get(span.value)
            if state in words:
                shown = personal.shortened(span.value.partition("?")[0])
                yield _finding(
                    FindingRule.LINK, f"{state} {span.value}", piece.field, words[state], shown
                )


def _of_elections(document: Document, around: Surroundings) -> Iterator[Finding]:
    for window in around.windows:
        if not window.starts_on <= around.at.date() <= window.ends_on:
            continue
        for piece in public_of(document):
            for word in political_words(window.words, piece.words, around.stems):
                message = _("A word to be careful with during %(window)s (%(citation)s).") % {
                    "window": window.name,
                    "citation": window.citation,
                }
                yield _finding(
                    FindingRule.POLITICAL, f"{window.name} {word}", piece.field, message, word
                )


def _of_silences(document: Document, around: Surroundings) -> Iterator[Finding]:
    for one in around.silences:
        is_within = one.since <= around.at and (one.until is None or around.at < one.until)
        if is_within and one.is_for(document.texts):
            message = _("It is planned for a time in which publications are frozen.")
            thing = f"{one.since.astimezone(UTC).isoformat()} {one.reason}"
            yield _finding(FindingRule.FROZEN, thing, "planned_at", message, one.reason)


def _of_paid(document: Document, around: Surroundings) -> Iterator[Finding]:
    for label in around.labels:
        for piece in texts_of(document):
            if not paid.is_labelled(label, piece.words):
                message = _("Money was spent on this post. Readers must see the label.")
                thing = f"{label} {piece.words}"
                yield _finding(FindingRule.PAID, thing, piece.field, message, label)


def _of_pictures(document: Document, around: Surroundings) -> Iterator[Finding]:
    if not document.media:
        return
    for piece in texts_of(document):
        if piece.words.strip() and style.is_nearly_wordless(piece.words):
            message = _(
                "Beside the picture there are hardly any words. What stands in a picture alone "
                "cannot be read aloud, searched or translated."
            )
            yield _finding(FindingRule.PICTURE, piece.words, piece.field, message, "")
        for alt in alts_of(document):
            if style.is_same_long_text(alt.words, piece.words):
                message = _(
                    "The alternative text repeats the text of the post. Describe what the picture "
                    "shows, or leave out a picture that is nothing but this text."
                )
                yield _finding(FindingRule.PICTURE, alt.words, alt.field, message, "")


def _of_bank(document: Document, around: Surroundings) -> Iterator[Finding]:
    """Narratives that do not count on the day it goes out, unless all of it is in one that does."""
    day = around.at.date()
    for piece in words_of(document):
        plain = bank.plain_of(piece.words)
        held = [one for one in around.narratives if bank.is_held(one.text, plain)]
        good = [bank.plain_of(one.text) for one in held if one.counts_on(day)]
        for one in held:
            if not one.counts_on(day) and not any(bank.is_held(one.text, text) for text in good):
                message = _("This narrative of the message bank does not count on that day.")
                shown = personal.shortened(one.title)
                yield _finding(FindingRule.NARRATIVE, one.text, piece.field, message, shown)
        for _number, left in zip(
            range(MOST_OF_A_RULE), bank.placeholders(piece.words), strict=False
        ):
            message = _("A placeholder of a template is still to be filled in.")
            yield _finding(FindingRule.PLACEHOLDER, left, piece.field, message, left)


def _of_end(document: Document, around: Surroundings) -> Iterator[Finding]:
    """An emergency notice tells its readers when to stop acting on it (risk R24)."""
    if not document.is_emergency or document.valid_until is None:
        return
    end = document.valid_until.astimezone(around.at.tzinfo)
    lacking = []
    for piece in texts_of(document):
        said = " ".join([piece.words, *document.thread])
        if other := validity.other_end(said, end, around.at):
            thing = f"{end.astimezone(UTC).isoformat()} {other}"
            yield _finding(FindingRule.END, thing, piece.field, wording.other_end(other, end), "")
        elif not validity.tells(said, end, around.at):
            lacking.append(piece)
    if lacking:
        yield _of_no_end(document, end, lacking, around)


def _of_no_end(
    document: Document, end: datetime, lacking: Sequence[Piece], around: Surroundings
) -> Finding:
    """One finding for all texts that lack it. Where others do not, it names their accounts."""
    first, *more = lacking
    adding = wording.sentence_of_end(end, document.language)
    thing = " ".join([end.astimezone(UTC).isoformat(), *(piece.words for piece in lacking)])
    named = accounts_with(document, lacking) if len(texts_of(document)) > 1 else []
    shown = ", ".join(around.accounts[pk] for pk in named if pk in around.accounts)
    found = _finding(FindingRule.END, thing, first.field, wording.no_end(adding), shown)
    return replace(found, adding=adding, also_in=tuple(piece.field for piece in more))


def _beside(document: Document, around: Surroundings) -> Iterator[Finding]:
    for one in beside.told(document, around):
        found = _finding(FindingRule(one.rule), one.thing, one.field, one.message, one.excerpt)
        yield replace(found, post_id=one.post_id)


def _of_style(document: Document, around: Surroundings) -> Iterator[Finding]:
    for piece in words_of(document):
        shouted = style.shouted(piece.words)
        if shouted:
            message = _("Words in capital letters are hard to read, and read as shouting.")
            shown = personal.shortened(shouted)
            yield _finding(FindingRule.CAPITALS, shouted, piece.field, message, shown)
        signs = style.too_many_emoji(piece.words)
        if signs:
            message = _("Screen readers read out each of these emoji; use fewer.")
            yield _finding(FindingRule.EMOJI, signs, piece.field, message, signs[:40])
        for tag in style.unreadable_hashtags(piece.words):
            message = _("Write each word of a hashtag with a capital: #LayananPublik.")
            yield _finding(FindingRule.HASHTAG, tag, piece.field, message, f"#{tag}")


def _of_facets(document: Document, around: Surroundings) -> Iterator[Finding]:
    """What a choice asks for: a transaction begins somewhere (Khan 2013), and what entertains is
    read once more for propriety and safety."""
    said = "\n".join(piece.words for piece in texts_of(document))
    if document.facets.stage == Stage.TRANSACTION and not links_of(document):
        message = _("A transaction needs a link to the service that people use.")
        yield _finding(FindingRule.SERVICE, said, "stage", message, "")
    if document.facets.function == Function.ENTERTAIN:
        message = _("What entertains may hurt or endanger somebody. Say why this does not.")
        yield _finding(FindingRule.PROPRIETY, said, "function", message, "")


_LOOKS = (
    _of_people,
    _of_links,
    _of_elections,
    _of_silences,
    _of_paid,
    _of_bank,
    _of_pictures,
    _of_end,
    _beside,
    _of_style,
    _of_facets,
)
