"""``python -m govsocial.training --port N --state DIR``: run the training platforms."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from threading import Thread

from govsocial.training.app import TrainingPlatforms
from govsocial.training.server import TrainingServer

BUSY_PORT = 3
CONTROL_VARIABLE = "TRAINING_CONTROL_TOKEN"


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. The exit code is 3 when the port is in use."""
    options = _options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        server = TrainingServer((options.host, options.port), _not_ready)
    except OSError as exc:
        if exc.errno != errno.EADDRINUSE:
            raise
        message = f"Port {options.port} on {options.host} is in use: choose another with --port."
        sys.stderr.write(message + "\n")
        return BUSY_PORT
    app = TrainingPlatforms(
        options.state,
        control_token=_control_token(options.state),
        enforce_limits=options.enforce_limits,
        public_url=options.public_url,
    )
    server.app = app

    def stop(signum: int, frame: object) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"Training platforms on http://{options.host}:{server.port}/\n")
    sys.stdout.flush()
    with server:
        server.serve_forever(poll_interval=0.1)
    app.close()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m govsocial.training", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 chooses a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--public-url", help="address in links, where it is not the one called")
    parser.add_argument(
        "--enforce-limits", action="store_true", help="refuse calls beyond the platforms' budgets"
    )
    return parser.parse_args(arguments)


def _not_ready(environ: object, start_response: object) -> list[bytes]:
    raise RuntimeError("The server is not serving yet.")


def _control_token(state: Path) -> str:
    """The token that orders misbehaviour: given by the environment, else made and kept."""
    given = os.environ.get(CONTROL_VARIABLE)
    if given:
        return given
    path = state / "control-token"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text().strip()


if __name__ == "__main__":
    sys.exit(main())
