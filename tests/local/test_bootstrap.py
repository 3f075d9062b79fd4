"""The virtual environment: an installation that was cut short is noticed and begun anew."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from govsocial.local import bootstrap

# Stands for .venv/bin/python: it has pip, notes each use of it, and hangs or fails when told to.
PYTHON = """#!/bin/sh
case "$1" in -c) exit 0 ;; esac
cd "$(dirname "$0")/../.."
echo "$@" >> pip-calls
if [ -e pip-hangs ]; then exec sleep 60; fi
if [ -e pip-fails ]; then exit 1; fi
"""
# Stands for the standard library's: `python -m venv FOLDER`.
VENV = """import pathlib, shutil, sys
program = pathlib.Path(sys.argv[1], "bin", "python")
program.parent.mkdir(parents=True)
shutil.copy(pathlib.Path(__file__).with_name("python.sh"), program)
"""


class Project:
    """A project of its own with the real ``bootstrap.py`` and no network."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "govsocial" / "local").mkdir(parents=True)
        (root / "requirements").mkdir()
        self.script = shutil.copy(bootstrap.__file__, root / "govsocial" / "local")
        for stage in ("demo", "test"):
            (root / "requirements" / f"{stage}.txt").write_text(f"# {stage}\n")
        self.library = root / "library"
        for name in ("venv", "ensurepip"):
            (self.library / name).mkdir(parents=True)
            (self.library / name / "__init__.py").touch()
        (self.library / "venv" / "__main__.py").write_text(VENV)
        (self.library / "venv" / "python.sh").write_text(PYTHON)
        (self.library / "venv" / "python.sh").chmod(0o755)

    def start(self, stage: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, self.script, stage],
            env={**os.environ, "PYTHONPATH": str(self.library)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, stage: str = "demo") -> tuple[int, str]:
        process = self.start(stage)
        said = process.communicate(timeout=30)[1]
        return process.returncode, said

    def cut_short(self, stage: str = "demo") -> None:
        """Start, and kill everything as soon as pip works."""
        (self.root / "pip-hangs").touch()
        before = self.pip_calls()
        process = self.start(stage)
        deadline = time.monotonic() + 20
        while self.pip_calls() == before and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        (self.root / "pip-hangs").unlink()
        assert self.pip_calls() == before + 1

    def pip_calls(self) -> int:
        calls = self.root / "pip-calls"
        return len(calls.read_text().splitlines()) if calls.exists() else 0

    @property
    def left_over(self) -> Path:
        """A file of a half-installed package."""
        return self.root / ".venv" / "half-a-package"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "a user's  own")


def test_it_installs_once_and_then_takes_no_time(project: Project) -> None:
    assert project.run()[0] == 0
    assert project.run() == (0, "")
    assert project.pip_calls() == 1


def test_an_installation_cut_short_is_begun_anew(project: Project) -> None:
    project.cut_short()
    project.left_over.touch()
    code, said = project.run()
    assert code == 0
    assert "unfinished; making it anew" in said
    assert not project.left_over.exists()
    assert project.run() == (0, "")
    assert project.pip_calls() == 2


def test_an_update_cut_short_is_not_taken_for_the_finished_one_before(project: Project) -> None:
    assert project.run()[0] == 0
    (project.root / "requirements" / "demo.txt").write_text("# other versions\n")
    project.cut_short()
    (project.root / "requirements" / "demo.txt").write_text("# demo\n")
    project.left_over.touch()
    assert project.run()[0] == 0
    assert not project.left_over.exists()


def test_an_installation_that_failed_says_so_and_is_begun_anew(project: Project) -> None:
    (project.root / "pip-fails").touch()
    code, said = project.run()
    assert code != 0
    assert "Running the same command again starts over." in said
    project.left_over.touch()
    (project.root / "pip-fails").unlink()
    assert project.run()[0] == 0
    assert not project.left_over.exists()


def test_what_the_tests_need_is_enough_for_the_demo_and_not_the_other_way(
    project: Project,
) -> None:
    project.run("test")
    project.run("demo")
    assert project.pip_calls() == 1
    (project.root / "requirements" / "test.txt").write_text("# other versions\n")
    project.run("test")
    assert project.pip_calls() == 2


def test_the_environment_of_a_running_demo_is_not_taken_away(project: Project) -> None:
    project.cut_short()
    project.left_over.touch()
    lock = project.root / ".local" / "demo" / "supervisor.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, said = project.run()
    assert code != 0
    assert "Stop the demo first." in said
    assert project.left_over.exists()


def test_a_python_without_optimisation_leaves_its_place_to_the_systems_unless_it_was_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = project.root / "system-python"
    system.write_text("#!/bin/sh\n")
    system.chmod(0o755)
    told = {"CONFIG_ARGS": "'--enable-shared'"}
    monkeypatch.setattr(bootstrap, "SYSTEM", system)
    monkeypatch.setattr(sys, "base_prefix", "/opt/python")
    monkeypatch.setattr(sysconfig, "get_config_var", told.get)
    assert bootstrap.quicker() == system
    told["CONFIG_ARGS"] = "'--enable-optimizations'"
    assert bootstrap.quicker() is None
    told["CONFIG_ARGS"] = ""
    system.write_text("#!/bin/sh\nexit 1\n")
    assert bootstrap.quicker() is None
