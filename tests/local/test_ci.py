"""What ``.ci/run`` takes for granted: nothing that it must check is skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from govsocial.local.paths import ROOT

NOTE = '#!/bin/sh\necho "$1 ${REQUIRE_BROWSER:-no}" >> "$CALLS"\n'


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


def browser_tests(path: str, require: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path, "REQUIRE_BROWSER": require}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-x", "tests/e2e"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ci_checks_then_tests_and_takes_no_skipped_browser(tmp_path: Path) -> None:
    program(tmp_path, "make", NOTE)
    program(tmp_path, "chromium-headless-shell", "#!/bin/sh\n")
    calls = tmp_path / "calls"
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "CALLS": str(calls)}
    subprocess.run([ROOT / ".ci" / "run"], env=environment, check=True)
    assert calls.read_text().splitlines() == ["check no", "test 1"]


def test_ci_stops_at_a_failed_check(tmp_path: Path) -> None:
    program(tmp_path, "make", NOTE + "exit 2\n")
    program(tmp_path, "chromium-headless-shell", "#!/bin/sh\n")
    calls = tmp_path / "calls"
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "CALLS": str(calls)}
    assert subprocess.run([ROOT / ".ci" / "run"], env=environment, check=False).returncode == 2
    assert calls.read_text().splitlines() == ["check no"]


@pytest.mark.parametrize(("require", "code", "word"), [("1", 1, "error"), ("", 0, "skipped")])
def test_browser_tests_without_a_browser_fail_where_one_is_required(
    tmp_path: Path, require: str, code: int, word: str
) -> None:
    done = browser_tests(str(tmp_path), require)
    assert "NO BROWSER" in done.stdout
    assert done.returncode == code, done.stdout + done.stderr
    assert word in done.stdout.splitlines()[-1]
    assert "passed" not in done.stdout.splitlines()[-1]
