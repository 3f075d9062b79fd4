"""``make demo``: everything that production runs, on this machine, until Ctrl-C."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

import psutil

from .children import Child, stop_left_behind
from .instance import (
    DEMO,
    demo_environment,
    move_training,
    training_environment,
    training_port,
    web_port,
)
from .paths import ROOT, FileLock, LocalError
from .services import Services
from .valkey import port_is_free

READY_WITHIN = 90.0
STOP_WITHIN = 20.0
GUNICORN = (
    "--threads 8 --graceful-timeout 5 --limit-request-line 8190 --access-logfile - "
    "--logger-class govsocial.request_logs.AccessLogger"
)
# As in production: neither a post nor a seal of the trail waits behind slow pulls.
WORKERS = {"publishing": "publishing", "metrics": "metrics", "upkeep": "reports,default"}


class Stopped(Exception):
    """Somebody asked the demo to stop."""


def say(text: str) -> None:
    """Tell the person at the terminal, if there still is one."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        # The terminal or pipe is gone; that is no reason to leave processes behind.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # lives as long as the process


def demo(home: Path = DEMO, make: type[Supervisor] | None = None) -> int:
    """Run the demo until it is asked to stop; answer the exit code."""
    port = web_port()
    lock = FileLock(home / "supervisor.lock")
    if not lock.acquire(wait=False):
        say(f"The demo of this folder is already running at {_running_at(home)}")
        return 0
    supervisor = (make or Supervisor)(home, port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, supervisor.on_signal)
    try:
        supervisor.run()
    except Stopped:
        say("Stopped.")
    finally:
        (home / "supervisor.json").unlink(missing_ok=True)
        lock.release()
    return 0


def _running_at(home: Path) -> str:
    try:
        state = json.loads((home / "supervisor.json").read_text(encoding="utf-8"))
        return str(state["url"])
    except (OSError, ValueError, KeyError):
        return "an address that it will print when it is ready"


def check_port(port: int) -> None:
    """Raise ``LocalError`` with the way out where the web server could not listen."""
    if port_is_free(port):
        return
    free = next((p for p in range(port + 1, 65536) if port_is_free(p)), port)
    raise LocalError(
        f"Port {port} is in use by {_who_listens(port)}. Stop that, or take another port:\n"
        f"    PORT={free} make demo"
    )


