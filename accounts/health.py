"""How the connection of an official account is, and what a person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import models
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import rights
from accounts.models import Credential, OfficialAccount
from govsocial.platforms.registry import Platform, has_client

Words = str | Promise

ENDS_SOON = timedelta(days=14)


class State(models.TextChoices):
    """From the worst on; the order is the order of the page."""

    REVOKED = "revoked", _("Must be connected again")
    STOPPED = "stopped", _("Stopped by the platform")
    UNCONNECTED = "none", _("Not connected")
    FAILING = "failing", _("Failing at the moment")
    ENDS = "ends", _("Ends soon")
    SCOPES = "scopes", _("Rights missing")
    # In the words of the register, where an account is connected or not.
    GOOD = "good", _("Connected")
    PROPOSED = "proposed", _("Only proposed")
    BY_HAND = "by_hand", _("Managed manually")


# Asked of accounts in use; what is suspended or only proposed waits for nobody.
ACT = (State.REVOKED, State.STOPPED, State.UNCONNECTED)
WATCH = (State.FAILING, State.ENDS, State.SCOPES)

_LOOKS: dict[State, tuple[str, str]] = {
    State.REVOKED: ("bad", "bang"),
    State.STOPPED: ("bad", "cross"),
    State.UNCONNECTED: ("watch", "ring"),
    State.FAILING: ("watch", "triangle"),
    State.ENDS: ("watch", "clock"),
    State.SCOPES: ("watch", "triangle"),
    State.GOOD: ("good", "check"),
    State.PROPOSED: ("", "ring"),
    State.BY_HAND: ("", "pencil"),
}

CONNECT = "connect"
APPLICATION = "application"
WAIT = ""

# After these the same call fails again until somebody does something.
STOPPING = frozenset(
    {
        "PermissionMissing",
        "OperatorNeeded",
        "AppRefused",
        "AccountBlocked",
        "AppMissing",
        "AppUnknown",
        "Hidden",
        "HostRefused",
        "CannotOpen",
        "SecretUnavailable",
    }
)

_ADVICE: dict[str, tuple[Words, str]] = {
    "AuthRevoked": (_("The platform no longer takes the connection. Connect again."), CONNECT),
    "TokenExpired": (_("The access has run out and was not renewed. Connect again."), CONNECT),
    "PermissionMissing": (
        _("A right is missing. Connect again and leave every right ticked."),
        CONNECT,
    ),
    "OperatorNeeded": (
        _("The platform waits for something to be done with the agency's application there."),
        APPLICATION,
    ),
    "AppRefused": (
        _(
            "The platform does not take the agency's application. Check its identifier and secret "
            "here, and at the platform whether it may do this."
        ),
        APPLICATION,
    ),
    "AccountBlocked": (
        _(
            "The platform has blocked the account or wants it to be checked. Sign in there, see "
            "why, and do what it asks; connecting again does not help."
        ),
        WAIT,
    ),
    "AppMissing": (
        _(
            "The agency's application for this platform is not entered here. The administrator "
            "enters it again; the connection then goes on by itself."
        ),
        APPLICATION,
    ),
    "AppUnknown": (
        _("The platform no longer knows the agency's application. Connect again."),
        CONNECT,
    ),
    "Hidden": (_("The platform shows a post to nobody. Look at its publication."), WAIT),
    "RateLimited": (
        _("The platform asks to wait. It goes on by itself; nothing needs to be done."),
        WAIT,
    ),
    "NotReached": (
        _("The platform cannot be reached from here. If it stays so, ask who runs the network."),
        WAIT,
    ),
    "Unavailable": (
        _("The platform did not answer. It is asked again by itself."),
        WAIT,
    ),
    "BadAnswer": (
        _("The platform answers otherwise than agreed. If it stays so, tell who runs govsocial."),
        WAIT,
    ),
    "NotFromPlatform": (
        _(
            "Something between here and the platform answers in its place, such as a proxy or "
            "firewall. It is asked again by itself. If it stays so, ask who runs the network."
        ),
        WAIT,
    ),
    "UnknownOutcome": (
        _("The platform did not answer to a post. Look at its publication."),
        WAIT,
    ),
    "HostRefused": (
        _("The address of the server is not a public one. Correct it in the account's details."),
        WAIT,
    ),
    "CannotOpen": (
        _("The stored secret does not open. Tell who runs govsocial, or connect again."),
        CONNECT,
    ),
    "SecretUnavailable": (
        _("The stored secret does not open. Tell who runs govsocial, or connect again."),
        CONNECT,
    ),
    "NotFound": (_("The platform does not find what was asked for. Look at the account."), WAIT),
    "Refused": (
        _("The platform refuses what was asked. If it stays so, tell who runs govsocial."),
        WAIT,
    ),
}
_UNKNOWN: tuple[Words, str] = (
    _("The last call failed. If it stays so, tell who runs govsocial."),
    WAIT,
)

# Where the same class means something of its own on one platform.
_ON_PLATFORM: dict[tuple[str, str], tuple[Words, str]] = {
    ("OperatorNeeded", Platform.X): (
        _("The plan or the credit of the application is used up. Add to it in X's console."),
        APPLICATION,
    ),
    ("OperatorNeeded", Platform.TIKTOK): (
        _(
            "TikTok offers no public posts: it must audit the application first, or the account "
            "is set to private there."
        ),
        APPLICATION,
    ),
    ("AppRefused", Platform.X): (
        _(
            "X does not take the agency's application. Check its ID and secret here, and in X's "
            "console whether it belongs to a project and is not suspended."
        ),
        APPLICATION,
    ),
    ("AppRefused", Platform.YOUTUBE): (
        _(
            "Google does not take the agency's application. Check its ID and secret here, and in "
            "Google's console whether the YouTube APIs are enabled for it."
        ),
        APPLICATION,
    ),
    ("AppRefused", Platform.TIKTOK): (
        _(
            "TikTok does not take the agency's application. Check its key and secret here, and at "
            "TikTok whether it may post and the address of this server is verified."
        ),
        APPLICATION,
    ),
    ("AccountBlocked", Platform.INSTAGRAM): (
        _(
            "Meta wants the account or the page to be checked. Open it at Meta and follow its "
            "steps."
        ),
        WAIT,
    ),
    ("AccountBlocked", Platform.FACEBOOK): (
        _(
            "Meta wants the account or the page to be checked. Open it at Meta and follow its "
            "steps."
        ),
        WAIT,
    ),
    ("Hidden", Platform.YOUTUBE): (
        _("YouTube keeps videos private until Google has audited the project."),
        APPLICATION,
    ),
    ("AuthRevoked", Platform.FACEBOOK): (
        _(
            "Meta ended the connection: the password was changed, or whoever consented is no "
            "longer in charge of the page. Connect again."
        ),
        CONNECT,
    ),
    ("AuthRevoked", Platform.INSTAGRAM): (
        _(
            "Meta ended the connection: the password was changed, or whoever consented is no "
            "longer in charge of the page. Connect again."
        ),
        CONNECT,
    ),
    ("AuthRevoked", Platform.BLUESKY): (
        _("The app password was deleted at Bluesky. Make a new one and connect again."),
        CONNECT,
    ),
    ("AccountBlocked", Platform.BLUESKY): (
        _(
            "Bluesky has blocked or deactivated the account. Sign in there, see why, and appeal or "
            "reactivate it; connecting again does not help."
        ),
        WAIT,
    ),
    ("PermissionMissing", Platform.FEED): (
        _("The website does not let this server read the feed. Ask who runs the website."),
        WAIT,
    ),
    ("PermissionMissing", Platform.MASTODON): (
        _("The token may only read. Make one with the rights read and write."),
        CONNECT,
    ),
}


def advice_on(error: str, platform: str) -> tuple[Words, str]:
    """What to do about a class of errors on a platform, and where: connect, application or ""."""
    return _ON_PLATFORM.get((error, platform)) or _ADVICE.get(error) or _UNKNOWN


def with_health(accounts: QuerySet[OfficialAccount]) -> QuerySet[Any]:
    """Accounts with ``state`` and ``rank``, the worst first by rank."""
    now = timezone.now()
    failing = Q(credential__last_error_at__isnull=False) & (
        Q(credential__last_success_at=None)
        | Q(credential__last_error_at__gt=F("credential__last_success_at"))
    )
    unconnected = Q(credential=None) | Q(credential__status=Credential.Status.REMOVED)
    by_hand = [str(value) for value in OfficialAccount.Platform if not has_client(value)]
    rules = [
        (Q(platform__in=by_hand), State.BY_HAND),
        (Q(status=OfficialAccount.Status.PROPOSED) & unconnected, State.PROPOSED),
        (unconnected, State.UNCONNECTED),
        (Q(credential__status=Credential.Status.REVOKED), State.REVOKED),
        (failing & Q(credential__last_error__in=STOPPING), State.STOPPED),
        (failing, State.FAILING),
        (Q(credential__expires_at__lte=now + ENDS_SOON), State.ENDS),
        (~Q(credential__missing_scopes=[]) | rights.cannot_answer(), State.SCOPES),
    ]
    ranks = {state: rank for rank, state in enumerate(State)}
    return accounts.annotate(
        state=Case(
            *(When(rule, then=Value(str(state))) for rule, state in rules),
            default=Value(str(State.GOOD)),
            output_field=models.CharField(),
        ),
        rank=Case(
            *(When(rule, then=Value(ranks[state])) for rule, state in rules),
            default=Value(ranks[State.GOOD]),
            output_field=IntegerField(),
        ),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """One account as a row of the page or as the card beside its details."""

    account: OfficialAccount
    state: State
    sentence: Words
    action: Words
    url: str
    quota: list[tuple[str, int, int]] | None
    for_others: Words
    """The sentence for those who see the account and may do nothing about its connection."""

    @property
    def tone(self) -> str:
        return _LOOKS[self.state][0]

    @property
    def shape(self) -> str:
        return _LOOKS[self.state][1]

    @property
    def credential(self) -> Credential | None:
        found: Credential | None = getattr(self.account, "credential", None)
        return found

    @property
    def ends_at(self) -> datetime | None:
        return self.credential.expires_at if self.credential else None

    @property
    def days_left(self) -> int | None:
        """Whole days until a person must act; None where the platform does not say."""
        if self.ends_at is None or not self.account.is_connected:
            return None
        return max((self.ends_at - timezone.now()).days, 0)

    @property
    def scarcest(self) -> list[tuple[str, int, int]] | None:
        """The quota of which the smallest part is left, as a list of one."""
        if self.quota is None:
            return None
        return sorted(self.quota, key=lambda one: one[1] / one[2] if one[2] else 0.0)[:1]

    @property
    def missing_scopes(self) -> list[str]:
        return rights.missing(self.account)


def health_of(account: OfficialAccount, quota: list[tuple[str, int, int]] | None = None) -> Health:
    """The health of an account that came through ``with_health``."""
    state = State(cast(Any, account).state)
    sentence, where = _sentence(account, state)
    action, url = _way(account, where)
    others = _for_others(account, state) if where == CONNECT else sentence
    return Health(account, state, sentence, action, url, quota, others)


def _for_others(account: OfficialAccount, state: State) -> Words:
    if state != State.UNCONNECTED:
        return _("Ask an administrator to connect it again.")
    if account.platform == Platform.FEED:
        return _(
            "What appears there is neither seen nor counted. Ask an administrator to connect it."
        )
    return _(
        "Nothing is published from it and no figures are pulled. "
        "Ask an administrator to connect it."
    )


def _sentence(account: OfficialAccount, state: State) -> tuple[Words, str]:
    if state in {State.STOPPED, State.FAILING}:
        return advice_on(account.credential.last_error, account.platform)
    if state == State.REVOKED:
        return advice_on("AuthRevoked", account.platform)
    if state == State.UNCONNECTED and account.platform == Platform.FEED:
        return _UNREAD, CONNECT
    if state == State.SCOPES and rights.lacking_to_answer(account):
        return rights.CANNOT_ANSWER, CONNECT
    return _STATES[state]


# A website is read, never published to.
_UNREAD = _("What appears there is neither seen nor counted. Connect it.")

_STATES: dict[State, tuple[Words, str]] = {
    State.UNCONNECTED: (
        _("Nothing is published from it and no figures are pulled. Connect it."),
        CONNECT,
    ),
    State.ENDS: (_("Connect again before it ends, with the same account."), CONNECT),
    State.SCOPES: (
        _("It works, but not everything can be read. Connect again and leave every right ticked."),
        CONNECT,
    ),
    State.GOOD: (_("Nothing needs to be done."), WAIT),
    State.PROPOSED: (_("Only proposed so far. Connect it once it is in use."), WAIT),
    State.BY_HAND: (_("This platform is published to and measured by hand."), WAIT),
}


def _way(account: OfficialAccount, where: str) -> tuple[Words, str]:
    if where == CONNECT:
        again = account.is_connected or account.needs_reconnecting
        words = _("Connect again") if again else _("Connect the account")
        return words, reverse("accounts:official_account_connect", args=[account.pk])
    if where == APPLICATION:
        return _("Applications at platforms"), reverse("people:platform_app_list")
    return "", ""
