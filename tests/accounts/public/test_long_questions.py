"""Whatever the field of the check takes fits into the address that it is asked by."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config
from gunicorn.http.errors import LimitRequestLine
from gunicorn.http.parser import RequestParser

from accounts.public import checking
from govsocial.local.paths import ROOT
from govsocial.local.supervisor import GUNICORN
from tests import factories
from tests.accounts.public.test_check import CHECK
from tests.cast import Cast

ClientAs = Callable[[object], Client]
LIMIT = "--limit-request-line"


def taken(target: str) -> bool:
    """Whether the server of the demo hands a request for it on to the application."""
    config = Config()
    given = vars(config.parser().parse_args(GUNICORN.split()))
    config.set("limit_request_line", given["limit_request_line"])
    asked = f"GET {target} HTTP/1.1\r\nHost: kota.example\r\n\r\n".encode()
    try:
        next(RequestParser(config, iter([asked]), ("127.0.0.1", 9)))
    except LimitRequestLine:
        return False
    return True


def test_every_server_takes_as_long_a_line_as_the_demo() -> None:
    (limit,) = re.findall(rf"{LIMIT} (\d+)", GUNICORN)
    assert f'"{LIMIT}", "{limit}"' in (ROOT / "Dockerfile").read_text()
    assert f"{LIMIT} {limit}" in (ROOT / "docs/howto/run-in-production.md").read_text()


@pytest.mark.usefixtures("published")
def test_what_fills_the_field_is_answered_and_so_are_the_links_of_its_page() -> None:
    for part in ("\uff01", "\U0001f3db", "\u0627", "a.co/\u0628"):
        units = (part + part[-1] * checking.LONGEST_ASKED).encode("utf-16-le")
        text = units[: 2 * checking.LONGEST_ASKED].decode("utf-16-le")
        target = f"{CHECK}?{urlencode({'q': text, 'platform': 'instagram', 'lang': 'en'})}"
        assert len(target) > 4_094, "more than the server takes unasked"
        assert taken(target)
        page = Client().get(target)
        assert page.status_code == 200
        links = re.findall(r'href="(/[^"]*)"', page.content.decode())
        assert all(taken(html.unescape(link)) for link in links)
    assert not taken(f"{CHECK}?q={'a' * 8_190}")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("length", "cut"),
    [(-2, False), (-1, True), (0, True), (1, False), (119, True), (120, True)],
)
def test_what_the_field_may_have_cut_is_not_read_to_its_end(length: int, cut: bool) -> None:
    last = " @samudrakota"
    text = f"@dapurbunda {'a' * 2_000}"[: checking.LONGEST_ASKED + length]
    found = checking.read(text[: -len(last)] + last, "").references
    assert [one.handle for one in found] == ["dapurbunda", *([] if cut else ["samudrakota"])]


def test_a_long_state_comes_to_the_page_that_says_what_to_do(
    cast: Cast, client_as: ClientAs
) -> None:
    state = "s" * 5_000
    answer = reverse("consent_callback") + f"?state={state}&code=c"
    assert taken(answer)
    factories.reads_english(cast.bayu)
    page = client_as("bayu").get(answer, follow=True)
    assert "belongs to no request of ours" in page.content.decode()
    assert state not in page.content.decode()
