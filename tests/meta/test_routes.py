"""Every route names a capability, or is on the short public list. A matrix sweeps role x route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, StringConverter

from accounts.capabilities import CAPABILITIES, ROLE_CAPABILITIES, Role
from tests.conftest import Cast

# Open to everybody, each with its reason in the view's docstring.
PUBLIC = {"healthz", "web:language_set", "web:theme_set"}
# Guard themselves and have tests of their own.
THIRD_PARTY = ("allauth.", "django.")


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    callback: Callable[..., Any]
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def routes(patterns: list[Any] | None = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        elif isinstance(pattern, URLPattern):
            yield Route(
                f"{space}{pattern.name}",
                prefix + str(pattern.pattern),
                pattern.callback,
                tuple(pattern.pattern.converters),
            )


def ours() -> list[Route]:
    return [
        route
        for route in routes()
        if not getattr(route.callback, "__module__", "").startswith(THIRD_PARTY)
    ]


def address(route: Route) -> str:
    """The route with an id that does not exist, wherever it takes one."""
    resolver_arguments: dict[str, object] = {}
    for pattern_name, converter in _converters(route):
        resolver_arguments[pattern_name] = (
            987654321 if isinstance(converter, IntConverter) else _text(converter)
        )
    return reverse(route.name, kwargs=resolver_arguments)


def _converters(route: Route) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []

    def walk(patterns: list[Any], kept: list[tuple[str, object]]) -> None:
        for pattern in patterns:
            here = [*kept, *pattern.pattern.converters.items()]
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            elif pattern.callback is route.callback and pattern.name == route.name.split(":")[-1]:
                found.extend(here)

    walk(list(get_resolver().url_patterns), [])
    return list(dict(found).items())


def _text(converter: object) -> str:
    return "nothing" if isinstance(converter, StringConverter) else "0" * 64


@pytest.mark.parametrize("route", ours(), ids=str)
def test_every_route_names_a_capability_or_is_listed_public(route: Route) -> None:
    capability = getattr(route.callback, "capability", None)
    assert (capability is None) == (route.name in PUBLIC)
    assert capability is None or capability in CAPABILITIES


@pytest.mark.parametrize("route", ours(), ids=str)
def test_addresses_are_kebab_case_and_names_say_noun_and_verb(route: Route) -> None:
    words = [part for part in route.path.split("/") if part and not part.startswith("<")]
    assert all(word == word.lower() and "_" not in word for word in words)


@pytest.mark.parametrize("route", [r for r in ours() if r.name not in PUBLIC], ids=str)
@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in(route: Route) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address(route))
        # 405: the address does not know this method, whoever asks.
        assert answer.status_code in {302, 405}
        assert answer.status_code == 405 or "/auth/login/" in answer["Location"]


PEOPLE = {
    "bayu": Role.ADMINISTRATOR,
    "dwi": Role.DRAFTER,
    "made": Role.REVIEWER,
    "sari": Role.APPROVER,
    "ratna": Role.LEADERSHIP,
    "yohanes": Role.RISK_MANAGER,
    "laila": Role.AUDITOR,
}


@pytest.mark.parametrize("who", PEOPLE)
def test_the_matrix_of_role_and_route(
    cast: Cast, client_as: Callable[[str], Client], who: str
) -> None:
    """Without the capability 403; with it anything but 403 and 500 on what does not exist."""
    client = client_as(who)
    held = ROLE_CAPABILITIES[PEOPLE[who]]
    for route in ours():
        if route.name in PUBLIC:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(address(route)).status_code
            if route.callback.capability in held:  # type: ignore[attr-defined]  # set by requires
                assert status not in {403, 500}, f"{method} {route} as {who}: {status}"
            else:
                assert status in {403, 405}, f"{method} {route} as {who}: {status}"
