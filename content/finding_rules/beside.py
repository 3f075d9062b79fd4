"""What other posts, and earlier versions of the same one, have to do with a document, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from content.documents import Document
from content.finding_rules import wording
from content.finding_rules.around import Rival, Surroundings, Withdrawn
from content.finding_rules.personal import shortened
from govsocial.web.templatetags.formats import moment

# More findings of one rule help nobody.
MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One finding: of which ``rule``, about which ``thing``, at which ``field`` it is mended."""

    rule: str
    thing: str
    field: str
    message: str
    excerpt: str
    post_id: int | None = None

    @property
    def key(self) -> str:
        return f"{self.rule}-{self.thing}"


def told(document: Document, around: Surroundings) -> Iterator[Told]:
    yield from _withdrawn(document, around)
    yield from _of_a_correction(document, around)
    yield from _twins(around)


def _withdrawn(document: Document, around: Surroundings) -> Iterator[Told]:
    """Somebody took back what is about to go out again."""
    again = (one for one in around.withdrawn if document.says_again(one.document, one.accounts))
    for one in list(again)[:MOST]:
        yield _taken_back(
            one, around, _("%(who)s withdrew this text from %(accounts)s on %(moment)s.")
        )


def changed_since(document: Document, around: Surroundings) -> list[Told]:
    """What was taken back before, and is said in other words now: nothing to answer, and still to
    be known, for what was wrong may stand in it all the same."""
    other = [one for one in around.withdrawn if not document.says_again(one.document, one.accounts)]
    message = _(
        "The text before this one was withdrawn by %(who)s from %(accounts)s on %(moment)s."
    )
    return [_taken_back(one, around, message) for one in other[:MOST]]


def _taken_back(one: Withdrawn, around: Surroundings, message: str) -> Told:
    told = {
        "who": one.who,
        "accounts": ", ".join(one.accounts.values()),
        "moment": moment(one.at, around.at.tzinfo),
    }
    return Told(
        rule="withdrawn", thing=str(one.key), field="text", message=message % told,
        excerpt=one.reason,
    )  # fmt: skip


def _of_a_correction(document: Document, around: Surroundings) -> Iterator[Told]:
    """It goes wherever the wrong post stands, nowhere else, and once."""
    for account_id, name in around.uncorrected.items():
        if account_id not in document.texts:
            message = _(
                "The post that this corrects still stands on this account, and the correction does "
                "not go there. Add the account, or withdraw the post from it."
            )
            yield Told(
                rule="reach", thing=str(account_id), field="accounts", message=message, excerpt=name
            )
    for account_id, name in around.never_out.items():
        message = _(
            "The post that this corrects never went out on this account: readers there would learn "
            "of a mistake that they never saw. Leave the account out."
        )
        yield Told(
            rule="needless", thing=str(account_id), field="accounts", message=message, excerpt=name
        )
    for rival in around.rivals[:MOST]:
        message = _rival_in_words(rival) % {"moment": moment(rival.at, around.at.tzinfo)}
        yield Told(
            rule="rival", thing=str(rival.post_id), field="text", message=message,
            excerpt=shortened(rival.title), post_id=rival.post_id,
        )  # fmt: skip


def _rival_in_words(rival: Rival) -> str:
    if rival.at is not None:
        return _(
            "The same post was corrected already on %(moment)s. Readers would get two corrections."
        )
    if rival.is_in_review:
        return _(
            "Another correction of the same post is being reviewed. Readers would get two "
            "corrections."
        )
    return _(
        "Another correction of the same post waits to go out. Readers would get two corrections."
    )


def _twins(around: Surroundings) -> Iterator[Told]:
    """The same text is meant for an account a second time: mostly a form that was sent twice."""
    for twin in around.twins[:MOST]:
        yield Told(
            rule="twice", thing=str(twin.post_id), field="text",
            message=wording.twin(twin, around.at), excerpt=shortened(twin.title),
            post_id=twin.post_id if twin.title else None,
        )  # fmt: skip
