"""What the trail keeps of connections, applications at platforms and stored secrets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models.consent import Revocation
from govsocial.audit.events import event

# For a sentence of the history, where nothing else says what to do about it: mostly nothing. Some
# platforms let people remove the whole application only.
_NOT_OFFERED = _(
    "The platform has no call for this. The former access runs out by itself; whoever ends it in "
    "the account's settings at the platform may end a newer connection with it"
)
# It may be the account's own, newer one.
_SHARED = _("Left standing: a connection in use hangs on the same consent")
_ENDED = _(
    "Session ended; the app password stays valid until it is deleted in the account's settings at "
    "the platform"
)

ACCOUNT_CONNECTED = event(
    "accounts.connection.made",
    "host",
    "platform_id",
    "key_version",
    label=_("Official account connected"),
    sentence=_("%(actor)s connected %(target)s through %(host)s."),
)
ADDRESS_TOLD = event(
    "accounts.connection.address_told",
    "url",
    "url_before",
    label=_("Address taken from the platform"),
    sentence=_("The platform gave %(url)s as the address of %(target)s (before: %(url_before)s)."),
)
ID_TOLD = event(
    "accounts.connection.id_told",
    "platform_id",
    "platform_id_before",
    label=_("Another id on the platform"),
    sentence=_(
        "For this connection the id of %(target)s on the platform is another one: "
        "%(platform_id)s (before: %(platform_id_before)s)."
    ),
)
FEED_SAID_SAME = event(
    "accounts.connection.feed_said_same",
    "platform_id",
    "platform_id_before",
    label=_("Feed said to be the same"),
    sentence=_(
        "%(actor)s said that the feed of %(target)s is the same, although its address differs "
        "behind the “?”: %(platform_id)s (before: %(platform_id_before)s)."
    ),
)
FEED_SAID_MOVED = event(
    "accounts.connection.feed_said_moved",
    "platform_id",
    "platform_id_before",
    label=_("Feed said to have moved"),
    sentence=_(
        "%(actor)s said that the feed of %(target)s has moved to another address of its website: "
        "%(platform_id)s (before: %(platform_id_before)s)."
    ),
)
ACCOUNT_DISCONNECTED = event(
    "accounts.connection.removed",
    "reason",
    label=_("Official account disconnected"),
    sentence=_("%(actor)s disconnected %(target)s. Reason: %(reason)s"),
)
CONNECTION_REVOKED = event(
    "accounts.connection.revoked",
    "reason",
    label=_("Connection no longer accepted"),
    sentence=_("The platform no longer accepts the connection of %(target)s: %(reason)s"),
)
SECRET_REVOKED_AT_PLATFORM = event(
    "accounts.connection.revocation",
    "outcome",
    "tries",
    "error",
    label=_("Revocation at the platform"),
    sentence=_("The former connection of %(target)s at the platform: %(outcome)s."),
    words={
        "outcome": {
            **dict(Revocation.Outcome.choices),
            "not_offered": _NOT_OFFERED,
            "shared": _SHARED,
            "ended": _ENDED,
        }
    },
)
CONNECTION_WARNED = event(
    "accounts.connection.warned",
    "days",
    "letters",
    label=_("Warned of the end of a connection"),
    sentence=_("%(letters)s letters told that the connection of %(target)s ends."),
)
PLATFORM_APP_SET = event(
    "accounts.platform_app.configured",
    "client_id",
    "redirect_uri",
    "changed",
    label=_("Application at a platform configured"),
    sentence=_("%(actor)s configured the application at %(target)s (client %(client_id)s)."),
)
PLATFORM_APP_REMOVED = event(
    "accounts.platform_app.removed",
    "client_id",
    "reason",
    label=_("Application at a platform removed"),
    sentence=_("%(actor)s removed the application at %(target)s. Reason: %(reason)s"),
)
PLATFORM_APP_FORGOTTEN = event(
    "accounts.platform_app.forgotten",
    "client_id",
    "reason",
    label=_("Application at a server to be registered anew"),
    sentence=_(
        "%(actor)s has the application at %(target)s registered anew by the next consent. "
        "Reason: %(reason)s"
    ),
)
PLATFORM_APP_UNKNOWN = event(
    "accounts.platform_app.unknown",
    "client_id",
    label=_("Application no longer known to its server"),
    sentence=_(
        "%(target)s no longer knew our application: the next consent has another one registered."
    ),
)
FORMER_APP_FORGOTTEN = event(
    "accounts.platform_app.former_forgotten",
    "client_id",
    label=_("Secret of a former application forgotten"),
    sentence=_(
        "The secret of the former application at %(target)s (client %(client_id)s) was forgotten: "
        "nothing is connected through it any more."
    ),
)
CREDENTIAL_RESEALED = event(
    "accounts.credential.resealed",
    "from_version",
    "to_version",
    label=_("Credential encrypted anew"),
    sentence=_("%(actor)s encrypted the credential of %(target)s with a newer key."),
)
SECRET_RESEALED = event(
    "accounts.sealed.resealed",
    "from_version",
    "to_version",
    label=_("Stored secret encrypted anew"),
    sentence=_("%(actor)s encrypted a stored secret of %(target)s with a newer key."),
)
KEYS_ROTATED = event(
    "accounts.keys.rotated",
    "to_version",
    "credentials",
    "applications",
    "consents",
    "revocations",
    "second_steps",
    "letters",
    "publications",
    "broken",
    label=_("Keys rotated"),
    sentence=_("%(actor)s encrypted the stored secrets with key version %(to_version)s."),
)
SECOND_STEP_RESEALED = event(
    "accounts.second_step.resealed",
    "method",
    "from_version",
    "to_version",
    label=_("Second step encrypted anew"),
    sentence=_("%(actor)s encrypted the second step of %(target)s with a newer key."),
)
