"""Every route names a capability, or is on the short public list. A matrix sweeps role x route."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.contrib.auth import middleware as auth_middleware
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, StringConverter

from accounts.capabilities import CAPABILITIES, ROLE_CAPABILITIES, Role
from accounts.models import User
from govsocial.web import errors
from tests.cast import Cast

# Open to everybody, each with its reason in the view's docstring.
PUBLIC = {
    # A platform fetches the picture of what it is about to publish.
    "content:signed_media",
    # Calendars of phones and computers do not sign in; who reads along is said by the address.
    "content:calendar_ics",
    "healthz",
    "web:language_set",
    "web:theme_set",
    # A page asks whether its session has ended before it sends what was typed.
    "web:session_check",
    # The register exists to be seen, and who was deceived has no account here.
    "official:register_list",
    "official:register_json",
    "official:register_schema",
    "official:account_check",
    "official:account_detail",
    "official:account_sheet",
    "official:account_qr",
    "official:report_make",
    "official:report_status",
}
# Guard themselves; what strangers get of them is listed at the end.
THIRD_PARTY = ("allauth.", "django.", "govsocial.web.admin")


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


@cache
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


def test_every_route_names_a_capability_or_is_listed_public() -> None:
    named = [(route.name, getattr(route.callback, "capability", None)) for route in ours()]
    assert {name for name, capability in named if capability is None} == PUBLIC
    assert {capability for name, capability in named if name not in PUBLIC} <= CAPABILITIES.keys()
    # Two routes of one name would be asked for as one by all that follows.
    names = [name for name, _capability in named]
    assert sorted(names) == sorted(set(names))


def test_addresses_are_kebab_case() -> None:
    parts = {part for route in ours() for part in route.path.split("/")}
    words = {part for part in parts if part and not part.startswith("<")}
    assert {word for word in words if word != word.lower() or "_" in word} == set()


# Asking what is there would use the platform's answer up.
NO_HEAD = {"consent_callback", "consent_callback_of_server"}


@pytest.mark.django_db
def test_head_is_answered_wherever_get_is(
    cast: Cast, client_as: Callable[[object], Client], only_doors: Callable[[User], None]
) -> None:
    browser = client_as("bayu")
    only_doors(cast.bayu)
    read = {
        route.name: (browser.get(address(route)).status_code, browser.head(address(route)))
        for route in ours()
    }
    answers = {name: (told, head.status_code) for name, (told, head) in read.items()}
    assert answers["accounts:import_add"] == (200, 200)
    assert {
        name: codes
        for name, codes in answers.items()
        if codes[0] != codes[1] and name not in NO_HEAD
    } == {}
    assert answers["consent_callback"][1] == 405
    assert not any(getattr(head, "content", b"") for _told, head in read.values())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in(method: str) -> None:
    for route in ours():
        if route.name in PUBLIC:
            continue
        answer = getattr(Client(), method)(address(route))
        # 405: the address does not know this method, whoever asks.
        assert answer.status_code in {302, 405}, route
        assert answer.status_code == 405 or "/auth/login/" in answer["Location"], route


PEOPLE = {
    "bayu": Role.ADMINISTRATOR,
    "dwi": Role.DRAFTER,
    "made": Role.REVIEWER,
    "sari": Role.APPROVER,
    "ratna": Role.LEADERSHIP,
    "yohanes": Role.RISK_MANAGER,
    "laila": Role.AUDITOR,
}


@pytest.fixture
def only_doors(monkeypatch: pytest.MonkeyPatch) -> Callable[[User], None]:
    """Ask thousands of routes for what differs between them. Who has signed in is not looked up
    for each anew, and pages of errors, which are the same everywhere, are not drawn."""

    def draw(_request: HttpRequest, name: str, *_context: Any, status: int = 200) -> HttpResponse:
        return HttpResponse(name, status=status)

    def know(person: User) -> None:
        kept = pickle.dumps(person)
        monkeypatch.setattr(auth_middleware, "get_user", lambda request: pickle.loads(kept))  # noqa: S301  # just written
        monkeypatch.setattr(errors, "render", draw)

    return know


@pytest.mark.parametrize("who", PEOPLE)
def test_the_matrix_of_role_and_route(
    cast: Cast,
    client_as: Callable[[str], Client],
    only_doors: Callable[[User], None],
    who: str,
) -> None:
    """Without the capability 403; with it anything but 403 and 500 on what does not exist."""
    client = client_as(who)
    only_doors(getattr(cast, who))
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


def not_ours() -> list[Route]:
    own = {id(route.callback) for route in ours()}
    return [route for route in routes() if id(route.callback) not in own]


SIGN_IN = "/auth/login/"
# What a stranger gets of sign-in, method GET: the status, or where it leads.
OF_ALLAUTH: dict[str, int | str] = {
    # Pages that work before anybody has signed in.
    "account_login": 200,
    "account_inactive": 200,
    "account_signup": 200,  # says that nobody registers
    "account_email_verification_sent": 200,
    "account_confirm_email": 200,  # says that the link is not valid
    "account_reset_password": 200,
    "account_reset_password_done": 200,
    "account_reset_password_from_key": 200,  # says that the link is not valid
    "account_reset_password_from_key_done": 200,
    # Steps that belong to a sign-in which has begun.
    "account_confirm_login_code": SIGN_IN,
    "mfa_authenticate": SIGN_IN,
    # Pages about oneself.
    "account_logout": "/",
    "account_reauthenticate": SIGN_IN,
    "account_email": SIGN_IN,
    "account_change_password": SIGN_IN,
    "account_set_password": SIGN_IN,
    "mfa_index": SIGN_IN,
    "mfa_reauthenticate": SIGN_IN,
    "mfa_activate_totp": SIGN_IN,
    "mfa_deactivate_totp": SIGN_IN,
    "mfa_view_recovery_codes": SIGN_IN,
    "mfa_generate_recovery_codes": SIGN_IN,
    "mfa_download_recovery_codes": SIGN_IN,
    "usersessions_list": SIGN_IN,
}
# Django admin sends strangers to sign-in, but for what nobody needs: that is refused to everybody.
REFUSED_IN_ADMIN = {"admin:view_on_site", "admin:None"}
LINK = {"key": "nothing", "uidb36": "1"}


def test_each_page_of_a_library_is_listed_with_what_a_stranger_gets() -> None:
    names = {route.name for route in not_ours()}
    assert {name for name in names if not name.startswith("admin:")} == OF_ALLAUTH.keys()


@pytest.mark.parametrize("name", OF_ALLAUTH)
def test_what_a_stranger_gets_of_sign_in(db: None, name: str) -> None:
    (route,) = (route for route in not_ours() if route.name == name)
    arguments = {argument: LINK[argument] for argument in re.findall(r"\?P<(\w+)>", route.path)}
    answer = Client().get(reverse(name, kwargs=arguments))
    expected = OF_ALLAUTH[name]
    if isinstance(expected, int):
        assert answer.status_code == expected
    else:
        assert answer.status_code == 302
        assert answer["Location"].partition("?")[0] == expected


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_see_nothing_of_django_admin(db: None, method: str) -> None:
    pages = [route for route in not_ours() if route.name.startswith("admin:")]
    assert len(pages) > 50
    for route in pages:
        path = re.sub(r"<[a-z]+:\w+>", "1", route.path)
        path = path.replace("^(?P<app_label>accounts|content|kpi|audit)/$", "accounts/")
        path = path.replace("(?P<url>.*)$", "nothing/")
        answer = getattr(Client(), method)(f"/{path}")
        if route.name in REFUSED_IN_ADMIN and answer.status_code == 403:
            continue
        assert answer.status_code == 302, f"{method} {path}"
        assert answer["Location"].startswith((SIGN_IN, "/admin/")), f"{method} {path}"
