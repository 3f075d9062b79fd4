"""Why a consent connected nothing, and what the person can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import OfficialAccount


class Reason(models.TextChoices):
    UNKNOWN = "unknown", _("This answer belongs to no request of ours")
    OTHER_PERSON = "other_person", _("This consent was begun by somebody else")
    OTHER_BROWSER = "other_browser", _("This request was begun in another browser or session")
    USED = "used", _("This request was answered already")
    EXPIRED = "expired", _("The time for this consent is over")
    NOT_ALLOWED = "not_allowed", _("You may no longer connect this account")
    OTHER_SERVER = "other_server", _("Another server answered than the one that was asked")
    DENIED = "denied", _("The consent was refused at the platform")
    NO_CODE = "no_code", _("The platform sent no consent back")
    NO_ANSWER = "no_answer", _("The platform did not answer as expected")
    NOT_TAKEN = "not_taken", _("The platform did not take the consent")
    APP_REFUSED = "app_refused", _("The platform does not take our application")
    APP_FORGOTTEN = "app_forgotten", _("The server no longer knows our application")
    ACCOUNT_BLOCKED = "account_blocked", _("The platform has blocked the account")
    RIGHTS_MISSING = "rights_missing", _("The right to publish was not given")
    SPENT = "spent", _("The budget for this platform is used up")
    NOT_NOW = "not_now", _("This account cannot be connected like this")
    OTHER_ACCOUNT = "other_account", _("This is not the registered account")


# The errors that a server sends people back with (RFC 6749, 4.1.2.1), and those of its own that a
# platform documents. Any other one says nothing that could be told.
_OWNER_REFUSED = frozenset({"access_denied", "user_denied", "user_cancelled", "consent_required"})
_APP_REFUSED = frozenset(
    {
        "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope",
        "invalid_client", "invalid_client_id", "invalid_redirect_uri", "redirect_uri_mismatch",
    }
)  # fmt: skip


def reason_of(error: str) -> Reason:
    """Why the platform sent somebody back with an error in place of a code."""
    if error in _OWNER_REFUSED:
        return Reason.DENIED
    return Reason.APP_REFUSED if error in _APP_REFUSED else Reason.NO_ANSWER


ADVICE: dict[Reason, str | Promise] = {
    Reason.UNKNOWN: _("Begin on the page of the account, and follow its link once."),
    Reason.OTHER_PERSON: _(
        "For whoever began it nothing has changed: they can still finish it in time, in their own "
        "session. To connect an account yourself, begin on its page."
    ),
    Reason.OTHER_BROWSER: _(
        "Begin again here, and stay in this browser without signing out in between."
    ),
    Reason.USED: _("Each request counts once. Look whether the account is connected now."),
    Reason.EXPIRED: _("A request counts for ten minutes. Begin again."),
    Reason.NOT_ALLOWED: _("Ask an administrator of the unit."),
    Reason.OTHER_SERVER: _(
        "Nothing was connected, and nothing was passed on. Check the address of the server in the "
        "account's details before you begin again."
    ),
    Reason.DENIED: _("Nothing was connected. Begin again when the owner agrees."),
    Reason.NO_CODE: _("Nothing was connected. Begin again; if it stays so, try another browser."),
    Reason.NO_ANSWER: _("Nothing was connected. Try again in some minutes."),
    Reason.NOT_TAKEN: _("Nothing was connected. Begin again, and agree within a minute."),
    Reason.APP_REFUSED: _(
        "An administrator of the whole agency must look at the application's credentials."
    ),
    Reason.APP_FORGOTTEN: _("Begin again: the server is asked for a new application first."),
    Reason.ACCOUNT_BLOCKED: _(
        "Nothing was connected. Sign in at the platform, see why, and do what it asks; then begin "
        "again."
    ),
    Reason.RIGHTS_MISSING: _("Begin again and leave every right ticked at the platform."),
    Reason.SPENT: _(
        "Nothing was connected. Where the month's spending cap is used up, an administrator of "
        "the whole agency can raise it; a budget of calls begins anew by itself. Then begin again."
    ),
    Reason.NOT_NOW: _("Nothing was connected. Look at the account's details."),
    Reason.OTHER_ACCOUNT: _("Sign out at the platform, and begin again."),
}

# What becomes of the right that a consent gave although it connected nothing: by outcome of the
# revocation, as the end of a sentence.
GIVEN_BACK: dict[str, str | Promise] = {
    "waiting": _("is being taken back at the platform"),
    "revoked": _("was taken back at the platform"),
    "not_offered": _("was not taken back: the platform has no call for this"),
    "shared": _("was not taken back, because a connection in use hangs on the same consent"),
    "not_known": _(
        "was not taken back, because other accounts may use the same consent: whoever consented "
        "can remove it in their own settings at the platform"
    ),
    "unanswered": _("may still stand: the platform did not answer"),
    "not_here": _(
        "could not be taken back from here: remove it in the account's settings at the platform"
    ),
}

# Pages of Meta and channels of Google have no sign-in of their own: people agree in their own name.
_SIGN_IN: dict[str, str | Promise] = {
    "facebook": _(
        "Sign in with your own Facebook account that manages this page, then choose %(name)s."
    ),
    "instagram": _(
        "Sign in with your own Facebook account that manages the page linked to %(handle)s, then "
        "choose %(handle)s."
    ),
    "youtube": _("Sign in with the Google account that manages this channel."),
}
_AS_ITSELF = _("Sign in there as %(handle)s, with no other account.")


def sign_in_for(account: OfficialAccount) -> str:
    """As whom to sign in at the platform so that the consent reaches the account."""
    words = str(_SIGN_IN.get(str(account.platform), _AS_ITSELF))
    return words % {"handle": account.at_handle, "name": account.display_name}


def advice_for(reason: Reason, account: OfficialAccount | None) -> list[str]:
    """What to do now, in one or two sentences."""
    advice = [str(ADVICE[reason])]
    if reason == Reason.OTHER_ACCOUNT and account is not None:
        advice.append(sign_in_for(account))
    return advice
