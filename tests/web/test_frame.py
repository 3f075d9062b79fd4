"""The frame of a page: navigation, language, appearance, reference number, errors."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from govsocial.web import errors, middleware, navigation
from govsocial.web.navigation import Entry
from tests.cast import Cast


def some_entries(request: HttpRequest) -> Iterable[Entry]:
    yield Entry(key="content", url="/content/", count=12)
    yield Entry(key="home", url="/", count=4)
    yield Entry(key="write", url="/content/new/")


def wrong_entries(request: HttpRequest) -> Iterable[Entry]:
    yield Entry(key="lottery", url="/lottery/")


def links_at(path: str, settings: Any, provider: str = "some_entries") -> Any:
    settings.NAVIGATION = [f"{__name__}.{provider}"]
    return navigation.links(RequestFactory().get(path))


def test_only_provided_places_have_a_link_in_the_order_of_the_work(settings: Any) -> None:
    found = links_at("/content/7/", settings)
    assert [link.key for _place, link in found] == ["home", "content", "write"]
    assert [(name, [link.key for link in group]) for name, group in navigation.grouped(found)] == [
        ("", ["home"]),
        (navigation.GROUPS["planning"], ["content"]),
    ]


@pytest.mark.parametrize(
    ("path", "active"),
    [("/", "home"), ("/content/", "content"), ("/content/7/", "content"),
     ("/content/new/", "write"), ("/elsewhere/", None)],
)  # fmt: skip
def test_the_longest_matching_place_is_the_active_one(
    path: str, active: str | None, settings: Any
) -> None:
    marked = [link.key for _place, link in links_at(path, settings) if link.active]
    assert marked == ([active] if active else [])


def test_a_place_that_only_the_phone_has_leaves_its_neighbour_active_in_the_sidebar(
    settings: Any,
) -> None:
    found = links_at("/content/new/", settings)
    assert [link.key for _place, link in found if link.active_in_sidebar] == ["content"]


def more_entries(request: HttpRequest) -> Iterable[Entry]:
    yield Entry(key="home", url="/", count=3)
    yield Entry(key="content", url="/content/", also=("/drafts/",))


def test_what_several_apps_count_at_one_place_adds_up(settings: Any) -> None:
    settings.NAVIGATION = [f"{__name__}.some_entries", f"{__name__}.more_entries"]
    found = navigation.links(RequestFactory().get("/"))
    assert {link.key: link.count for _place, link in found} == {
        "home": 7,
        "content": 12,
        "write": None,
    }


@pytest.mark.parametrize("order", [("some_entries", "more_entries"), ("more_entries",)])
def test_a_page_at_an_address_of_its_own_belongs_to_the_place_that_names_it(
    order: tuple[str, ...], settings: Any
) -> None:
    settings.NAVIGATION = [f"{__name__}.{name}" for name in order]
    found = navigation.links(RequestFactory().get("/drafts/7/"))
    assert [link.key for _place, link in found if link.active] == ["content"]
    assert [link.key for _place, link in found if link.active_in_sidebar] == ["content"]


def test_a_place_that_nobody_has_heard_of_is_a_mistake(settings: Any) -> None:
    with pytest.raises(ValueError, match="lottery"):
        links_at("/", settings, "wrong_entries")


def through(layer: Any, request: HttpRequest) -> tuple[HttpResponse, dict[str, Any]]:
    seen: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen["language"] = translation.get_language()
        seen["zone"] = timezone.get_current_timezone_name()
        seen["request"] = request
        return HttpResponse()

    return layer(view)(request), seen


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [("", "en", "id"), ("en", "", "en"), ("xx", "en", "id"), ("id", "en", "id")],
)
def test_the_interface_is_indonesian_until_a_person_says_otherwise(
    cookie: str, header: str, expected: str
) -> None:
    request = RequestFactory().get("/", headers={"accept-language": header})
    request.COOKIES["django_language"] = cookie
    _response, seen = through(middleware.LocaleMiddleware, request)
    assert seen["language"] == expected


def test_a_signed_in_person_has_their_own_language_theme_and_zone() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["govsocial_theme"] = "light"
    request.user = SimpleNamespace(  # type: ignore[assignment]  # what the layer reads of a user
        is_authenticated=True, language="en", theme="dark", zone=timezone.get_fixed_timezone(480)
    )
    response, seen = through(middleware.PreferencesMiddleware, request)
    assert (seen["language"], seen["zone"]) == ("en", "+0800")
    assert seen["request"].theme == "dark"
    assert response["Content-Language"] == "en"


def test_somebody_unknown_keeps_the_appearance_of_the_browser() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.COOKIES["govsocial_theme"] = "dark"
    _response, seen = through(middleware.PreferencesMiddleware, request)
    assert seen["request"].theme == "dark"
    request.COOKIES["govsocial_theme"] = "sepia"
    _response, seen = through(middleware.PreferencesMiddleware, request)
    assert seen["request"].theme == "system"


@pytest.mark.parametrize(
    ("given", "kept"), [("abcdef123456", True), ("short", False), ("a\tforged line 123", False)]
)
def test_a_reference_number_of_the_proxy_is_kept_when_it_is_harmless(
    given: str, kept: bool
) -> None:
    request = RequestFactory().get("/", headers={"x-request-id": given})
    response, seen = through(middleware.RequestIdMiddleware, request)
    assert (response["X-Request-ID"] == given) is kept
    assert seen["request"].request_id == response["X-Request-ID"]


def test_language_and_theme_are_remembered_on_the_user_and_lead_back(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.dwi)
    answer = client.post("/preferences/language/", {"language": "en", "next": "/kpi/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/kpi/?a=1")
    client.post("/preferences/theme/", {"theme": "dark"})
    cast.dwi.refresh_from_db()
    assert (cast.dwi.language, cast.dwi.theme) == ("en", "dark")
    assert client.cookies["django_language"].value == "en"


@pytest.mark.django_db
def test_a_preference_never_leads_to_another_site_and_must_exist(client: Client) -> None:
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": "https://e.example/"})
    assert answer["Location"] == "/"
    assert client.post("/preferences/theme/", {"theme": "sepia"}).status_code == 400
    assert client.post("/preferences/language/", {"language": "xx"}).status_code == 400


@pytest.mark.django_db
def test_the_address_of_a_form_opened_directly_is_a_page_that_says_so(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/preferences/theme/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert len(caplog.messages) == 1
    html = answer.content.decode()
    assert "405" in html
    assert answer["X-Request-ID"] in html
    assert answer["Content-Language"] == "id"
    machine = client.get("/preferences/theme/", headers={"accept": "application/json"})
    assert (machine.status_code, machine.content) == (405, b"")


def test_the_switches_on_the_answer_to_a_form_lead_to_a_page_that_can_be_opened(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.bayu)
    form, units = "/settings/units/add/", "http://testserver/settings/units/"
    ways = 'name="next" value="{}"'.format
    assert ways(f"{form}?a=1") in client.get(f"{form}?a=1").content.decode()
    for headers, back in [({"referer": units}, units), ({}, "/")]:
        answer = client.post(form, {}, headers=headers)
        assert ways(back) in answer.content.decode()
        kept = client.post("/preferences/theme/", {"theme": "dark", "next": back})
        assert kept["Location"] == back


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_error_page_says_what_to_do_and_has_a_reference_number(status: int) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.request_id = "abc123def456"  # type: ignore[attr-defined]  # set by the middleware
    answers = {
        400: lambda: errors.bad_request(request, ValueError()),
        403: lambda: errors.forbidden(request, PermissionError("Not in this unit.")),
        404: lambda: errors.not_found(request, LookupError()),
        429: lambda: errors.too_many_requests(request),
        500: lambda: errors.server_error(request),
        503: lambda: errors.unavailable(request),
    }
    response = answers[status]()
    html = response.content.decode()
    assert response.status_code == status
    assert "abc123def456" in html
    assert str(status) in html
    assert "<script" not in html
    if status == 503:
        assert response["Retry-After"] == "60"
    if status == 403:
        assert "Not in this unit." in html


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("problem", "status"), [(OperationalError, 503), (ProgrammingError, 500)])
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_database_that_does_not_answer_is_503_and_a_mistake_is_500(
    cast: Cast,
    settings: Any,
    signed_in: bool,
    problem: type[DatabaseError],
    status: int,
    training: bool,
) -> None:
    settings.TRAINING = training
    client = Client(raise_request_exception=False)
    if signed_in:
        client.force_login(cast.dwi)

    def refuse(*args: object) -> None:
        raise problem("the server closed the connection")

    with connection.execute_wrapper(refuse):
        whose = {"login": "dwi@samudrakota.example", "password": "layar"}
        response = client.get("/") if signed_in else client.post("/auth/login/", whose)
    assert response.status_code == status
    assert response["X-Request-ID"] in response.content.decode()


def test_the_gallery_shows_every_component_without_inline_style_or_script(
    client: Client, cast: Cast, settings: Any
) -> None:
    settings.TRAINING = True
    client.force_login(cast.dwi)
    for language in ("id", "en"):
        client.post("/preferences/language/", {"language": language})
        html = client.get("/design/").content.decode()
        assert f'<html lang="{language}"' in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " onclick=" not in html
    figure = client.get("/design/charts/line/", headers={"hx-request": "true"}).content.decode()
    assert "<figure" in figure
    assert "<html" not in figure
    whole = client.get("/design/charts/line/").content.decode()
    assert "<figure" in whole
    assert "<html" in whole
    assert client.get("/design/charts/pie/").status_code == 404


def test_the_gallery_is_not_part_of_a_real_instance(
    client: Client, cast: Cast, settings: Any
) -> None:
    client.force_login(cast.dwi)
    settings.TRAINING = False
    settings.DEBUG = False
    assert client.get("/design/").status_code == 404
    assert client.get("/design/charts/line/").status_code == 404
