"""Logs of requests do not hold what opens something."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from gunicorn.config import Config
from pytest_django import Settings

from govsocial.request_logs import AccessLogger, HideSecrets, OneLineRefusals, without_secrets
from tests.cast import Cast

SECRET = "Zk3f-9aQxL0b"


@pytest.mark.parametrize(
    "address",
    [
        f"/official/report/{SECRET}/",
        f"/content/fetched/{SECRET}:aa:bb/",
        f"/auth/password/reset/key/{SECRET}-abc/",
        f"/connect/callback/?state=x&code={SECRET}",
        f"https://kota.example/official/report/{SECRET}/?lang=en",
    ],
)
def test_an_address_is_written_down_without_what_opens_something(address: str) -> None:
    written = line_of(address)
    assert SECRET not in written
    assert "GET" in written
    assert "/official/accounts/akun-1/" in line_of("/official/accounts/akun-1/")
    assert SECRET not in without_secrets(f"Not Found: {address}")


def line_of(address: str) -> str:
    """What gunicorn's usual format of access logs writes, and every other atom of addresses."""
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": address,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_REFERER": address,
    }
    seconds: Any = SimpleNamespace(seconds=0, microseconds=1)
    response: Any = SimpleNamespace(status="200 OK", sent=1, headers=[])
    atoms = AccessLogger(Config()).atoms(response, SimpleNamespace(headers=[]), environ, seconds)
    return " ".join(str(atoms[name]) for name in "rUqf")


def test_lines_of_the_application_are_written_down_without_it_too(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(HideSecrets())
    with caplog.at_level(logging.WARNING, logger="django.request"):
        client.get(f"/content/fetched/{SECRET}/")
    assert "Not Found" in caplog.text
    assert SECRET not in caplog.text


def test_a_refusal_is_one_line_and_a_fault_has_its_traceback(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.handler.addFilter(OneLineRefusals())
    assert "one_line_refusals" in settings.LOGGING["handlers"]["console"]["filters"]
    client.force_login(cast.dwi)
    with caplog.at_level(logging.WARNING, logger="django.request"):
        assert client.get("/settings/people/").status_code == 403
    assert "Forbidden" in caplog.text
    assert "Traceback" not in caplog.text
    fault = logging.LogRecord("x", logging.ERROR, "", 0, "", (), (ValueError, ValueError(), None))
    fault.status_code = 500
    assert OneLineRefusals().filter(fault)
    assert fault.exc_info is not None


def test_whoever_watches_the_server_may_ask_for_the_head_of_the_home_page(
    cast: Cast, client: Client
) -> None:
    assert client.head("/").status_code == 302
    client.force_login(cast.dwi)
    answer = client.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.post("/").status_code == 405


def test_thousands_of_fields_are_refused_in_lines_without_a_traceback(
    db: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(OneLineRefusals())
    with caplog.at_level(logging.WARNING, logger="django"):
        answer = client.post("/official/report/", {f"f{number}": "x" for number in range(3000)})
    assert answer.status_code == 400
    assert "DATA_UPLOAD_MAX_NUMBER_FIELDS" in caplog.text
    assert "Traceback" not in caplog.text
