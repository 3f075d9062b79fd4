"""Why a platform did not do what was asked, in the reader's words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

import accounts.actions  # noqa: F401  # declares the phrases of its events
from govsocial.audit.events import is_phrase
from govsocial.platforms import errors
from govsocial.web.problems import in_words

CLIENTS = Path(errors.__file__).parent
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.PlatformError)
}
# What stands in the places of the clients' sentences; everything else there is a number.
SAMPLES = {
    "where": "POST mastodon.example/api/v1/statuses",
    "answer.where": "GET bsky.example/xrpc/app.bsky.feed.getTimeline",
    "host": "mastodon.example",
    "late": "broke off without an answer",
    "limits.unit": "graphemes",
    "missing": " (followers_count)",
    "_numbers(error)": " (190/463)",
    "numbers": " (9)",
    "named": " (frame_rate_check_failed)",
    "what": "hashtags",
    "wanted": "pages_manage_posts",
    "_OPERATOR[code][1]": "the application has not been audited",
    "platform": "Bluesky",
    "status": "503",
    "answer.status": "302",
}


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(SAMPLES.get(ast.unparse(part.value), "7"))
            else:
                parts.append(str(ast.literal_eval(part)))
        return "".join(parts)
    return None


def sentences_of_the_clients() -> list[str]:
    """What the code of the clients can raise: the texts of their errors, with samples filled in."""
    found = set()
    for path in sorted(CLIENTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                arguments = node.args if name in ERRORS | {"_unclear"} else []
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "message":
                arguments = [node.value]
            else:
                continue
            for argument in arguments:
                text = text_of(argument)
                if text and text.endswith("."):
                    found.add(text)
    return sorted(found)


def test_the_sentences_of_the_clients_are_found() -> None:
    found = sentences_of_the_clients()
    assert len(found) > 35
    assert "POST mastodon.example/api/v1/statuses: too many calls." in found


def test_whatever_a_client_says_is_read_in_ones_own_language() -> None:
    for sentence in sentences_of_the_clients():
        with translation.override("en"):
            english = in_words(sentence)
        with translation.override("id"):
            indonesian = in_words(sentence)
        assert indonesian != english, sentence
        assert not re.search(r"%\(|/api/|/xrpc/", english + indonesian), sentence


def test_numbers_and_names_stay() -> None:
    with translation.override("id"):
        assert in_words("The text has 312 graphemes; Bluesky takes 300 at most.") == (
            "Panjang teks 312; Bluesky menerima paling banyak 300."
        )
        assert in_words("POST a.example/x: the platform answered 503.") == (
            "Platform sedang mengalami gangguan (503)."
        )


def test_what_a_worker_wrote_is_read_in_the_readers_language() -> None:
    stored = "The platform did not answer; the post may be out."
    with translation.override("id"):
        assert in_words(stored) == "Platform tidak menjawab; naskah mungkin sudah tayang."
    with translation.override("en"):
        assert in_words(stored) == stored


def test_all_that_workers_keep_untranslated_is_known_here() -> None:
    """``gettext_noop`` marks what is stored; whoever reads it needs it in a table: of problems, or
    of the phrases that the trail keeps."""
    stored = set()
    for app in ("accounts", "content", "kpi"):
        for path in sorted((CLIENTS.parent.parent / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "gettext_noop":
                    stored.add(str(ast.literal_eval(node.args[0])))
    assert stored
    with translation.override("id"):
        assert {text for text in stored if in_words(text) == text and not is_phrase(text)} == set()


@pytest.mark.parametrize("text", ["Ditunda sampai ada kepastian.", "Cancel", "%(host)s 100%", ""])
def test_what_a_person_wrote_is_left_alone(text: str) -> None:
    with translation.override("id"):
        assert in_words(text) == text


def test_templates_show_it_as_text() -> None:
    page = Template("{% load ui %}{{ problem|problem_words }}")
    with translation.override("id"):
        assert page.render(Context({"problem": "<b>GET x: too many calls.</b>"})) == (
            "&lt;b&gt;GET x: too many calls.&lt;/b&gt;"
        )
