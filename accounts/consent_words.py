"""Why a consent connected nothing, and what the person can do about it."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    UNKNOWN = "unknown", _("This answer belongs to no request of ours")
    OTHER_PERSON = "other_person", _("This request was begun by somebody else")
    OTHER_BROWSER = "other_browser", _("This request was begun in another browser or session")
    USED = "used", _("This request was answered already")
    EXPIRED = "expired", _("The time for this consent is over")
    NOT_ALLOWED = "not_allowed", _("You may no longer connect this account")
    DENIED = "denied", _("The consent was refused at the platform")
    NO_CODE = "no_code", _("The platform sent no consent back")
    NO_ANSWER = "no_answer", _("The platform did not answer as expected")
    NOT_TAKEN = "not_taken", _("The platform did not take the consent")
    APP_REFUSED = "app_refused", _("The platform does not take our application")
    APP_FORGOTTEN = "app_forgotten", _("The server no longer knows our application")
    RIGHTS_MISSING = "rights_missing", _("The right to publish was not given")
    NOT_NOW = "not_now", _("This account cannot be connected like this")
    OTHER_ACCOUNT = "other_account", _("This is not the registered account")


ADVICE: dict[Reason, str | Promise] = {
    Reason.UNKNOWN: _("Begin on the page of the account, and follow its link once."),
    Reason.OTHER_PERSON: _("Sign in yourself and begin on the page of the account."),
    Reason.OTHER_BROWSER: _(
        "Begin again here, and stay in this browser without signing out in between."
    ),
    Reason.USED: _("Each request counts once. Look whether the account is connected now."),
    Reason.EXPIRED: _("A request counts for ten minutes. Begin again."),
    Reason.NOT_ALLOWED: _("Ask an administrator of the unit."),
    Reason.DENIED: _("Nothing was connected. Begin again when the owner agrees."),
    Reason.NO_CODE: _("Nothing was connected. Begin again; if it stays so, try another browser."),
    Reason.NO_ANSWER: _("Nothing was connected. Try again in some minutes."),
    Reason.NOT_TAKEN: _("Nothing was connected. Begin again, and agree within a minute."),
    Reason.APP_REFUSED: _(
        "An administrator of the whole agency must look at the application's credentials."
    ),
    Reason.APP_FORGOTTEN: _("Begin again: the server is asked for a new application first."),
    Reason.RIGHTS_MISSING: _("Begin again and leave every right ticked at the platform."),
    Reason.NOT_NOW: _("Nothing was connected. Look at the account's details."),
    Reason.OTHER_ACCOUNT: _(
        "Sign out at the platform, sign in there as the registered account, and begin again. What "
        "was given is taken back where the platform allows it."
    ),
}
