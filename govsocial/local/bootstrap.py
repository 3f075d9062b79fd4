"""Make ``.venv`` hold exactly what a requirements file names: ``bootstrap.py demo|test [any]``.

Runs before anything is installed, so it uses the standard library only, and under ``python -I``.
A start with nothing to do takes no time; one that was killed half-way is noticed and begun anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
# Never a console script: their first line breaks where the path holds a space.
PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / ".govsocial-installed.json"
UNFINISHED = VENV / ".govsocial-unfinished"
SYSTEM = Path("/usr/bin/python3")
# What the tests need includes what the demo needs.
ENOUGH = {"demo": ("demo", "test"), "test": ("test",)}


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def digest(stage: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{stage}.txt").read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """Digest of each requirements file that was installed to the end."""
    try:
        found: dict[str, str] = json.loads(INSTALLED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def works() -> bool:
    """Whether ``.venv`` has a Python that starts, is new enough and has pip."""
    question = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", question], capture_output=True).returncode == 0  # noqa: S603  # our own venv
    except OSError:
        return False


def is_ready(stage: str) -> bool:
    found = installed()
    return (
        not UNFINISHED.exists()
        and any(found.get(enough) == digest(enough) for enough in ENOUGH[stage])
        and PYTHON.exists()
        and subprocess.run([PYTHON, "-c", ""]).returncode == 0  # noqa: S603  # our own venv
    )


def run(*command: str | Path) -> bool:
    # Programs inherit the lock: a pip that outlives its killed parent still keeps others out.
    return subprocess.run(command, close_fds=False).returncode == 0  # noqa: S603  # commands below only


def quicker() -> Path | None:
    """The system's Python, where it will do and this one was compiled without optimisation, as
    pyenv does unless told: plain loops then take a third longer, the tests a tenth."""
    told = str(sysconfig.get_config_var("CONFIG_ARGS"))
    if sys.base_prefix == "/usr" or "--enable-optimizations" in told or not SYSTEM.exists():
        return None
    question = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    answer = subprocess.run([SYSTEM, "-I", "-c", question], capture_output=True)  # noqa: S603  # the system's
    return SYSTEM if answer.returncode == 0 else None


def create(*, any_python: bool) -> None:
    """A new, empty virtual environment with pip, by whatever means this Python has; or of a quicker
    one, unless somebody named this one."""
    if VENV.exists():
        say("The virtual environment .venv is unusable or unfinished; making it anew.")
        shutil.rmtree(VENV)
    made = False
    if any_python and (other := quicker()):
        say(f"{sys.executable} was compiled without optimisation: {other} is taken.")
        made = run(other, "-m", "venv", VENV)
    elif find_spec("venv") and find_spec("ensurepip"):
        made = run(sys.executable, "-m", "venv", VENV)
    elif find_spec("virtualenv"):
        made = run(sys.executable, "-m", "virtualenv", "--quiet", VENV)
    elif find_spec("venv") and find_spec("pip"):
        made = run(sys.executable, "-m", "venv", "--without-pip", VENV) and run(
            sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip"
        )
    if not made or not works():
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"{sys.executable} cannot make a virtual environment: it lacks venv with ensurepip, "
            "and virtualenv too.\n"
            f"On Debian or Ubuntu: apt-get install python{version}-venv; "
            "elsewhere: python3 -m pip install virtualenv. Then run the command again."
        )


def demo_runs() -> bool:
    path = ROOT / ".local" / "demo" / "supervisor.lock"
    if not path.exists():
        return False
    with path.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def install(stage: str, *, any_python: bool) -> None:
    if UNFINISHED.exists() or not works():
        if VENV.exists() and demo_runs():
            sys.exit("An installation was cut short while the demo runs. Stop the demo first.")
        create(any_python=any_python)
    UNFINISHED.touch()
    say(f"Installing requirements/{stage}.txt into .venv (first time: about a minute) ...")
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    command += ["--require-hashes", "--requirement", ROOT / "requirements" / f"{stage}.txt"]
    if not run(*command):
        sys.exit(
            "Installing failed; the reason stands above. It needs a package index that pip can "
            "reach (pip config, PIP_INDEX_URL). Running the same command again starts over."
        )
    INSTALLED.write_text(json.dumps({**installed(), stage: digest(stage)}) + "\n", encoding="utf-8")
    UNFINISHED.unlink()


def main() -> None:
    stage, *rest = sys.argv[1:]
    if is_ready(stage):
        return
    lock_path = ROOT / ".local" / "install.lock"
    lock_path.parent.mkdir(exist_ok=True)
    with lock_path.open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another `make` installs at the moment; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready(stage):
            install(stage, any_python=rest == ["any"])


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
