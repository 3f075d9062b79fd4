"""How a platform takes part in the matrix of faults (test_faults.py).

A platform ``name`` takes part as soon as ``tests/platforms/<name>_stage.py`` stands there with the
names of ``Required``; those of ``Optional`` let it take part in more rows. Nothing needs to be
registered. ``load`` reads one such module; ``stages`` finds all of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

import tests.platforms
from govsocial.platforms.base import OutgoingPost, PlatformClient
from govsocial.platforms.registry import new_key
from tests.platforms.fakes import Answering, Reply, Server
from tests.platforms.test_http import NOW

SUFFIX = "_stage"


class Required(Protocol):
    """What every ``<name>_stage.py`` has. Routes are ``"METHOD /path"`` as ``Server.on`` takes
    them."""

    PROFILE: str
    """The call that ``profile()`` stands or falls with."""
    POSTS: str
    """The call that ``posts()`` stands or falls with."""
    PUBLISH: str
    """The one call that puts the post out; empty where a platform is only read."""
    SECRETS: Sequence[str]
    """Every secret text that ``client`` and ``good`` use: tokens before and after a refresh, the
    application's secret, passwords. At least 8 characters each, so that none is found by chance."""

    def client(self, server: Server, **secret: str) -> PlatformClient:
        """A client with ``tests.platforms.conftest.QUICK`` as its timing, whose secret is complete
        and whose waits between steps take no time. ``secret`` replaces parts of its secret."""

    def good(self, server: Server) -> None:
        """Let ``server`` answer every call of ``profile()``, ``posts()`` (one page with one post
        at least) and ``publish(outgoing())`` well, and the refreshing of the token."""


class Optional(Protocol):
    """What a ``<name>_stage.py`` may have."""

    def outgoing(self) -> OutgoingPost:
        """The post that the matrix publishes, with media where there is anything in PREPARES;
        without this, one of text alone is sent."""

    PREPARES: Sequence[str]
    """The calls before PUBLISH that change something unseen (containers, uploads): when one of
    them fails, nothing is out and PUBLISH is not called."""
    EXPIRED: Answering
    """How the platform refuses an access token that can be refreshed."""
    REFRESH: str
    """The call that refreshes the token."""
    REVOKED: Answering
    """How the platform refuses a token for good, on any call. After it no refresh helps; answer
    REFRESH with REFUSED."""
    REFUSED: Answering
    """How REFRESH answers a refresh token that is no longer taken."""
    WAYS_IN: Sequence[str]
    """Other calls that give a new token, answered by REFUSED as well."""
    LIMITED: Answering
    """A rate limit in the platform's own envelope, without saying when it ends, if that is not a
    plain 429."""
    LIMITED_FOR: tuple[Answering, float]
    """A rate limit in the platform's own envelope, and the seconds that it says."""
    LOOP: Answering
    """A page of POSTS whose cursor to the next page is always the same."""
    METRICS: str
    """The call that ``metrics(IDS)`` stands or falls with, answered by ``good``."""
    IDS: Sequence[str]

    def refuses(self, said: str) -> Reply:
        """How the platform refuses the content of PUBLISH, with ``said`` to people. Every platform
        that is published to has it."""

    def shows(self, server: Server, post: OutgoingPost, hours: float) -> None:
        """Let ``server`` show ``post`` as published, written and answered by a clock that is
        ``hours`` ahead of ours (negative: behind). ``find(post)`` must find it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One ``<name>_stage.py``, with None or nothing for what it does not have."""

    name: str
    profile: str
    posts: str
    publish: str
    secrets: Sequence[str]
    client: Callable[..., PlatformClient]
    good: Callable[[Server], None]
    outgoing: Callable[[], OutgoingPost]
    prepares: Sequence[str]
    expired: Answering | None
    refresh: str
    revoked: Answering | None
    refused: Answering | None
    ways_in: Sequence[str]
    limited: Answering | None
    limited_for: tuple[Answering, float] | None
    loop: Answering | None
    metrics: str
    ids: Sequence[str]
    refuses: Callable[[str], Reply] | None
    shows: Callable[[Server, OutgoingPost, float], None] | None

    def __str__(self) -> str:
        return self.name


def load(name: str, module: ModuleType | Any) -> Stage:
    """Read ``module``; an ``AttributeError`` names what is missing of ``Required``."""

    def plain() -> OutgoingPost:
        return OutgoingPost(key=new_key(name, NOW), text="Halo", language="id", created_at=NOW)

    return Stage(
        name=name,
        profile=module.PROFILE,
        posts=module.POSTS,
        publish=module.PUBLISH,
        secrets=tuple(module.SECRETS),
        client=module.client,
        good=module.good,
        outgoing=getattr(module, "outgoing", plain),
        prepares=tuple(getattr(module, "PREPARES", ())),
        expired=getattr(module, "EXPIRED", None),
        refresh=getattr(module, "REFRESH", ""),
        revoked=getattr(module, "REVOKED", None),
        refused=getattr(module, "REFUSED", None),
        ways_in=tuple(getattr(module, "WAYS_IN", ())),
        limited=getattr(module, "LIMITED", None),
        limited_for=getattr(module, "LIMITED_FOR", None),
        loop=getattr(module, "LOOP", None),
        metrics=getattr(module, "METRICS", ""),
        ids=tuple(getattr(module, "IDS", ())),
        refuses=getattr(module, "refuses", None),
        shows=getattr(module, "shows", None),
    )


def stages() -> list[Stage]:
    """Every platform that has a stage, by name."""
    names = sorted(
        one.name.removesuffix(SUFFIX)
        for one in pkgutil.iter_modules(tests.platforms.__path__)
        if one.name.endswith(SUFFIX)
    )
    return [load(name, import_module(f"tests.platforms.{name}{SUFFIX}")) for name in names]