def _who_listens(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            address = connection.laddr
            if connection.status == psutil.CONN_LISTEN and address and address.port == port:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        # Not ours to see.
        pass
    return "another program"


class Supervisor:
    """Starts the parts in order, keeps them alive, and stops them in the reverse order."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.services = Services(home)
        self.environment: dict[str, str] = {}
        self.manage = [sys.executable, "manage.py"]
        self._signals = 0
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "-A", "govsocial"]
        worker = [*celery, "worker", "--concurrency", "2", "--without-mingle", "--loglevel", "INFO"]
        self.training = Child("training", [], home)
        self.web = Child(
            "web",
            [*python, "gunicorn", "govsocial.wsgi", *f"--bind 127.0.0.1:{port} {GUNICORN}".split()],
            home,
        )
        self.beat = Child("beat", [*celery, "beat", "--loglevel", "INFO"], home)
        self.workers = [
            Child(f"worker-{name}", [*worker, "-n", f"{name}@%h", "-Q", queues], home)
            for name, queues in WORKERS.items()
        ]

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Ask for the end; asking again makes it hurry."""
        self._signals += 1

    def run(self) -> None:
        """Until ``Stopped`` or ``LocalError``, with nothing left running either way."""
        began = time.monotonic()
        count = stop_left_behind(self.home)
        if count:
            say(f"Stopped {count} processes that a killed demo had left behind.")
        check_port(self.port)
        self._note(ready=False)
        say("Starting the database and the broker ...")
        try:
            with self.services as addresses:
                self.environment = demo_environment(addresses, self.home) | {"SITE_URL": self.url}
                try:
                    people = self._bring_up()
                    self._note(ready=True)
                    self._welcome(people, time.monotonic() - began)
                    self._watch()
                finally:
                    self._stop_all()
        except LocalError:
            if self._signals:
                # Ctrl-C tore down what was being waited for.
                raise Stopped from None
            raise

    def training_command(self, port: int) -> list[str]:
        """How the stand-ins of the platforms are started."""
        state = str(self.home / "training")
        return [sys.executable, "-m", "govsocial.training", "--port", str(port), "--state", state]

    def _bring_up(self) -> str:
        """Start everything; answer what the seeding says of who can sign in."""
        for log in (self.home / "logs").glob("*.log"):
            log.unlink()
        self._start_training()
        say("Bringing the tables up to date ...")
        self._command("migrate", "--no-input", "--verbosity", "0")
        say("Looking after the demo agency ...")
        people = self._command("seed_demo")
        say("Starting web server, workers and beat ...")
        for child in (self.web, *self.workers, self.beat):
            child.start(self.environment)
        self._until_healthy()
        return people

    def _start_training(self) -> None:
        port = training_port(self.home)
        if not port_is_free(port):
            say(f"The training platforms move: port {port} is taken.")
            port = move_training(self.home)
            self.environment |= training_environment(port)
        self.training.command = self.training_command(port)
        self.training.start(self.environment)
        deadline = time.monotonic() + 30
        while port_is_free(port):
            self._pause([self.training])
            if time.monotonic() > deadline:
                raise LocalError(
                    f"The training platforms do not start:\n{self.training.last_words()}"
                )

    def _command(self, *arguments: str) -> str:
        """Run a management command to its end and answer what it printed; it logs to a file."""
        log = self.home / "logs" / f"{arguments[0]}.log"
        printed = log.with_suffix(".txt")
        with log.open("wb") as errors, printed.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  # the project's own commands
                [*self.manage, *arguments],
                cwd=ROOT,
                # The seeding makes thousands of calls, each of which would be a line.
                env={"LOG_LEVEL": "WARNING"} | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            try:
                while process.poll() is None:
                    self._pause()
            except Stopped:
                # A migration or the seeding ends with a whole transaction or none.
                process.terminate()
                process.wait()
                raise
        if process.returncode:
            reason = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
            raise LocalError(f"manage.py {arguments[0]} failed. The end of {log}:\n{reason}")
        return printed.read_text(errors="replace")

    def _until_healthy(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        answer: dict[str, object] = {}
        while answer.get("status") != "ok":
            self._pause(self._children())
            answer = self._health() or answer
            if time.monotonic() > deadline:
                logs = "\n".join(f"{c.log}:\n{c.last_words(6)}" for c in self._children())
                raise LocalError(f"The demo did not become ready: {answer or 'no answer'}\n{logs}")

    def _health(self) -> dict[str, object] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("GET", "/healthz")
            found: dict[str, object] = json.loads(connection.getresponse().read())
            return found
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def _welcome(self, people: str, seconds: float) -> None:
        say(f"\n{people.strip()}\n")
        say(f"Ready in {seconds:.1f} s: {self.url}")
        say(f"Logs: {self.home / 'logs'}. Ctrl-C stops everything and keeps the data.")

    def _watch(self) -> None:
        look_again = time.monotonic() + 3
        while True:
            self._pause(self._children())
            if time.monotonic() >= look_again:
                for name in self.services.revive():
                    say(f"The {name} had ended; it runs again.")
                look_again = time.monotonic() + 3

    def _pause(self, children: Iterable[Child] = ()) -> None:
        """A moment's sleep; restarts what crashed, and raises ``Stopped`` when asked to stop."""
        time.sleep(0.1)
        if self._signals:
            raise Stopped
        for child in children:
            child.tend(self.environment, say)

    def _children(self) -> list[Child]:
        return [self.training, self.web, *self.workers, self.beat]

    def _stop_all(self) -> None:
        """No new work first, then what works on it, then what that talks to."""
        asked = max(self._signals, 1)
        say("\nStopping ...")
        for group in ([self.beat, self.web], self.workers, [self.training]):
            for child in group:
                child.ask_to_stop()
            deadline = time.monotonic() + STOP_WITHIN
            for child in group:
                while child.alive and time.monotonic() < deadline and self._signals <= asked:
                    time.sleep(0.05)
                if not child.end():
                    say(f"{child.name} did not end by itself; it was killed.")

    def _note(self, *, ready: bool) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        state = {"url": self.url, "ready": ready}
        (self.home / "supervisor.json").write_text(json.dumps(state), encoding="utf-8")
