"""How instances, accounts, statuses and media look in Mastodon's JSON (4.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.ids import chance, iso, snowflake
from govsocial.training.mastodon_media import attachment
from govsocial.training.story import WIB
from govsocial.training.texts import LINK, REPLIES, TAG

MAX_CHARACTERS = 500
MAX_IMAGES = 4
MAX_IMAGE_BYTES = 16 * 1024 * 1024
MAX_VIDEO = 99 * 1024 * 1024
MAX_DESCRIPTION = 10_000
URL_LENGTH = 23
IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
FILM_TYPES = ("video/webm", "video/mp4", "video/quicktime", "video/ogg")

_TOKEN = re.compile(f"(?P<link>{LINK.pattern})|{TAG.pattern}")
_BASES_KEPT = 4


def tags(text: str) -> list[str]:
    return [match.group(2) for match in _TOKEN.finditer(text) if match.group(2)]


def content(text: str, base: str) -> str:
    """A status text as the HTML that Mastodon makes of it."""

    def marked(match: re.Match[str]) -> str:
        link, tag = match.group("link"), match.group(2)
        if link:
            shown = escape(link.partition("://")[2])
            scheme = escape(link[: link.index("://") + 3])
            return (
                f'<a href="{escape(link)}" rel="nofollow noopener" translate="no" target="_blank">'
                f'<span class="invisible">{scheme}</span><span class="">{shown}</span>'
                '<span class="invisible"></span></a>'
            )
        return (
            f'<a href="{escape(base)}/tags/{escape(tag)}" class="mention hashtag" rel="tag">'
            f"#<span>{escape(tag)}</span></a>"
        )

    pieces, end = [], 0
    for match in _TOKEN.finditer(text):
        pieces += [escape(text[end : match.start()]), marked(match)]
        end = match.end()
    html = "".join([*pieces, escape(text[end:])])
    paragraphs = re.split(r"\n{2,}", html.strip("\n"))
    return "".join("<p>" + part.replace("\n", "<br />") + "</p>" for part in paragraphs)


def instance_of_old(base: str, domain: str) -> dict[str, Any]:
    """The answer of ``/api/v1/instance``, which libraries ask for the version."""
    now = instance(base, domain)
    return {
        "uri": domain,
        **{name: now[name] for name in ("title", "description", "version", "languages", "rules")},
        "short_description": now["description"],
        "email": now["contact"]["email"],
        "urls": {"streaming_api": now["configuration"]["urls"]["streaming"]},
        "stats": {"user_count": 2, "status_count": 0, "domain_count": 1},
        "thumbnail": now["thumbnail"]["url"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": now["configuration"],
        "contact_account": None,
    }


def instance(base: str, domain: str) -> dict[str, Any]:
    """The answer of ``/api/v2/instance``."""
    return {
        "domain": domain,
        "title": "Mastodon latihan",
        "version": "4.6.4",
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "Platform latihan. Bukan unggahan sebenarnya.",
        "usage": {"users": {"active_month": 2}},
        "thumbnail": {"url": f"{base}/training/media/layanan-0.png", "description": ""},
        "icon": [],
        "languages": ["id"],
        "configuration": {
            "urls": {
                "streaming": base.replace("http", "ws", 1),
                "status": None,
                "about": f"{base}/",
                "privacy_policy": None,
                "terms_of_service": None,
            },
            "vapid": {"public_key": ""},
            "accounts": {
                "max_display_name_length": 40,
                "max_note_length": 500,
                "max_avatar_description_length": 150,
                "max_header_description_length": 150,
                "max_featured_tags": 10,
                "max_pinned_statuses": 5,
                "max_profile_fields": 4,
                "profile_field_name_limit": 255,
                "profile_field_value_limit": 255,
            },
            "statuses": {
                "max_characters": MAX_CHARACTERS,
                "max_media_attachments": MAX_IMAGES,
                "characters_reserved_per_url": URL_LENGTH,
            },
            "media_attachments": {
                "description_limit": MAX_DESCRIPTION,
                "image_matrix_limit": 33177600,
                "image_size_limit": MAX_IMAGE_BYTES,
                "supported_mime_types": [*IMAGE_TYPES, *FILM_TYPES],
                "video_frame_rate_limit": 120,
                "video_matrix_limit": 8294400,
                "video_size_limit": MAX_VIDEO,
            },
            "polls": {
                "max_options": 4,
                "max_characters_per_option": 50,
                "min_expiration": 300,
                "max_expiration": 2629746,
            },
            "translation": {"enabled": False},
            "timelines_access": {
                name: {"local": "public", "remote": "public"}
                for name in ("live_feeds", "hashtag_feeds", "trending_link_feeds")
            },
            "limited_federation": False,
        },
        "registrations": {
            "enabled": False,
            "approval_required": False,
            "reason_required": False,
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": 11},
        "wrapstodon": None,
        "contact": {"email": "humas@samudrakota.example", "account": None},
        "rules": [],
    }


def _account(
    account_id: str, username: str, display_name: str, note: str, created_at: str, base: str
) -> dict[str, Any]:
    return {
        "id": account_id,
        "username": username,
        "acct": username,
        "display_name": display_name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": True,
        "group": False,
        "created_at": created_at,
        "note": f"<p>{escape(note)}</p>",
        "url": f"{base}/@{username}",
        "uri": f"{base}/ap/users/{account_id}",
        "avatar": f"{base}/avatars/original/missing.png",
        "avatar_static": f"{base}/avatars/original/missing.png",
        "avatar_description": "",
        "header": f"{base}/headers/original/missing.png",
        "header_static": f"{base}/headers/original/missing.png",
        "header_description": "",
    }


def _counted(followers: int, following: int, posts: int, last: str | None) -> dict[str, Any]:
    return {
        "followers_count": followers,
        "following_count": following,
        "statuses_count": posts,
        "last_status_at": last,
        "hide_collections": None,
        "show_media": True,
        "show_media_replies": True,
        "show_featured": True,
        "noindex": False,
        "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
        "emojis": [],
        "roles": [],
        "fields": [],
    }


def account(
    of: TrainingAccount,
    base: str,
    *,
    followers: int,
    following: int,
    posts: int,
    last: float | None,
) -> dict[str, Any]:
    """An account with its counters; ``last`` is when it last posted."""
    created = (int(of.platform_id) >> 16) / 1000
    midnight = iso(created - created % 86400)
    day = None if last is None else datetime.fromtimestamp(last, tz=WIB).date().isoformat()
    return {
        **_account(of.platform_id, of.handle, of.display_name, of.description, midnight, base),
        **_counted(followers, following, posts, day),
    }


def credentials(value: dict[str, Any], of: TrainingAccount) -> dict[str, Any]:
    """What the owner sees of the own account."""
    return {
        **value,
        "source": {
            "privacy": "public",
            "sensitive": False,
            "language": "id",
            "note": of.description,
            "fields": [],
            "follow_requests_count": 0,
            "hide_collections": None,
            "discoverable": True,
            "indexable": True,
            "attribution_domains": [],
            "quote_policy": "public",
        },
        "role": {
            "id": "-99",
            "name": "",
            "permissions": "65536",
            "color": "",
            "highlighted": False,
            "collection_limit": 10,
        },
    }


def _unchanging(post: Post, base: str) -> tuple[str, str]:
    kept = post.rendered.get(base)
    if kept is None:
        before: dict[str, Any] = {
            "id": post.key,
            "created_at": iso(post.at),
            "in_reply_to_id": post.reply_to,
            "in_reply_to_account_id": post.account.platform_id if post.reply_to else None,
            "sensitive": post.sensitive,
            "spoiler_text": post.spoiler,
            "visibility": post.visibility,
            "language": post.language,
            "uri": f"{base}/ap/users/{post.account.platform_id}/statuses/{post.key}",
            "url": f"{base}/@{post.account.handle}/{post.key}",
            "edited_at": None,
            "favourited": False,
            "reblogged": False,
            "muted": False,
            "bookmarked": False,
            "pinned": False,
            "content": content(post.text, base),
            "filtered": [],
            "reblog": None,
            "application": {"name": post.application, "website": None},
        }
        after = {
            "media_attachments": [
                attachment(picture, post, number, base)
                for number, picture in enumerate(post.pictures)
            ],
            "mentions": [],
            "tags": [{"name": tag, "url": f"{base}/tags/{tag}"} for tag in tags(post.text)],
            "emojis": [],
            "tagged_collections": [],
            "quote": None,
            "card": None,
            "poll": None,
            "quote_approval": {
                "automatic": ["public"],
                "manual": [],
                "current_user": "automatic",
            },
        }
        head = json.dumps(before, ensure_ascii=False)[:-1]
        kept = (head, json.dumps(after, ensure_ascii=False)[1:])
        if len(post.rendered) >= _BASES_KEPT:
            post.rendered.clear()
        post.rendered[base] = kept
    return kept


def status(post: Post, counted: Reactions, base: str, account_json: str) -> str:
    """A status as JSON text. ``account_json`` is the account's, once per answer."""
    before, after = _unchanging(post, base)
    return (
        f'{before},"replies_count":{counted.replies},"reblogs_count":{counted.reposts},'
        f'"favourites_count":{counted.likes},"quotes_count":{counted.quotes},'
        f'"account":{account_json},{after}'
    )


