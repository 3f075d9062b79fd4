"""``python -m govsocial.training``: starts, says where, and stops cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.conftest import Caller

ROOT = Path(__file__).parents[2]


def start(state: Path, port: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "govsocial.training", "--port", str(port), *more]
    return subprocess.Popen(
        [*command, "--state", str(state)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TRAINING_CONTROL_TOKEN": ""},
    )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_from_a_path_with_spaces_until_it_is_told_to_stop(
    tmp_path: Path, stop: signal.Signals
) -> None:
    process = start(tmp_path / "data latihan", 0)
    assert process.stdout is not None
    caller = Caller(process.stdout.readline().split()[-1].rstrip("/"))
    with caller.session:
        assert caller.get("/api/v2/instance").status_code == 200
        token = (tmp_path / "data latihan" / "control-token").read_text()
        control = {"X-Training-Control": token}
        assert caller.get("/training/state", headers=control).status_code == 200
    process.send_signal(stop)
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_a_busy_port_is_said_so_with_its_own_exit_code(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port: Any = busy.getsockname()[1]
        process = start(tmp_path / "state", port)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 3
    assert errors == f"Port {port} on 127.0.0.1 is in use: choose another with --port.\n"
    assert not (tmp_path / "state").exists()
