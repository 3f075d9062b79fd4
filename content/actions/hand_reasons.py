"""Why a publication is not posted by hand now: one list, for who tries and for the page. And what
proves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from content import following, gate
from content.actions.ending import why_over
from content.actions.outgoing import recipient
from content.actions.publishing import MEDIA_INCOMPLETE
from content.actions.settling import NOT_LABELLED, ended_words, not_in_use
from content.errors import ContentError, GateRefused
from content.models import Publication
from content.permalinks import NotThatPost, is_under_another, permalink_of
from govsocial.web.problems import in_words


@dataclass(frozen=True, slots=True)
class Reason:
    """``short`` is told to who tries, ``long`` stands on the page, where it says what to do.

    ``why`` is the key of the trail; "" where nobody tried to get around anything.
    """

    why: str
    short: str
    long: str

    def refusal(self) -> ContentError:
        return GateRefused(self.short, why=self.why) if self.why else ContentError(self.short)


def reasons(publication: Publication) -> Iterator[Reason]:
    """Everything that keeps a person from posting it now, the gravest first. The bytes of its files
    are compared apart: where they are read."""
    yield from reasons_of_the_gate(publication)
    if not gate.media_is_complete(publication.version_id):
        yield Reason(
            "no_longer_counts",
            in_words(MEDIA_INCOMPLETE),
            _("A right or a consent for its pictures is missing or has ended: post nothing."),
        )
    account = publication.official_account
    if not account.is_active:
        yield Reason("", not_in_use(account), _("The account is not in use: post nothing."))
    planned = publication.version.content().planned_at or publication.scheduled_for
    if max(planned, publication.scheduled_for) > timezone.now():
        too_early = _("Its time has not come yet.")
        yield Reason("too_early", too_early, too_early)
    if not following.is_its_turn(publication):
        not_yet = _("What it answers is not out yet.")
        yield Reason("too_early", not_yet, not_yet)


def reasons_of_the_gate(publication: Publication) -> Iterator[Reason]:
    """What the trigger ``gate`` would refuse, for a worker as for a person."""
    if gate.is_halted(publication):
        yield Reason(
            "frozen",
            _("It is frozen: nothing may go out."),
            _("A freeze stopped it: post nothing. What went out before can be recorded."),
        )
    if publication.version.content().has_ended:
        yield Reason(
            "no_longer_counts",
            ended_words(publication),
            " ".join([_("Post nothing."), ended_words(publication)]),
        )
    elif not gate.is_approved(publication.version_id):
        yield Reason(
            "no_longer_counts",
            _("The approval has expired or no longer counts. Submit the post again."),
            _("The approval has expired or no longer counts: post nothing."),
        )
    over = why_over(publication)
    if over:
        yield Reason(
            "no_longer_counts",
            _("It was corrected or withdrawn meanwhile."),
            " ".join([in_words(over), _("Post nothing.")]),
        )
    account = publication.official_account
    if publication.version.content().recipients.get(account.pk) != recipient(account):
        yield Reason(
            "content_changed",
            _("The account was changed after the approval. Approve the post anew."),
            _(
                "The account was changed after the approval: post nothing. What was posted is "
                "deleted on the platform, then it is handed back."
            ),
        )
    if not gate.is_labelled(publication.version_id):
        yield Reason(
            "not_labelled",
            in_words(NOT_LABELLED),
            _("Money was spent on it, and readers are not told: post nothing."),
        )


def refuse_renamed(publication: Publication) -> None:
    """Raise ``GateRefused`` for a proof of what was approved for another address than the account
    has now. A unit that it was moved to does not matter: the address is the one approved."""
    account: OfficialAccount = publication.official_account
    approved = publication.version.content().recipients.get(account.pk)
    if approved is not None and approved.address == recipient(account).address:
        return
    before = approved.address.rpartition(" ")[2] if approved else ""
    raise GateRefused(
        _(
            "The account was renamed after the approval: what was approved was for %(before)s, not "
            "for %(now)s. Delete what was posted on the platform, then hand it back as not posted."
        )
        % {"before": before, "now": account.handle},
        why="account_changed",
        field="permalink",
    )


def address_of(publication: Publication, typed: str) -> str:
    """Where it is, as its platform spells it; raises ``ContentError`` for an address that is not of
    that account, of a post where it is a comment, or of a comment under another post."""
    account, training = publication.official_account, settings.TRAINING_URL
    if settings.TRAINING and training and typed.startswith(f"{training}/"):
        return typed
    try:
        address = permalink_of(account, typed, comment=publication.is_comment)
    except NotThatPost as exc:
        raise ContentError(str(exc), field="permalink") from exc
    post = following.permalink_before(publication)
    if publication.is_comment and is_under_another(account, address, post):
        raise ContentError(
            _("This comment is under another post. Open it under the post that it belongs to."),
            field="permalink",
        )
    return address
