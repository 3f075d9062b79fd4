"""A demo of its own, in a folder of its own, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 180
PASSWORD = "layar-terkembang-2026"
START = (
    "import sys; from pathlib import Path; from govsocial.local.supervisor import demo;"
    "sys.exit(demo(Path(sys.argv[1])))"
)


# The first has no windows of its own to draw, which takes half the processor time of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        words = (
            "NO BROWSER: install Chromium (Debian: apt-get install chromium-headless-shell) "
            "to run these tests"
        )
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                # No page lives long enough for its code to be worth more than a quick compiling.
                "--js-flags=--no-turbofan,--no-maglev",
            ],
        )
        yield started
        started.close()


@pytest.fixture(scope="package")
def demo(browser: Browser) -> Iterator[str]:
    """The address of a running demo, started as ``make demo`` starts it.

    ``DEMO_URL`` names one that runs already, to try a test without waiting for another.
    """
    if running := os.environ.get("DEMO_URL"):
        yield running
        return
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "CREDENTIAL_KEYS"}
    }
    environment |= {"PORT": str(_free_port()), "DEMO_HISTORY_DAYS": "2"}
    home = Path(tempfile.mkdtemp(prefix="govsocial demo "))
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(home)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output = Output(process)
    try:
        yield output.address(within=READY_WITHIN)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        output.close()
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Output:
    """What the demo prints, read to its end in a thread: a full pipe would stop the demo."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._stream = process.stdout
        self.lines: list[str] = []
        self._address = ""
        self._known = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._stream:
            self.lines.append(line)
            if found := re.search(r"Ready in .* (http://\S+)$", line.rstrip()):
                self._address = found.group(1)
                self._known.set()
        self._known.set()

    def address(self, *, within: float) -> str:
        """Where the demo answers. Fails when it ends or keeps silent instead."""
        self._known.wait(within)
        if not self._address:
            pytest.fail("The demo did not come up:\n" + "".join(self.lines))
        return self._address

    def close(self) -> None:
        """To be called when the demo has ended."""
        self._reader.join(timeout=10)
        self._stream.close()


@pytest.fixture
def sign_in(browser: Browser, demo: str) -> Iterator[object]:
    """Return a function that opens a window signed in as a person of the demo."""
    windows = []

    def open_as(name: str) -> Page:
        window = browser.new_context(base_url=demo, locale="id-ID")
        windows.append(window)
        page = window.new_page()
        page.goto("/auth/login/")
        page.fill("input[name=login]", f"{name}@samudrakota.example")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit], form button[type=submit]")
        page.wait_for_url(f"{demo}/")
        return page

    yield open_as
    for window in windows:
        window.close()
