"""What the trail keeps of people, roles and official accounts. Never a secret."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.grant_words import end_in_words, start_in_words
from accounts.kept_values import LABELS, PROFILE_LABELS, UNIT_LABELS, in_words, unit_in_words
from govsocial.audit.events import event, speaks

UNIT_CREATED = event(
    "accounts.unit.created",
    "parent",
    "parent_id",
    label=_("Unit added"),
    sentence=_("%(actor)s added the unit %(target)s below %(parent)s."),
)
UNIT_CHANGED = event(
    "accounts.unit.changed",
    "changed",
    "before",
    "after",
    label=_("Unit changed"),
    sentence=_("%(actor)s changed the unit %(target)s: %(changed)s."),
    words={"changed": UNIT_LABELS},
    kept_words=unit_in_words,
)
UNIT_MOVED = event(
    "accounts.unit.moved",
    "from_unit",
    "to_unit",
    "to_unit_id",
    label=_("Unit moved"),
    sentence=_("%(actor)s moved the unit %(target)s from %(from_unit)s to %(to_unit)s."),
)

USER_INVITED = event(
    "accounts.user.invited",
    label=_("Person invited"),
    sentence=_("%(actor)s invited %(target)s."),
)
INVITATION_REPEATED = event(
    "accounts.user.invited_again",
    label=_("Invitation sent again"),
    sentence=_("%(actor)s sent the invitation of %(target)s again."),
)
USER_CHANGED = event(
    "accounts.user.changed",
    "changed",
    label=_("Profile changed"),
    sentence=_("%(actor)s changed the profile of %(target)s: %(changed)s."),
    words={"changed": PROFILE_LABELS},
)
PREFERENCES_CHANGED = event(
    "accounts.user.preferences_changed",
    "changed",
    label=_("Language or appearance chosen"),
    sentence=_("%(actor)s chose anew how the pages are shown to them: %(changed)s."),
    words={"changed": PROFILE_LABELS},
)
USER_DEACTIVATED = event(
    "accounts.user.deactivated",
    "reason",
    label=_("Person deactivated"),
    sentence=_("%(actor)s deactivated %(target)s. Reason: %(reason)s"),
)
USER_REACTIVATED = event(
    "accounts.user.reactivated",
    "reason",
    label=_("Person reactivated"),
    sentence=_("%(actor)s reactivated %(target)s. Reason: %(reason)s"),
)

SESSIONS_ENDED = event(
    "sign_in.sessions.ended",
    "sessions",
    label=_("Other sessions ended"),
    sentence=_("%(actor)s signed out of %(sessions)s other browsers."),
)

ROLE_GRANTED = event(
    "accounts.grant.given",
    "user_id",
    "role",
    "starts_at",
    "ends_at",
    "decree",
    "in_place_of",
    label=_("Role given"),
    sentence=_("%(actor)s gave a role: %(target)s."),
    fuller={
        "in_place_of": _(
            "%(actor)s gave a role: %(target)s, on behalf of %(in_place_of)s, until %(ends_at)s "
            "(decree: %(decree)s)."
        ),
        "ends_at": _("%(actor)s gave a role: %(target)s, until %(ends_at)s."),
    },
)
speaks("starts_at", start_in_words)
speaks("ends_at", end_in_words)
ROLE_ENDED = event(
    "accounts.grant.ended",
    "user_id",
    "role",
    "in_place_of",
    "reason",
    label=_("Role ended"),
    sentence=_("%(actor)s ended a role: %(target)s. Reason: %(reason)s"),
    fuller={
        "in_place_of": _(
            "%(actor)s ended a role: %(target)s, on behalf of %(in_place_of)s. Reason: %(reason)s"
        ),
    },
)

ACCOUNT_REGISTERED = event(
    "accounts.official_account.registered",
    "platform",
    "host",
    "handle",
    label=_("Official account registered"),
    sentence=_("%(actor)s registered %(target)s as an official account."),
)
ACCOUNT_CHANGED = event(
    "accounts.official_account.changed",
    "changed",
    "before",
    "after",
    label=_("Official account changed"),
    sentence=_("%(actor)s changed the details of %(target)s: %(changed)s."),
    words={"changed": LABELS},
    kept_words=in_words,
)
ACCOUNT_IDENTITY_CHANGED = event(
    "accounts.official_account.identity_changed",
    "handle_before",
    "host_before",
    "was_connected",
    label=_("Handle or server changed"),
    sentence=_(
        "%(actor)s changed the handle or server of %(target)s (before: %(handle_before)s, server: "
        "%(host_before)s). It must be connected before anything is published there."
    ),
    words={"host_before": {"": _("that of the platform")}},
)
ACCOUNT_ACTIVATED = event(
    "accounts.official_account.activated",
    "reason",
    label=_("Official account taken into use"),
    sentence=_("%(actor)s took %(target)s into use. Reason: %(reason)s"),
)
ACCOUNT_SUSPENDED = event(
    "accounts.official_account.suspended",
    "reason",
    label=_("Official account suspended"),
    sentence=_("%(actor)s suspended %(target)s. Reason: %(reason)s"),
)
ACCOUNT_RELEASED = event(
    "accounts.official_account.released",
    "reason",
    label=_("Handle released"),
    sentence=_(
        "%(actor)s noted that the handle of %(target)s is no longer the agency's. "
        "Reason: %(reason)s"
    ),
)
DECREE_KEPT = event(
    "accounts.official_account.decree_kept",
    "file_name",
    "file_sha256",
    label=_("File of the decree kept"),
    sentence=_("%(actor)s added the decree of %(target)s: %(file_name)s (%(file_sha256)s)."),
)
# Named like an export: it is for who reads the trail, not for the history of the account.
DOCUMENT_TAKEN_OUT = event(
    "accounts.document.exported",
    "file_name",
    "file_sha256",
    label=_("Document downloaded"),
    sentence=_("%(actor)s downloaded %(file_name)s (%(file_sha256)s) of %(target)s."),
)
ADMINISTRATOR_ASSIGNED = event(
    "accounts.administrator.assigned",
    "person",
    "person_id",
    "starts_on",
    "ends_on",
    "decree",
    "minutes_sha256",
    label=_("Administrator of an account assigned"),
    sentence=_(
        "%(actor)s made %(person)s administrator of %(target)s from %(starts_on)s. "
        "Last day: %(ends_on)s. Decree: %(decree)s."
    ),
    words={"ends_on": {"": _("none, until it is ended")}},
)
ADMINISTRATOR_ENDED = event(
    "accounts.administrator.ended",
    "person",
    "person_id",
    "ends_on",
    "minutes_sha256",
    "reason",
    label=_("Administrator of an account ended"),
    sentence=_(
        "%(actor)s ended the work of %(person)s on %(target)s with %(ends_on)s. Reason: %(reason)s"
    ),
)
ACCOUNTS_IMPORTED = event(
    "accounts.import.done",
    "file_name",
    "file_sha256",
    "accounts",
    "left_out",
    label=_("Official accounts imported"),
    sentence=_(
        "%(actor)s imported %(accounts)s official accounts from %(file_name)s "
        "(%(file_sha256)s); %(left_out)s rows were left out."
    ),
)
ACCOUNT_CLOSED = event(
    "accounts.official_account.closed",
    "reason",
    "changed",
    "before",
    "after",
    label=_("Official account closed"),
    sentence=_("%(actor)s closed %(target)s. Reason: %(reason)s"),
    words={"changed": LABELS},
    kept_words=in_words,
)
ACCOUNT_REOPENED = event(
    "accounts.official_account.reopened",
    "reason",
    "changed",
    "before",
    "after",
    label=_("Official account reopened"),
    sentence=_("%(actor)s reopened %(target)s. Reason: %(reason)s"),
    words={"changed": LABELS},
    kept_words=in_words,
)

LIST_EXPORTED = event(
    "accounts.official_account.exported",
    "rows",
    "filters",
    label=_("Official accounts exported"),
    sentence=_("%(actor)s exported a list of official accounts (%(rows)s rows)."),
)
AGENCY_FOUNDED = event(
    "accounts.agency.founded",
    "administrator",
    "grant_id",
    "decree",
    label=_("Agency set up"),
    sentence=_("%(target)s was set up with %(administrator)s as administrator."),
)

SPENDING_CAP_SET = event(
    "accounts.spending.capped",
    "cap",
    "cap_before",
    "kept",
    label=_("Spending cap set"),
    sentence=_("%(actor)s set the monthly cap of spending on %(target)s to %(cap)s US dollars."),
    amounts=("cap", "cap_before", "kept"),
)
SPENDING_EXPORTED = event(
    "accounts.spending.exported",
    "rows",
    label=_("Spending exported"),
    sentence=_("%(actor)s exported what was spent on platforms (%(rows)s rows)."),
)
IMPERSONATION_REPORTED = event(
    "accounts.impersonation.reported",
    "channel",
    "joined",
    "files",
    label=_("Impersonation reported"),
    sentence=_("%(channel)s: %(target)s."),
)
IMPERSONATION_MOVED = event(
    "accounts.impersonation.moved",
    "from_status",
    "to_status",
    "ticket",
    label=_("Impersonation report moved on"),
    sentence=_("%(actor)s moved %(target)s from “%(from_status)s” to “%(to_status)s”."),
)
IMPERSONATION_NOTED = event(
    "accounts.impersonation.noted",
    label=_("Remark on an impersonation"),
    sentence=_("%(actor)s wrote a remark on %(target)s."),
)
IMPERSONATION_ASSIGNED = event(
    "accounts.impersonation.assigned",
    "to_whom",
    "account",
    label=_("Impersonation report assigned"),
    sentence=_(
        "%(actor)s set who looks into %(target)s: %(to_whom)s. "
        "The account that it imitates: %(account)s."
    ),
)
IMPERSONATION_PASSED_ON = event(
    "accounts.impersonation.passed_on",
    "unit",
    label=_("Impersonation report passed on to another unit"),
    sentence=_(
        "%(actor)s made %(unit)s responsible for %(target)s: it follows the report up and may "
        "read who reported it."
    ),
)
IMPERSONATION_CLAIMED = event(
    "accounts.impersonation.claimed",
    "account",
    label=_("Imitated account named by a further report"),
    sentence=_("A further report about %(target)s says that it imitates %(account)s."),
)
IMPERSONATION_NAMED = event(
    "accounts.impersonation.named",
    "account",
    "unit",
    "in_charge",
    label=_("Imitated account taken from a further report"),
    sentence=_(
        "A further report about %(target)s says that it imitates %(account)s, of %(unit)s. "
        "%(in_charge)s follows it up."
    ),
)
REPORTERS_SEEN = event(
    "accounts.impersonation.statements_read",
    "statements",
    label=_("Statements about an impersonation read"),
    sentence=_("%(actor)s read who reported %(target)s (%(statements)s statements)."),
)
EVIDENCE_TAKEN = event(
    "accounts.impersonation.evidence_taken",
    "file",
    label=_("Evidence of an impersonation downloaded"),
    sentence=_("%(actor)s downloaded the evidence %(file)s of %(target)s."),
)
REPORTER_ERASED = event(
    "accounts.impersonation.reporter_erased",
    "reason",
    label=_("Reporter erased"),
    sentence=_(
        "%(actor)s erased the name and address of a reporter of %(target)s. Reason: %(reason)s"
    ),
)
IMPERSONATIONS_EXPORTED = event(
    "accounts.impersonation.exported",
    "rows",
    "filters",
    label=_("Impersonation reports exported"),
    sentence=_("%(actor)s exported a list of impersonation reports (%(rows)s rows)."),
)
