"""The made-up city's website: its news, and the same news as RSS, Atom and JSON Feed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.pages import FEEDS, HEADERS, NOTICE
from govsocial.training.world import World, page

HOME = "/situs/"
LISTED = 20
_NEWS = re.compile(r"/situs/berita/(\d+)")
_HTML = "text/html; charset=utf-8"

(_SITE,) = (account for account in ACCOUNTS if account.platform == "feed")


class Website:
    """Answers ``/situs/...`` for people and ``/feed/...`` for readers of feeds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._feeds: Mapping[str, tuple[str, Callable[[Sequence[Post], Request], str]]] = {
            "/feed/rss.xml": ("application/rss+xml; charset=utf-8", _rss),
            "/feed/atom.xml": ("application/atom+xml; charset=utf-8", _atom),
            "/feed/feed.json": ("application/feed+json; charset=utf-8", _json),
        }

    def owns(self, request: Request) -> bool:
        return request.path.startswith(("/feed/", HOME))

    def account_of(self, request: Request) -> TrainingAccount | None:
        return _SITE

    def handle(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(405, b"", {"allow": "GET, HEAD"})
        if request.path in self._feeds:
            media_type, render = self._feeds[request.path]
            return _conditional(request, self._newest(request), media_type, render)
        if request.path == HOME:
            return self._home(request)
        match = _NEWS.fullmatch(request.path)
        post = self._world.find(_SITE, match.group(1), request.now) if match else None
        if post is None:
            return _page("Tidak ditemukan", "<h1>Halaman tidak ditemukan</h1>", 404)
        body = f"<h1>{escape(title(post.text))}</h1>{_paragraphs(post.text)}"
        return _page(title(post.text), f'<article class="card">{body}</article>')

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        if rule.kind is Kind.RATE_LIMITED:
            return Response(429, b"", {"retry-after": str(int(rule.retry_after))})
        if rule.kind is Kind.SERVER_ERROR:
            return Response(503, b"<h1>Service Unavailable</h1>", {"content-type": _HTML})
        if rule.kind in {Kind.EXPIRED_TOKEN, Kind.REVOKED_TOKEN}:
            return Response(401, b"", {"www-authenticate": 'Basic realm="situs"'})
        return None

    def _newest(self, request: Request) -> list[Post]:
        found, _ = page(self._world.newest_first(_SITE, request.now), LISTED, lambda post: True)
        return found

    def _home(self, request: Request) -> Response:
        rows = "".join(
            f'<li class="card"><a href="{_path(post)}">{escape(title(post.text))}</a></li>'
            for post in self._newest(request)
        )
        name = escape(_SITE.display_name)
        return _page(_SITE.display_name, f'<h1>{name}</h1><ul class="plain">{rows}</ul>')


def title(text: str) -> str:
    """The headline of an article: its first sentence, not too long."""
    first = re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0]
    return first if len(first) <= 110 else first[:109].rsplit(" ", 1)[0] + "…"


def _conditional(
    request: Request,
    posts: Sequence[Post],
    media_type: str,
    render: Callable[[Sequence[Post], Request], str],
) -> Response:
    body = render(posts, request).encode()
    headers = {"content-type": media_type, "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
    if posts:
        headers["last-modified"] = format_datetime(_moment(posts[0]), usegmt=True)
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(304, b"", headers)
    return Response(200, body, headers)


def _moment(post: Post) -> datetime:
    return datetime.fromtimestamp(int(post.at), tz=UTC)


def _path(post: Post) -> str:
    return f"{HOME}berita/{post.key}"


def _id(post: Post) -> str:
    return f"tag:samudrakota.example,2024:berita/{post.key}"


def _paragraphs(text: str) -> str:
    parts = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)


def _rss(posts: Sequence[Post], request: Request) -> str:
    items = "".join(
        f'<item><guid isPermaLink="false">{_id(post)}</guid>'
        f"<title>{escape(title(post.text))}</title><link>{request.base}{_path(post)}</link>"
        f"<pubDate>{format_datetime(_moment(post), usegmt=True)}</pubDate>"
        f"<description>{escape(_paragraphs(post.text))}</description></item>"
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(_SITE.display_name)}</title><link>{request.base}{HOME}</link>"
        f"<description>{escape(_SITE.description)}</description><language>id</language>"
        f"{items}</channel></rss>"
    )


def _atom(posts: Sequence[Post], request: Request) -> str:
    entries = "".join(
        f"<entry><id>{_id(post)}</id><title>{escape(title(post.text))}</title>"
        f'<link rel="alternate" href="{request.base}{_path(post)}"/>'
        f"<published>{_moment(post).isoformat()}</published>"
        f"<updated>{_moment(post).isoformat()}</updated>"
        f'<content type="html">{escape(_paragraphs(post.text))}</content></entry>'
        for post in posts
    )
    updated = _moment(posts[0]).isoformat() if posts else "2024-01-01T00:00:00+00:00"
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xml:lang="id"><id>tag:samudrakota.example,2024:situs</id>'
        f"<updated>{updated}</updated>"
        f'<title>{escape(_SITE.display_name)}</title><link href="{request.base}{HOME}"/>'
        f"<author><name>{escape(_SITE.unit)}</name></author>{entries}</feed>"
    )


def _json(posts: Sequence[Post], request: Request) -> str:
    items = [
        {
            "id": _id(post),
            "url": request.base + _path(post),
            "title": title(post.text),
            "content_html": _paragraphs(post.text),
            "date_published": _moment(post).isoformat(),
        }
        for post in posts
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _SITE.display_name,
        "home_page_url": request.base + HOME,
        "feed_url": f"{request.base}/feed/feed.json",
        "language": "id",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False)


def _page(name: str, body: str, status: int = 200) -> Response:
    html = (
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)} - {NOTICE}</title>{FEEDS}"
        '<link rel="stylesheet" href="/training/style.css"></head>'
        f'<body><p class="notice">{NOTICE}</p><main>{body}'
        f'<p><a href="{HOME}">Berita kota</a></p></main></body></html>'
    )
    return Response(status, html.encode(), dict(HEADERS))
