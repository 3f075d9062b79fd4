"""Files of people are given bit by bit, in parts where a player asks, and never as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.http import Http404, HttpResponseBase
from django.test import RequestFactory

from govsocial.web.file_responses import file_response
from tests.gathering import each

DATA = bytes(range(100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_bytes(DATA)
    return made


def answer(path: Path, header: str = "") -> HttpResponseBase:
    headers = {"Range": header} if header else None
    request = RequestFactory().get("/", headers=headers)
    return file_response(request, path, "video/mp4")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_whole_file_is_given_so_that_no_browser_runs_it(path: Path) -> None:
    response = answer(path)
    assert (response.status_code, body(response)) == (200, DATA)
    assert response["Content-Length"] == "100"
    assert response["Content-Type"] == "video/mp4"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"].startswith("private")


@each(
    "header, first, last",
    [
        ("bytes=0-9", 0, 9), ("bytes=90-", 90, 99), ("bytes=90-400", 90, 99), ("bytes=-5", 95, 99),
        ("bytes=-500", 0, 99), ("bytes=99-99", 99, 99),
    ],
)  # fmt: skip
def test_a_part_is_given_where_it_is_asked_for(
    path: Path, header: str, first: int, last: int
) -> None:
    response = answer(path, header)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/100"
    assert body(response) == DATA[first : last + 1]
    assert response["Content-Length"] == str(last - first + 1)


@each("header", ["bytes=100-", "bytes=-0", "bytes=500-600"])
def test_a_part_that_is_not_there_is_refused(path: Path, header: str) -> None:
    response = answer(path, header)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */100"


@each(
    "header",
    ["bytes=9-3", "bytes=-", "lines=1-2", "bytes=1-2,4-5", "bytes=a-b", "bytes=" + "9" * 99],
)
def test_what_cannot_be_read_gives_the_whole(path: Path, header: str) -> None:
    assert answer(path, header).status_code == 200


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(Http404):
        answer(tmp_path / "none")
