"""What the trail keeps of attestations and handovers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.kept_values import ITEM_LABELS, PERIOD_LABELS, item_in_words, period_in_words
from accounts.models.attestation import Question
from accounts.models.reminder import Reminder
from govsocial.audit.events import event

_QUESTIONS: Mapping[str, str | Promise] = dict(Question.choices)

PERIOD_OPENED = event(
    "accounts.attestation_period.opened",
    "starts_on",
    "due_on",
    label=_("Attestation period made"),
    sentence=_(
        "%(actor)s made the attestation period %(target)s, from %(starts_on)s to %(due_on)s."
    ),
)
PERIOD_CHANGED = event(
    "accounts.attestation_period.changed",
    "changed",
    "due_on",
    "due_on_before",
    "before",
    "after",
    label=_("Attestation period changed"),
    sentence=_(
        "%(actor)s changed the attestation period %(target)s; it is due on %(due_on)s "
        "(before: %(due_on_before)s)."
    ),
    words={"changed": PERIOD_LABELS},
    kept_words=period_in_words,
)
PERIOD_WITHDRAWN = event(
    "accounts.attestation_period.withdrawn",
    "starts_on",
    "due_on",
    "reason",
    label=_("Attestation period withdrawn"),
    sentence=_("%(actor)s withdrew the attestation period %(target)s. Reason: %(reason)s"),
)
ATTESTED = event(
    "accounts.attestation.confirmed",
    "period",
    "period_id",
    "attestation_id",
    "noes",
    "snapshot_sha256",
    label=_("Official account confirmed"),
    sentence=_("%(actor)s confirmed %(target)s for %(period)s without remarks."),
)
ATTESTED_WITH_NOES = event(
    "accounts.attestation.answered_no",
    "period",
    "period_id",
    "attestation_id",
    "noes",
    "snapshot_sha256",
    "reason",
    label=_("Official account confirmed with findings"),
    sentence=_("%(actor)s answered for %(target)s in %(period)s that not all is right: %(reason)s"),
)
ATTESTATION_CORRECTED = event(
    "accounts.attestation.corrected",
    "period",
    "period_id",
    "attestation_id",
    "corrects_id",
    "noes",
    "snapshot_sha256",
    "reason",
    label=_("Answers about an official account corrected"),
    sentence=_(
        "%(actor)s corrected the answers about %(target)s for %(period)s. Reason: %(reason)s"
    ),
)
FINDING_OPENED = event(
    "accounts.finding.opened",
    "finding_id",
    "question",
    label=_("Finding opened"),
    sentence=_("A finding was opened about %(target)s: “%(question)s” No."),
    words={"question": _QUESTIONS},
)
FINDING_CLOSED = event(
    "accounts.finding.closed",
    "finding_id",
    "question",
    "reason",
    label=_("Finding closed"),
    sentence=_("%(actor)s closed the finding “%(question)s” about %(target)s: %(reason)s"),
    words={"question": _QUESTIONS},
)
TWO_STEP_CHECKED = event(
    "accounts.official_account.two_step_checked",
    "before",
    "after",
    "checked_on",
    label=_("Two-step sign-in checked"),
    sentence=_("%(actor)s looked at the two-step sign-in of %(target)s: %(after)s."),
)
REMINDER_SENT = event(
    "accounts.reminder.sent",
    "kind",
    "accounts",
    label=_("Reminder sent"),
    sentence=_("%(target)s was reminded by letter of %(accounts)s accounts."),
)
LETTER_GIVEN_UP = event(
    "accounts.letter.given_up",
    "about",
    "attempts",
    "error",
    label=_("Letter given up"),
    sentence=_(
        "A letter to %(target)s (%(about)s) was given up after %(attempts)s attempts and may not "
        "have arrived. Check the e-mail address."
    ),
    words={
        "about": {
            **dict(Reminder.Kind.choices),
            "connection": _("Connection that ends"),
            "notice": _("Notifications"),
            "invitation": _("Invitation"),
            "new_password": _("New password"),
        }
    },
)

HANDOVER_STARTED = event(
    "accounts.handover.started",
    "outgoing",
    "incoming",
    "due_on",
    "decree",
    "moves_charge",
    "reason",
    label=_("Handover started"),
    sentence=_(
        "%(actor)s started the handover of %(target)s from %(outgoing)s to %(incoming)s, due on "
        "%(due_on)s. Reason: %(reason)s"
    ),
)
HANDOVER_CHECKED = event(
    "accounts.handover.checked",
    "item",
    "state",
    "note",
    "changed",
    "before",
    "after",
    label=_("Checklist of a handover filled in"),
    sentence=_("%(actor)s noted in the handover of %(target)s: “%(item)s”."),
    words={"changed": ITEM_LABELS},
    kept_words=item_in_words,
)
HANDOVER_POSTPONED = event(
    "accounts.handover.postponed",
    "due_on",
    "due_on_before",
    "reason",
    label=_("Handover due on another day"),
    sentence=_(
        "%(actor)s moved the handover of %(target)s to %(due_on)s (before: %(due_on_before)s). "
        "Reason: %(reason)s"
    ),
)
HANDOVER_SIGNED_OUT = event(
    "accounts.handover.signed_out",
    label=_("Handover signed by who hands over"),
    sentence=_("%(actor)s signed to have handed over %(target)s."),
)
HANDOVER_SIGNED_IN_PLACE = event(
    "accounts.handover.signed_in_place",
    "outgoing",
    "reason",
    label=_("Handover signed in the place of somebody"),
    sentence=_(
        "%(actor)s signed the handover of %(target)s in the place of %(outgoing)s. "
        "Reason: %(reason)s"
    ),
)
HANDOVER_SIGNED_IN = event(
    "accounts.handover.signed_in",
    label=_("Handover signed by who takes over"),
    sentence=_("%(actor)s signed to have taken over %(target)s."),
)
HANDOVER_COMPLETED = event(
    "accounts.handover.completed",
    "outgoing",
    "incoming",
    "snapshot_sha256",
    label=_("Handover completed"),
    sentence=_("%(actor)s completed the handover of %(target)s from %(outgoing)s to %(incoming)s."),
)
HANDOVER_CANCELLED = event(
    "accounts.handover.cancelled",
    "reason",
    label=_("Handover cancelled"),
    sentence=_("%(actor)s cancelled the handover of %(target)s. Reason: %(reason)s"),
)
SCAN_ADDED = event(
    "accounts.handover.scan_added",
    "document_id",
    "file_sha256",
    label=_("Signed handover minutes added"),
    sentence=_("%(actor)s added the signed minutes of the handover of %(target)s."),
)
ACCOUNT_HANDED_OVER = event(
    "accounts.official_account.handed_over",
    "handover_id",
    "outgoing",
    "incoming",
    "person_in_charge",
    "administrator_ended",
    "administrator_added",
    label=_("Official account handed over"),
    sentence=_("%(target)s went from %(outgoing)s to %(incoming)s; %(actor)s completed it."),
)
FINDINGS_EXPORTED = event(
    "accounts.finding.exported",
    "rows",
    "filters",
    label=_("Findings exported"),
    sentence=_("%(actor)s exported a list of findings (%(rows)s rows)."),
)
HANDOVERS_EXPORTED = event(
    "accounts.handover.exported",
    "rows",
    "filters",
    label=_("Handovers exported"),
    sentence=_("%(actor)s exported a list of handovers (%(rows)s rows)."),
)
ATTESTATIONS_EXPORTED = event(
    "accounts.attestation.exported",
    "rows",
    "filters",
    label=_("Attestations exported"),
    sentence=_("%(actor)s exported a list of attestations (%(rows)s rows)."),
)
