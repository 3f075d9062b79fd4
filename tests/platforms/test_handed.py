"""An upload goes only to servers of the platform that named it."""

from __future__ import annotations

import pytest

from govsocial.platforms.errors import HostRefused
from govsocial.platforms.guard import Guard
from govsocial.platforms.handed import handed
from tests.gathering import each

BASE = "https://open-upload.example.com"
LOCAL = "http://127.0.0.1:8113"


def test_an_address_is_taken_apart_without_its_secrets_being_shown() -> None:
    found = handed(
        f"{BASE}/video/?upload_id=1&token=a%2Fb", guard=Guard(), base=BASE, domain="example.com"
    )
    assert (found.base, found.path) == (BASE, "/video/")
    assert found.params == (("upload_id", "1"), ("token", "a/b"))
    assert "a/b" not in repr(found)


def test_another_server_of_the_same_platform_is_taken() -> None:
    url = "https://upload-sg.example.com/video"
    found = handed(url, guard=Guard(), base=BASE, domain="example.com")
    assert (found.base, found.path) == ("https://upload-sg.example.com", "/video")


def test_a_training_server_may_call_itself_by_another_scheme() -> None:
    guard = Guard({"127.0.0.1:8113"})
    found = handed("https://127.0.0.1:8113/x", guard=guard, base=LOCAL, domain="example.com")
    assert found.base == LOCAL


@each(
    "url",
    [
        "https://example.com/video",
        "https://evilexample.com/video",
        "https://open-upload.example.com.evil.test/",
        "http://upload-sg.example.com/video",
        "https://upload-sg.example.com:8443/video",
        "https://u:p@upload-sg.example.com/video",
        "https://10.0.0.1/video",
        "http://169.254.169.254/latest",
        "//upload-sg.example.com/video",
        "/video",
        "",
        "https://[::1/",
    ],
)
def test_no_other_server_is_taken(url: str) -> None:
    with pytest.raises(HostRefused):
        handed(url, guard=Guard(), base=BASE, domain="example.com")


def test_the_platforms_domain_means_nothing_to_a_training_server() -> None:
    guard = Guard({"127.0.0.1:8113"})
    with pytest.raises(HostRefused):
        handed("https://x.example.com/", guard=guard, base=LOCAL, domain="example.com")
