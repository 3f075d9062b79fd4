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
import time
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


def browser_path() -> str | None:
    return (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        words = "NO BROWSER: install Chromium (Debian: apt-get install chromium) to run these tests"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
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
    environment |= {"PORT": str(_free_port()), "DEMO_HISTORY_DAYS": "45"}
    home = Path(tempfile.mkdtemp(prefix="govsocial demo "))
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(home)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _address(process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        assert process.stdout is not None
        process.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _address(process: subprocess.Popen[str]) -> str:
    """Read what the demo prints until it names its address; the rest is drained by the pipe."""
    assert process.stdout is not None
    lines: list[str] = []
    deadline = time.monotonic() + READY_WITHIN
    for line in process.stdout:
        lines.append(line)
        if found := re.search(r"Ready in .* (http://\S+)$", line.rstrip()):
            return found.group(1)
        if time.monotonic() > deadline:
            break
    pytest.fail("The demo did not come up:\n" + "".join(lines))


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