def context(
    post: Post, replies: int, base: str, *, ancestors: Iterable[str], own: Iterable[str]
) -> str:
    """The answer of ``/context``: what it answers, and what the agency's accounts (``own``) and
    citizens replied so far."""
    answers = (_reply(post, number, base) for number in range(min(replies, 50)))
    below = [*own, *(json.dumps(answer, ensure_ascii=False) for answer in answers)]
    return f'{{"ancestors":[{",".join(ancestors)}],"descendants":[{",".join(below)}]}}'


def _reply(post: Post, number: int, base: str) -> dict[str, Any]:
    who = int(chance(post.key, number, "who") * 9000) + 1000
    text = REPLIES[int(chance(post.key, number, "what") * len(REPLIES))]
    at = post.appeal.replied_at(number)
    username = f"warga_{who}"
    citizen_id = snowflake(post.at - who * 86400.0 / 9, who)
    author = {
        **_account(citizen_id, username, "", "", iso(post.at - post.at % 86400), base),
        **_counted(who % 190, who % 310, who % 800, None),
    }
    reply = Post(
        account=post.account,
        key=snowflake(at, number),
        at=at,
        text=text,
        appeal=post.appeal,
        reply_to=post.key,
    )
    none = Reactions(0, 0, 0, 0, 0)
    value: dict[str, Any] = json.loads(status(reply, none, base, json.dumps(author)))
    value["url"] = f"{base}/@{username}/{reply.key}"
    value["uri"] = f"{base}/ap/users/{citizen_id}/statuses/{reply.key}"
    return value
