"""Pages for people: each permalink, each profile and an index. Indonesian, escaped, no script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from importlib.resources import files
from urllib.parse import quote

from govsocial.training.agency import TrainingAccount
from govsocial.training.comments import Comment
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.pictures import drawn, drawn_by_cid, is_film
from govsocial.training.places import NAMES, find, listed, post_path, profile_path
from govsocial.training.story import WIB
from govsocial.training.texts import LINK, MONTHS
from govsocial.training.world import World, page

NOTICE = "Platform latihan. Bukan unggahan sebenarnya."
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
#: What a page's head says about the feeds of the city's website.
FEEDS = "".join(
    f'<link rel="alternate" type="application/{kind}" title="Berita kota" href="/feed/{name}">'
    for kind, name in (
        ("rss+xml", "rss.xml"),
        ("atom+xml", "atom.xml"),
        ("feed+json", "feed.json"),
    )
)
#: Uploaded bytes are only ever served as one of these.
_SAFE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_LISTED = 25
_WITH_COMMENTS = {"facebook", "instagram", "youtube"}

_BLUESKY_IMAGE = re.compile(r"/img/feed_(?:thumbnail|fullsize)/plain/[^/]+/([a-z2-7]+)(?:@\w+)?")
_MASTODON_IMAGE = re.compile(r"/system/media_attachments/([a-z2-7]+)")
_DRAWN = re.compile(r"/training/media/([a-z_]+-\d)\.png")


class Pages:
    def __init__(self, world: World) -> None:
        self._world = world
        self._css = (files("govsocial.training") / "style.css").read_bytes()

    def handle(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(405, b"", {"allow": "GET, HEAD"})
        response = self._found(request)
        if response is None:
            response = _page("Tidak ditemukan", ["<h1>Halaman tidak ditemukan</h1>", _HOME], 404)
        return response

    def _found(self, request: Request) -> Response | None:
        path = request.path
        if path == "/":
            return self._index(request)
        if path == "/training/style.css":
            return Response(200, self._css, {"content-type": "text/css; charset=utf-8"})
        for pattern in (_BLUESKY_IMAGE, _MASTODON_IMAGE, _DRAWN):
            match = pattern.fullmatch(path)
            if match:
                return self._image(match.group(1))
        found = find(request)
        if found is None:
            return None
        account, key = found
        return self._profile(account, request) if key is None else self._post(account, key, request)

    def _image(self, name: str) -> Response | None:
        data, media_type = drawn(name) or drawn_by_cid(name), "image/png"
        if data is None:
            stored = self._world.state.blob_bytes(name)
            if stored is None or stored[1] not in _SAFE_TYPES:
                return None
            data, media_type = stored
        headers = {
            "content-type": media_type,
            "cache-control": "public, max-age=3600",
            "x-content-type-options": "nosniff",
        }
        return Response(200, data, headers)

    def _index(self, request: Request) -> Response:
        rows = []
        for account in listed():
            followers = _number(self._world.followers(account, request.now))
            rows.append(
                f'<li class="card"><a href="{profile_path(account)}">'
                f"{escape(account.display_name)}</a>"
                f'<p class="handle">{NAMES[account.platform]} · '
                f"{_at(account)} · {followers} pengikut</p></li>"
            )
        body = [
            "<h1>Platform latihan Kota Samudra</h1>",
            "<p>Server ini meniru platform media sosial untuk latihan. Kota, akun, dan angkanya "
            "rekaan; tidak ada yang terkirim ke internet.</p>",
            '<h2>Akun</h2><ul class="plain">',
            *rows,
            "</ul>",
            '<p><a href="/situs/">Situs berita kota</a>, yang juga dibaca lewat umpan (feed)</p>',
        ]
        return _page("Platform latihan", body, head=FEEDS)

    def _profile(self, account: TrainingAccount, request: Request) -> Response:
        world, now = self._world, request.now
        posts, _ = page(world.newest_first(account, now), _LISTED, _public)
        counted = world.counted(now)
        platform = NAMES[account.platform]
        body = [
            f"<h1>{escape(account.display_name)}</h1>",
            f'<p class="handle">{_at(account)} · {platform}</p>',
            f"<p>{escape(account.description)}</p>",
            _numbers(
                [
                    ("pengikut", world.followers(account, now)),
                    ("mengikuti", world.following(account, now)),
                    ("unggahan", world.count(account, now)),
                ]
            ),
            "<h2>Unggahan terbaru</h2>",
            *(_card(post, counted(post), linked=True) for post in posts),
            _HOME,
        ]
        return _page(account.display_name, body)

    def _post(self, account: TrainingAccount, key: str, request: Request) -> Response | None:
        post = self._world.find(account, key, request.now)
        if post is None or not _public(post):
            return None
        counted_at = self._world.counted(request.now)
        below = [
            *(_card(one, counted_at(one), linked=True) for one in self._below(post, request.now)),
            *(_comment(one, account) for one in self._world.comments.own(post, request.now)),
        ]
        title = "Komentar" if account.platform in _WITH_COMMENTS else "Balasan"
        if below:
            below.insert(0, f"<h2>{title} akun ini</h2>")
        name = escape(account.display_name)
        back = f'<p><a href="{profile_path(account)}">Semua unggahan {name}</a></p>'
        body = [*self._above(post, request.now), _card(post, counted_at(post)), *below, back]
        return _page(f"Unggahan {account.display_name}", body)

    def _above(self, post: Post, now: float) -> list[str]:
        """The way to the post that this one answers, where it is one of the same account."""
        key = (post.reply_to or "").rpartition("/")[2]
        parent = self._world.find(post.account, key, now) if key else None
        if parent is None or not _public(parent):
            return []
        return [f'<p><a href="{post_path(parent)}">Membalas unggahan ini</a></p>']

    def _below(self, post: Post, now: float) -> list[Post]:
        """Answers of the agency's accounts, each with those to it."""
        own = [one for one in self._world.answers_to(post, now) if _public(one)]
        return [one for direct in own for one in (direct, *self._below(direct, now))]


