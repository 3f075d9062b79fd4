"""Processes that a supervisor starts, watches, restarts and stops, and those it left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from .paths import ROOT

MARK = "GOVSOCIAL_SUPERVISED_BY"
"""Variable in every child's environment that names the folder whose supervisor started it."""
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""Seconds of life after which a child's earlier crashes are forgotten."""


class Child:
    """One long-running command, with its output in a log file."""

    def __init__(self, name: str, command: Sequence[str], home: Path) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = home / "logs" / f"{name}.log"
        self._mark = {MARK: str(home), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause = 1.0
        self._restart_at: float | None = None

    def start(self, environment: dict[str, str]) -> None:
        """Start the command in a session of its own: Ctrl-C is for its supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # commands of the supervisor
                self.command,
                cwd=ROOT,
                env=environment | self._mark,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started_at = time.monotonic()
        self._restart_at = None

    def tend(self, environment: dict[str, str], say: Callable[[str], None]) -> None:
        """Restart the command where it ended, after a pause that doubles with each crash."""
        if self._process is None:
            return
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self.start(environment)
            return
        code = self._process.poll()
        if code is None:
            return
        if now - self._started_at > STEADY:
            self._pause = 1.0
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        say(f"{self.name} ended ({how}); starting it again in {self._pause:.0f} s. {self.log}")
        self._end_group()
        self._restart_at = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        """Tell the command to finish what it does and end."""
        self._restart_at = None
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self) -> bool:
        """Force the end where it has not come yet; whether the command ended by itself."""
        if self._process is None:
            return True
        polite = not self.alive
        self._end_group()
        self._process.wait()
        self._process = None
        return polite

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, for a person to read."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(there is no log)"

    def _end_group(self) -> None:
        """End whatever the command itself started and did not take with it."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def left_behind(home: Path) -> list[psutil.Process]:
    """Processes that a killed supervisor of ``home`` left running.

    The mark in their environment tells them from every other process, whatever became of the
    process ids of that time.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home):
                found.append(process)
    return found


def stop_left_behind(home: Path, patience: float = 10.0) -> int:
    """Stop what ``left_behind`` finds, politely first; answer how many there were."""
    processes = left_behind(home)
    known = {process.pid for process in processes}
    for process in processes:
        with suppress(psutil.Error):
            # Workers of a pool are told by their master.
            if process.ppid() not in known:
                process.terminate()
    for process in {*wait_gone(processes, patience), *left_behind(home)}:
        with suppress(psutil.Error):
            process.kill()
    wait_gone(processes, 5)
    return len(processes)


def wait_gone(processes: Sequence[psutil.Process], patience: float) -> list[psutil.Process]:
    """Wait for processes to end; answer those that did not within ``patience`` seconds."""
    deadline = time.monotonic() + patience
    alive = list(processes)
    while True:
        alive = [process for process in alive if _lives(process)]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    try:
        # Where nobody collects exit codes (a container without init), the dead stay listed.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
