from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from govsocial.local.children import left_behind
from govsocial.local.paths import ROOT
from govsocial.local.postgres import Postgres
from govsocial.local.valkey import Valkey, free_port

PATIENCE = 15


class Demo:
    """A supervisor of small fakes, run as a person would: a process with a terminal's output."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.output = home.parent / f"output-{time.monotonic_ns()}.txt"
        environment = dict(os.environ)
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.local.fake_demo", str(home)],
                cwd=ROOT,
                env=environment | {"PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def until_says(self, text: str, times: int = 1) -> None:
        until(lambda: self.said().count(text) >= times, self.said)

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def get(self, path: str = "/healthz") -> dict[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            found: dict[str, str] = json.loads(connection.getresponse().read())
            return found
        finally:
            connection.close()


def until(true: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)


class Starter:
    """Starts demos in one folder, and ends those that a test left running."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[Demo] = []

    def __call__(self, port: int | None = None) -> Demo:
        self.started.append(Demo(self.home, port or free_port()))
        return self.started[-1]

    def end(self) -> None:
        for demo in self.started:
            demo.process.kill()
            demo.process.wait()


@pytest.fixture
def start(home: Path) -> Iterator[Starter]:
    starter = Starter(home)
    yield starter
    starter.end()


@pytest.fixture(scope="module")
def running(shared_home: Path) -> Iterator[Demo]:
    """One demo for the tests that leave it as they found it."""
    starter = Starter(shared_home)
    demo = starter()
    demo.until_says("Ready in")
    yield demo
    starter.end()


def servers_run(home: Path) -> tuple[bool, bool]:
    return Postgres(home / "postgres").runs(), Valkey(home / "valkey").runs()


def test_it_comes_up_says_who_can_sign_in_and_ctrl_c_leaves_nothing(
    start: Starter, home: Path
) -> None:
    demo = start()
    demo.until_says("Ready in")
    assert f"http://127.0.0.1:{demo.port}" in demo.said()
    assert "Ask for seed_demo" in demo.said()
    assert len(left_behind(home)) == 4

    demo.process.send_signal(signal.SIGINT)
    assert demo.ends() == 0
    assert left_behind(home) == []
    assert servers_run(home) == (False, False)


def test_a_second_one_beside_it_says_where_the_first_is_and_does_no_harm(
    running: Demo,
) -> None:
    second = Demo(running.home, free_port())
    assert second.ends() == 0
    assert f"already running at http://127.0.0.1:{running.port}" in second.said()
    assert running.get()["status"] == "ok"
    assert servers_run(running.home) == (True, True)


def test_a_crashed_part_is_started_again_and_said(running: Demo) -> None:
    with suppress(http.client.HTTPException, OSError):
        running.get("/crash")
    running.until_says("web ended (exit code 7); starting it again in 1 s")

    def is_back() -> bool:
        with suppress(OSError, http.client.HTTPException):
            return running.get()["status"] == "ok"
        return False

    until(is_back, running.said)


def test_a_killed_broker_comes_back_at_the_address_its_clients_know(
    running: Demo,
) -> None:
    known = running.get()["redis"]
    server = Valkey(running.home / "valkey").process()
    assert server is not None
    server.kill()
    running.until_says("The broker had ended; it runs again.")
    assert Valkey(running.home / "valkey").url() == known
    assert servers_run(running.home) == (True, True)


def test_after_a_killed_supervisor_the_next_one_clears_up_and_starts(
    start: Starter, home: Path
) -> None:
    killed = start()
    killed.until_says("Ready in")
    killed.process.kill()
    killed.process.wait()
    assert len(left_behind(home)) == 4

    again = start(killed.port)
    again.until_says("Ready in")
    assert "Stopped 4 processes that a killed demo had left behind." in again.said()
    assert len(left_behind(home)) == 4


def test_a_busy_port_is_named_with_the_way_out(
    start: Starter, home: Path, stranger_port: int
) -> None:
    demo = start(stranger_port)
    assert demo.ends() == 1
    assert f"Port {stranger_port} is in use by" in demo.said()
    assert "make demo" in demo.said()
    assert servers_run(home) == (False, False)


def test_a_port_that_is_no_port_is_refused(home: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "govsocial.local", "demo"],
        cwd=ROOT,
        env=os.environ | {"PORT": "80a"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert "PORT must be a number from 1 to 65535, not '80a'." in finished.stderr