_HOME = '<p><a href="/">Semua akun latihan</a></p>'


def _public(post: Post) -> bool:
    return post.visibility in {"public", "unlisted"}


def _page(title: str, body: Iterable[str], status: int = 200, *, head: str = "") -> Response:
    html = (
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} - {NOTICE}</title>{head}"
        '<link rel="stylesheet" href="/training/style.css"></head>'
        f'<body><p class="notice">{NOTICE}</p><main>{"".join(body)}</main></body></html>'
    )
    return Response(status, html.encode(), dict(HEADERS))


def _at(account: TrainingAccount) -> str:
    return f"@{escape(account.handle.removeprefix('@'))}"


def _card(post: Post, counted: Reactions, *, linked: bool = False) -> str:
    when = _when(post.at)
    shown = f'<a href="{post_path(post)}">{when}</a>' if linked else when
    figures = "".join(_figure(post, number) for number in range(len(post.pictures)))
    return (
        f'<article class="card"><header><strong>{escape(post.account.display_name)}</strong>'
        f'<p class="when">{_at(post.account)} · {shown}</p></header>'
        f'<p class="text">{_linked(post.text)}</p>{figures}{_counters(post, counted)}</article>'
    )


def _comment(comment: Comment, account: TrainingAccount) -> str:
    return (
        f'<article class="card"><header><strong>{escape(account.display_name)}</strong>'
        f'<p class="when">{_at(account)} · {_when(comment.at)}</p></header>'
        f'<p class="text">{_linked(comment.text)}</p></article>'
    )


def _figure(post: Post, number: int) -> str:
    picture = post.pictures[number]
    alt = escape(picture.alt)
    caption = f"<figcaption>Teks alternatif: {alt or 'tidak ada'}</figcaption>"
    if is_film(picture.media_type):
        # Nothing of a film is shown: the pages let no media but images in.
        caption, shown = f"<figcaption>{alt or 'Tanpa keterangan'}</figcaption>", "<p>Film</p>"
    else:
        shown = f'<img src="{_image_path(post, number)}" alt="{alt}">'
    return f"<figure>{shown}{caption}</figure>"


def _counters(post: Post, counted: Reactions) -> str:
    numbers = [
        ("suka", counted.likes),
        ("balasan", counted.replies),
        ("bagikan ulang", counted.reposts),
        ("kutipan", counted.quotes),
    ]
    if post.account.platform == "bluesky":
        numbers.append(("disimpan", counted.bookmarks))
    return _numbers(numbers)


def _image_path(post: Post, number: int) -> str:
    picture = post.pictures[number]
    if post.picture_name is not None:
        return f"/training/media/{quote(picture.name)}.png"
    if post.account.platform == "mastodon":
        return f"/system/media_attachments/{picture.cid}"
    return f"/img/feed_fullsize/plain/{quote(post.account.platform_id)}/{quote(picture.cid)}"


def _linked(text: str) -> str:
    """Escaped text in which web addresses can be followed."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        address = escape(match.group())
        pieces.append(escape(text[end : match.start()]))
        pieces.append(f'<a href="{address}" rel="nofollow noopener">{address}</a>')
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def _numbers(pairs: Iterable[tuple[str, int]]) -> str:
    rows = "".join(f"<div><dt>{name}</dt><dd>{_number(n)}</dd></div>" for name, n in pairs)
    return f"<dl>{rows}</dl>"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _when(timestamp: float) -> str:
    local = datetime.fromtimestamp(timestamp, tz=WIB)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} {local:%H.%M} WIB"
