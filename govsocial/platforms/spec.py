"""What the rest of the application must know about a platform before it speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta

from govsocial.platforms.base import PlatformClient, Secret, SecretStore
from govsocial.platforms.budget import Budget, Meter, PriceList, Quota, Told, Unlimited
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session, Timing
from govsocial.platforms.oauth import AppCredentials, Authorisation


@dataclass(frozen=True, slots=True)
class Addresses:
    """Base addresses of a platform's servers; ``web`` is where browsers go for consent."""

    api: str
    web: str = ""
    token: str = ""
    upload: str = ""
    analytics: str = ""

    def __post_init__(self) -> None:
        for one in fields(self):
            if not getattr(self, one.name):
                object.__setattr__(self, one.name, self.api)

    def all_at(self, base: str) -> Addresses:
        """Everything at one server instead: the training platforms."""
        return Addresses(**{one.name: base for one in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Everything that a client or a consent needs, put together by ``registry``."""

    addresses: Addresses
    guard: Guard
    handle: str = ""
    typed: bool = False
    """Whether a person typed the address of the server."""
    secrets: SecretStore
    app: AppCredentials | None = None
    timing: Timing | None = None
    budget: Budget = field(default_factory=Unlimited)
    meter: Meter | None = None
    session_of: Callable[[str], Session] | None = None
    """Makes the session with a base address otherwise: seeding a training instance."""

    def session(self, base: str = "") -> Session:
        """A session with the API, or with another server of the platform."""
        if self.session_of is not None:
            return self.session_of(base or self.addresses.api)
        return Session(
            base or self.addresses.api,
            guard=self.guard,
            timing=self.timing,
            budget=self.budget,
            typed=self.typed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What an application tells a server that gives out credentials to whoever asks."""

    name: str
    website: str
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Who and where an account is, as the platform's own directory says."""

    platform_id: str
    handle: str
    server: str
    """The base address; empty where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One platform. ``definitions`` maps each definition ever used, the present one last, to the
    platform's own names of the normalised metrics: what is stored stays readable for ever. Names of
    ``DayMetrics`` begin with ``day_``: a platform may count a day otherwise than a post."""

    client: Callable[[Connection], PlatformClient]
    definitions: Mapping[str, Mapping[str, str]]
    new_key: Callable[[datetime], str] | None = None
    """How keys of posts are made that the platform itself understands; else any unique one."""
    addresses: Addresses | None = None
    """None where every account has a server of its own."""
    authorisation: Callable[[Connection], Authorisation] | None = None
    """None where a person enters a secret by hand."""
    register: Callable[[Connection, Registration], AppCredentials] | None = None
    """How a server gives out application credentials to whoever asks, where it does."""
    session_in: Callable[[Secret], Secret | None] | None = None
    """The part of a secret entered by hand that is a session, which the client can end
    (``EndsSessions``), without what the person entered. None where there is no session."""
    home: Callable[[str, str, Guard, str], Home] | None = None
    """Asks the platform's directory for an account by its handle or, once it is known, its id;
    the last is the base that stands in for it (``registry.home``). None where there is none."""
    consent_of: Callable[[Secret], str | None] | None = None
    """Whose consent a secret came from, by the platform's own number, or None where the secret does
    not tell; "" for somebody with no account to connect. Taking back one secret takes back every
    secret of that consent: it is not done while others are in use. None where each secret is taken
    back alone."""
    id_of_application: bool = False
    """Whether the platform names an account to each application by another id: one that was told
    to one application says nothing to another."""
    renew_before: timedelta | None = None
    """How long before the end of its token a connection is renewed: whoever plans renewals and the
    client's ``renew`` both go by it. None where nothing can be renewed, or nothing ends."""
    quotas: Sequence[Quota] = ()
    told: Told = field(default_factory=Told)
    """How its servers say what is left of their own limits."""
    price_lists: Sequence[PriceList] = ()
    """What each billed item costs, where calls are billed one by one; oldest first."""
    owner_pays_less: bool = False
    """Whether the account that owns the application is billed less for its own posts."""
    publishing_items: Collection[str] = ()
    """The billed items that belong to publishing: they may use what is kept for it."""
    to_answer: Sequence[str] = ()
    """The rights that what follows a post needs, a further part of a thread or a first comment,
    where they are others than those to publish."""
    lists_answers: bool = False
    """Whether the client's list of posts has what the account answered to its own posts, too."""
    read_only: bool = False
    """Whether nothing can be published there: what is seen there was not sent from here, and its
    posts have no numbers to ask for again."""
    tried_against_platform: bool = False
    """Whether the client was ever run against the platform itself or the software that it runs, for
    which no stand-in counts, whoever wrote it; else the pages and documents say so."""

    def prices_at(self, moment: datetime) -> PriceList | None:
        """The list that a call made at ``moment`` is billed by; None where nothing is billed.

        Before the first list that one counts: what is billed is never taken to be free.
        """
        day = moment.astimezone(UTC).date()
        in_force = [one for one in self.price_lists if one.effective_from <= day]
        return next(iter([*in_force[-1:], *self.price_lists]), None)

    @property
    def definition(self) -> str:
        return list(self.definitions)[-1]

    @property
    def native_names(self) -> Mapping[str, str]:
        return self.definitions[self.definition]
