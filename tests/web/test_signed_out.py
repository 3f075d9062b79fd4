"""What is typed when a session has ended is not lost without a word."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from tests.cast import Cast

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WRITE = reverse("content:post_create")
CHECK = reverse("web:session_check")


def test_a_form_sent_after_the_session_shows_what_was_typed_and_the_way_to_sign_in() -> None:
    sent = {
        "title": "Vaksin", "text": "Senin & <b>Selasa</b>.", "unit": "3",
        "csrfmiddlewaretoken": "aaa bbb", "api_token": "rahasia sekali",
    }  # fmt: skip
    answer = Client().post(f"{WRITE}?template=3", sent, headers=BROWSER)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "\nVaksin</textarea>" in page
    assert "\nSenin &amp; &lt;b&gt;Selasa&lt;/b&gt;.</textarea>" in page
    assert page.count("<textarea") == 2
    assert "/auth/login/?next=" in page
    assert "%3Ftemplate%3D3" in page


def test_a_form_without_words_and_a_script_are_led_to_the_sign_in() -> None:
    nothing_typed = Client().post(WRITE, {"unit": "3", "based_on": "1"}, headers=BROWSER)
    script = Client().post(WRITE, {"text": "Dua kata"}, headers={"Accept": "application/json"})
    for answer in (
        nothing_typed,
        script,
        Client().get(WRITE, headers=BROWSER),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/auth/login/?next=")


def test_no_part_of_a_page_becomes_the_sign_in() -> None:
    """What is typed around it stays; where nothing can be, the whole page goes to sign in."""
    fragment = {**BROWSER, "HX-Request": "true"}
    typed = Client().post(WRITE, {"text": "Dua kata"}, headers=fragment)
    assert (typed.status_code, typed.content) == (401, b"")
    there = {**fragment, "HX-Current-URL": "http://testserver/content/posts/?search=air"}
    listed = Client().get("/content/posts/", headers=there)
    assert listed["HX-Redirect"] == "/auth/login/?next=/content/posts/%3Fsearch%3Dair"
    for elsewhere in ("https://jahat.example/x", "http://[", ""):
        listed = Client().get(
            "/content/posts/?a=b", headers={**fragment, "HX-Current-URL": elsewhere}
        )
        assert listed["HX-Redirect"] == "/auth/login/?next=/content/posts/%3Fa%3Db"


def test_a_page_asks_whose_session_it_is_and_takes_the_token_of_a_new_one(
    cast: Cast, client_as: Callable[[str], Client]
) -> None:
    signed_in = client_as("dwi")
    asked = signed_in.get(CHECK)
    assert asked.json()["person"] == cast.dwi.pk
    assert asked.json()["token"]
    assert "no-store" in asked["Cache-Control"]
    page = signed_in.get(WRITE, follow=True).content.decode()
    assert f'data-check="{CHECK}" data-person="{cast.dwi.pk}"' in page
    assert Client().get(CHECK).json() == {"person": 0, "token": ""}
