"""Rules about a whole post are data, judged the same before an approval and before sending."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.checks import check
from govsocial.platforms.errors import Refused
from govsocial.platforms.limits import ANYTHING, LIMITS
from govsocial.platforms.rules import Rule, broken
from tests.gathering import each
from tests.platforms.fakes import Server
from tests.platforms.stages import stages
from tests.platforms.tiktok_stage import film, photo

SIX_LINKS = " ".join(f"https://kota.example/{number}" for number in range(6))
FIVE_LINKS = SIX_LINKS.rpartition(" ")[0]
JPEG, GIF = "image/jpeg", "image/gif"
STAGES = {stage.name: stage for stage in stages()}


@each(
    ("platform", "post", "rule"),
    [
        ("threads", {"text": SIX_LINKS}, Rule.LINKS),
        (
            "threads",
            {"text": FIVE_LINKS, "link": "https://b.example"},
            Rule.LINKS,
        ),
        ("threads", {"images": [JPEG] * 20, "film": True}, Rule.MEDIA),
        ("x", {"images": [GIF, JPEG]}, Rule.ALONE),
        ("x", {"images": [JPEG], "film": True}, Rule.EITHER),
        ("facebook", {"images": [JPEG], "film": True}, Rule.EITHER),
        ("instagram", {"images": [JPEG], "film": True}, Rule.EITHER),
        ("tiktok", {"images": [JPEG], "film": True}, Rule.EITHER),
        ("youtube", {"title": " ", "film": True}, Rule.TITLE),
        ("youtube", {"title": "Suhu > 40", "film": True}, Rule.SIGNS),
        ("youtube", {"title": "Suhu", "text": "<b>", "film": True}, Rule.SIGNS),
    ],
)
def test_a_broken_rule_is_found_and_one_less_is_none(
    platform: str, post: dict[str, Any], rule: Rule
) -> None:
    found = broken(LIMITS[platform], **{"text": "Halo", **post})
    assert rule in {one.rule for one in found}
    fits: dict[str, Any] = {"text": FIVE_LINKS, "title": "Suhu", "images": [JPEG]}
    fits = fits | ({"images": (), "film": True} if platform == "youtube" else {})
    assert list(broken(LIMITS[platform], **fits)) == []


def test_a_link_that_is_named_twice_counts_once() -> None:
    assert list(broken(LIMITS["threads"], text=f"{'https://a.example ' * 6}")) == []


@each(
    ("platform", "changes"),
    [
        ("threads", {"text": SIX_LINKS}),
        ("x", {"images": [replace(photo(), media_type=GIF)] * 2}),
        ("x", {"images": [photo()], "video": film()}),
        ("facebook", {"images": [photo()], "video": film()}),
        ("youtube", {"title": ""}),
        ("youtube", {"text": "Suhu > 40"}),
        ("tiktok", {"images": [photo()], "video": film()}),
    ],
)
def test_the_client_sends_nothing_that_breaks_a_rule(
    server: Server, platform: str, changes: dict[str, Any]
) -> None:
    stage = STAGES[platform]
    stage.good(server)
    with pytest.raises(Refused):
        stage.client(server).publish(replace(stage.outgoing(), **changes))
    assert server.received == []


@each("rule", list(Rule))
def test_each_broken_rule_is_refused_in_words(rule: Rule) -> None:
    strict = replace(
        ANYTHING, hashtags=0, mentions=0, links_most=0, forbidden="<", needs_title=True, images=1
    )
    changes: dict[Rule, dict[str, Any]] = {
        Rule.HASHTAGS: {"text": "#banjir"},
        Rule.MENTIONS: {"text": "@warga"},
        Rule.LINKS: {"text": "https://a.example"},
        Rule.SIGNS: {"text": "<"},
        Rule.TITLE: {"title": ""},
        Rule.MEDIA: {"images": [photo()], "video": film()},
        Rule.ALONE: {"images": [photo()] * 2},
        Rule.EITHER: {"images": [photo()], "video": film()},
    }
    taken = {
        Rule.ALONE: replace(strict, images=2, stand_alone=frozenset({photo().media_type})),
        Rule.EITHER: replace(strict, mixes_film=False),
    }.get(rule, strict)
    base = STAGES["tiktok"].outgoing()
    post: OutgoingPost = replace(base, text="Halo", title="Judul", images=(), video=None)
    check(post, taken, length=4, platform="P")
    with pytest.raises(Refused):
        check(replace(post, **changes[rule]), taken, length=4, platform="P")
