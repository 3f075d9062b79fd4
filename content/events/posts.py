"""What content writes to the trail. Titles stand in the target's label; no event has a body."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from content import outlet_words
from govsocial.audit.events import event, speaks

speaks("account", outlet_words.in_words)

POST_CREATED = event(
    "content.post.created",
    "version_sha256",
    label=_("Post created"),
    sentence=_("%(actor)s started %(target)s."),
)
POST_FOLLOWED = event(
    "content.post.followed",
    "first",
    "relation",
    "version_sha256",
    label=_("Correction or update begun"),
    sentence=_("%(actor)s started %(target)s as %(relation)s of “%(first)s”."),
    words={"relation": {"correction": _("a correction"), "update": _("an update")}},
)
POST_EDITED = event(
    "content.post.edited",
    "version",
    "version_sha256",
    label=_("Post edited"),
    sentence=_("%(actor)s saved version %(version)s of %(target)s."),
)
POST_SUBMITTED = event(
    "content.post.submitted",
    "version",
    "version_sha256",
    "stages",
    label=_("Post submitted"),
    sentence=_("%(actor)s submitted version %(version)s of %(target)s."),
)
POST_SUBMITTED_AS_EMERGENCY = event(
    "content.post.submitted_as_emergency",
    "version",
    "version_sha256",
    "stages",
    label=_("Post submitted on the emergency path"),
    sentence=_("%(actor)s submitted version %(version)s of %(target)s on the emergency path."),
)
POST_TAKEN_BACK = event(
    "content.post.taken_back",
    "version",
    label=_("Submission taken back"),
    sentence=_("%(actor)s took back version %(version)s of %(target)s."),
)
POST_APPROVED = event(
    "content.post.approved",
    "version",
    "version_sha256",
    "stage",
    "stages",
    "expires_at",
    "confirmed",
    "in_bulk",
    "found_since",
    label=_("Post approved"),
    sentence=_("%(actor)s approved version %(version)s of %(target)s."),
)
CHANGES_REQUESTED = event(
    "content.post.changes_requested",
    "version",
    "version_sha256",
    label=_("Changes requested"),
    sentence=_("%(actor)s asked for changes to version %(version)s of %(target)s."),
)
POST_REJECTED = event(
    "content.post.rejected",
    "version",
    "version_sha256",
    label=_("Post rejected"),
    sentence=_("%(actor)s rejected version %(version)s of %(target)s."),
)
APPROVAL_VOIDED = event(
    "content.post.approval_voided",
    "version",
    label=_("Approval voided by an edit"),
    sentence=_(
        "%(actor)s edited %(target)s; the approval of version %(version)s no longer counts."
    ),
)
GATE_REFUSED = event(
    "content.gate.refused",
    "attempt",
    "why",
    label=_("Refused at the gate"),
    sentence=_("%(actor)s tried at %(target)s: %(attempt)s. Refused: %(why)s."),
    words={
        "attempt": {
            "create": _("writing a post"),
            "edit": _("editing"),
            "import": _("importing drafts"),
            "follow": _("correcting or updating"),
            "duplicate": _("duplicating"),
            "submit": _("submitting"),
            "take_back": _("taking it back"),
            "approve": _("approving"),
            "request_changes": _("asking for changes"),
            "reject": _("rejecting"),
            "retry": _("sending it again"),
            "cancel": _("cancelling a publication"),
            "settle": _("settling a publication"),
            "release": _("letting go what was frozen"),
            "withdraw": _("withdrawing"),
            "freeze": _("freezing"),
            "lift": _("lifting a freeze"),
            "archive": _("archiving"),
            "hand": _("posting it by hand"),
            "look_afterwards": _("looking at an emergency afterwards"),
            "set_policy": _("setting an approval policy"),
            "end_policy": _("ending an approval policy"),
        },
        "why": {
            "no_right": _("no right to do it"),
            "only_drafts": _("an import makes drafts only"),
            "own_post": _("wrote part of it"),
            "earlier_stage": _("decided an earlier stage"),
            "stands_in": _("stands in for who wrote it, decided on it or does not hold the role"),
            "decided": _("decided on it"),
            "content_changed": _("the content is not what was read"),
            "not_waiting": _("it waits for no decision"),
            "is_out": _("it is out, or may be"),
            "account_changed": _("an account was changed since"),
            "too_late": _("the planned time does not fit the approval"),
            "frozen": _("it is frozen"),
            "too_early": _("its time has not come"),
            "claimed": _("somebody else is posting it"),
            "not_opened": _("it was not opened before"),
            "by_itself": _("it is decided on by itself"),
            "found_since": _("something was found in it since"),
            "not_writer": _("somebody else wrote this version"),
            "ended": _("it was rejected, withdrawn or archived"),
            "not_out": _("nothing of it is out yet"),
            "no_longer_counts": _("the approval no longer counts"),
            "not_labelled": _("it was paid for, and readers are not told"),
            "changed_meanwhile": _("something that it needs changed meanwhile"),
            "clocks_differ": _("the clocks of application and database differ"),
        },
    },
)
POST_ARCHIVED = event(
    "content.post.archived",
    "before",
    label=_("Post archived"),
    sentence=_("%(actor)s archived %(target)s."),
)
RETROSPECTIVE_DONE = event(
    "content.post.looked_at_afterwards",
    "version",
    "verdict",
    label=_("Emergency looked at afterwards"),
    sentence=_("%(actor)s looked at the emergency notice %(target)s afterwards."),
)
POLICY_SET = event(
    "content.policy.set",
    "covers",
    "stages",
    "days",
    "before",
    "reason",
    label=_("Approval policy set"),
    sentence=_("%(actor)s set the approval policy of %(target)s: %(stages)s. %(reason)s"),
)
POLICY_ENDED = event(
    "content.policy.ended",
    "covers",
    "stages",
    "reason",
    label=_("Approval policy ended"),
    sentence=_("%(actor)s ended the approval policy of %(target)s. %(reason)s"),
)
PUBLICATION_SCHEDULED = event(
    "content.publication.scheduled",
    "account",
    "scheduled_for",
    "version_sha256",
    label=_("Publication scheduled"),
    sentence=_("%(target)s was scheduled for %(account)s."),
)
PUBLICATION_SENT = event(
    "content.publication.sent",
    "account",
    "attempt",
    "permalink",
    label=_("Published"),
    sentence=_("%(target)s went live on %(account)s."),
)
PUBLICATION_POSTPONED = event(
    "content.publication.postponed",
    "account",
    "publication_id",
    "attempt",
    "error",
    "again_at",
    label=_("Publication postponed"),
    sentence=_(
        "%(target)s could not be sent to %(account)s yet. Nothing was sent; it is tried again."
    ),
)
PUBLICATION_FAILED = event(
    "content.publication.failed",
    "account",
    "publication_id",
    "attempt",
    "error",
    label=_("Publication failed"),
    sentence=_("Publishing %(target)s on %(account)s failed."),
)
PUBLICATION_UNCONFIRMED = event(
    "content.publication.unconfirmed",
    "account",
    "attempt",
    "error",
    label=_("Publication must be confirmed"),
    sentence=_("It is not certain whether %(target)s is on %(account)s."),
)
PUBLICATION_CONFIRMED = event(
    "content.publication.confirmed",
    "account",
    "publication_id",
    "attempt",
    "found",
    label=_("Publication confirmed"),
    sentence=_("The platform was asked whether %(target)s is on %(account)s."),
)
PUBLICATION_SETTLED = event(
    "content.publication.settled",
    "account",
    "publication_id",
    "attempt",
    "live",
    "reason",
    label=_("Publication settled by a person"),
    sentence=_("%(actor)s settled whether %(target)s is on %(account)s: %(reason)s"),
)
PUBLICATION_CANCELLED = event(
    "content.publication.cancelled",
    "account",
    "reason",
    label=_("Publication cancelled"),
    sentence=_("%(actor)s cancelled %(target)s for %(account)s: %(reason)s"),
)
PUBLICATION_RETRIED = event(
    "content.publication.retried",
    "account",
    label=_("Publication tried again"),
    sentence=_("%(actor)s had %(target)s sent to %(account)s again."),
)
PUBLICATION_CLAIMED = event(
    "content.publication.claimed",
    "account",
    "attempt",
    label=_("Taken to be posted by hand"),
    sentence=_("%(actor)s took %(target)s to post it on %(account)s by hand."),
)
PUBLICATION_PROVED = event(
    "content.publication.proved",
    "account",
    "attempt",
    "permalink",
    "went_out_at",
    "screenshot_sha256",
    "names_account",
    label=_("Proof of a post made by hand"),
    sentence=_("%(actor)s recorded that %(target)s is on %(account)s: %(permalink)s"),
)
PUBLICATION_HANDED_BACK = event(
    "content.publication.handed_back",
    "account",
    "publication_id",
    "attempt",
    label=_("Handed back, not posted"),
    sentence=_("%(actor)s said that %(target)s was not posted on %(account)s."),
)
PUBLICATION_WAY_CHOSEN = event(
    "content.publication.way_chosen",
    "account",
    "way",
    label=_("Chosen who puts a publication out"),
    sentence=_("%(actor)s chose how %(target)s goes out on %(account)s: %(way)s."),
    words={"way": {"hand": _("by hand"), "application": _("by the application")}},
)
PUBLICATION_FROZEN = event(
    "content.publication.frozen",
    "account",
    "reason",
    label=_("Publication frozen"),
    sentence=_("%(actor)s froze %(target)s for %(account)s: %(reason)s"),
)
PUBLICATION_FROZEN_IN_HAND = event(
    "content.publication.frozen_in_hand",
    "account",
    "reason",
    label=_("Publication frozen in a person's hands"),
    sentence=_(
        "%(actor)s froze %(target)s for %(account)s while somebody had it in hand to post it: "
        "%(reason)s"
    ),
)
PUBLICATION_HELD = event(
    "content.publication.held",
    "account",
    label=_("Publication held by a freeze"),
    sentence=_("A freeze holds %(target)s back on %(account)s: an approver lets it go after it."),
)
PUBLICATION_RELEASED = event(
    "content.publication.released",
    "account",
    "official_account_id",
    label=_("Publication let go again"),
    sentence=_("%(actor)s let %(target)s go again to %(account)s."),
)
FREEZE_BEGUN = event(
    "content.freeze.begun",
    "occasion",
    "stopped",
    "in_hands",
    "reason",
    label=_("Freeze begun"),
    sentence=_("%(actor)s froze %(target)s, %(stopped)s publications stopped: %(reason)s"),
    fuller={
        "in_hands": _(
            "%(actor)s froze %(target)s, %(stopped)s publications stopped, %(in_hands)s in a "
            "person's hands: %(reason)s"
        )
    },
)
FREEZE_LIFTED = event(
    "content.freeze.lifted",
    "reason",
    label=_("Freeze lifted"),
    sentence=_("%(actor)s lifted the freeze of %(target)s: %(reason)s"),
)
PUBLICATION_WITHDRAWN = event(
    "content.publication.withdrawn",
    "account",
    "reason",
    label=_("Publication withdrawn"),
    sentence=_("%(actor)s withdrew %(target)s from %(account)s: %(reason)s"),
)
WITHDRAWAL_ASKED = event(
    "content.publication.withdrawal_asked",
    "account",
    "reason",
    label=_("Withdrawal of what may be out"),
    sentence=_(
        "%(actor)s withdrew %(target)s from %(account)s, where it may be out already: %(reason)s"
    ),
)
WITHDRAWAL_SETTLED = event(
    "content.publication.withdrawal_settled",
    "account",
    "outcome",
    label=_("Withdrawal settled"),
    sentence=_("After its withdrawal, %(target)s on %(account)s: %(outcome)s."),
    words={
        "outcome": {
            "deleted": _("deleted on the platform"),
            "by_hand": _("deleted there by hand"),
            "stays": _("still to be seen there"),
        }
    },
)
WITHDRAWN_NOT_DELETED = event(
    "content.publication.withdrawn_not_deleted",
    "account",
    "error",
    "then",
    label=_("Withdrawn post not deleted"),
    sentence=_("Withdrawn, but not deleted: %(target)s on %(account)s. %(then)s"),
    words={
        "then": {
            "again": _("The application tries again."),
            "person": _("A person has to delete it there."),
        }
    },
)
LIST_EXPORTED = event(
    "content.post.exported",
    "rows",
    "filters",
    label=_("Posts exported"),
    sentence=_("%(actor)s exported a list of %(rows)s posts."),
)
