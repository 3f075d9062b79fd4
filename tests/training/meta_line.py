"""The agency's accounts at Meta on a served training instance, connected by consent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image as Picture

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, Video
from govsocial.platforms.http import Timing
from govsocial.platforms.oauth import Authorisation
from govsocial.platforms.registry import authorisation, connect
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import ANCHOR, Caller
from tests.training.line import BACK, app_of, code_for

PAGE, ACCOUNT = "104958162837465", "17841405793187218"
BOTH = pytest.mark.parametrize("platform", ["facebook", "instagram"])
PATIENT = Timing(read=5.0, total=20.0, backoff=0.01, longest_wait=0.1)


def asking(served: Caller, platform: str) -> Authorisation:
    return authorisation(
        platform,
        app=app_of(platform),
        base=served.base,
        allowed_private={host(served)},
        timing=PATIENT,
    )


def host(served: Caller) -> str:
    return urlsplit(served.base).netloc


def decided(served: Caller, platform: str, decision: str, *, without: str = "") -> dict[str, str]:
    """Open the page of consent, decide, and return what the application is told."""
    address = asking(served, platform).address(redirect_uri=BACK, state="st", verifier="")
    address = address.replace(f"{without}%2C", "") if without else address
    page = served.get(address.removeprefix(served.base))
    assert page.status_code == 200
    assert "Izinkan" in page.text
    return code_for(address, decision)


def person(served: Caller, platform: str, *, without: str = "") -> Mapping[str, str]:
    """The person's secret after consent."""
    told = decided(served, platform, "allow", without=without)
    consent = asking(served, platform)
    return consent.exchange(code=told["code"], redirect_uri=BACK, verifier="")


def secret(served: Caller, platform: str, *, without: str = "") -> Mapping[str, str]:
    """The secret of the agency's one account."""
    held = person(served, platform, without=without)
    (choice,) = asking(served, platform).choices(held)
    return choice.secret


def client(served: Caller, platform: str, store: MemoryStore) -> PlatformClient:
    made = connect(
        platform,
        host="",
        base=served.base,
        handle="samudrakota",
        secrets=store,
        allowed_private={host(served)},
        timing=PATIENT,
        app=app_of(platform),
    )
    made._publishing._sleep = lambda seconds: None  # type: ignore[attr-defined] # nobody waits
    return made


@dataclass
class Journal:
    """Keeps handles from one attempt to the next, as the application does."""

    handles: dict[str, str] = field(default_factory=dict)

    def with_handles(self, post: OutgoingPost) -> OutgoingPost:
        return replace(post, handles=dict(self.handles), keep=self.handles.update)


@contextmanager
def media_at(content: Mapping[str, tuple[bytes, str]]) -> Iterator[Callable[[str], str]]:
    """Serve media as the application does; gives the address of each name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data, media_type = content.get(self.path[1:], (b"", ""))
            self.send_response(200 if media_type else 404)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.002,), daemon=True)
    thread.start()
    try:
        yield lambda name: f"http://127.0.0.1:{server.server_address[1]}/{name}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def jpeg(width: int = 108, height: int = 108) -> bytes:
    out = BytesIO()
    Picture.new("RGB", (width, height), (31, 95, 191)).save(out, "JPEG")
    return out.getvalue()


def image(address: str | None = None, alt: str = "Peta banjir") -> Image:
    data = jpeg()
    return Image(data=data, media_type="image/jpeg", alt=alt, width=108, height=108, url=address)


def film(address: str | None = None, size: int = 2_500_000) -> Video:
    data = b"film" * (size // 4)
    return Video(
        size=len(data),
        media_type="video/mp4",
        seconds=9.0,
        width=1080,
        height=1920,
        read=lambda offset, length: data[offset : offset + length],
        url=address,
    )


def post(text: str = "Halo warga", **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {"key": "k", "language": "id", "created_at": ANCHOR, **changes}
    return OutgoingPost(text=text, **values)
