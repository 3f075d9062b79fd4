"""Requirements files: compiled with hashes from ``pyproject.toml``, and whether they still fit."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib

from .paths import ROOT, LocalError

EXTRAS = {"test": ("embedded", "test"), "demo": ("embedded",), "base": ()}
MARK = "# dependencies-sha256: "


def dependencies_digest() -> str:
    """A digest of everything in ``pyproject.toml`` that decides what gets locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = ("requires-python", "dependencies", "optional-dependencies")
    text = json.dumps([project.get(name) for name in names], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def outdated() -> list[str]:
    """The requirements files that were compiled from other dependencies; needs no network."""
    mark = MARK + dependencies_digest()
    return [
        f"requirements/{name}.txt"
        for name in EXTRAS
        if mark not in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    ]


def compile_all(upgrade: bool = False) -> None:
    """Write the three files. The smaller ones take their versions from the largest."""
    folder = ROOT / "requirements"
    folder.mkdir(exist_ok=True)
    for name, extras in EXTRAS.items():
        target = folder / f"{name}.txt"
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "pyproject.toml"]
        command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
        command += [argument for extra in extras for argument in ("--extra", extra)]
        if name != "test":
            command += ["--constraint", "requirements/test.txt"]
        elif upgrade:
            command += ["--upgrade"]
        elif target.exists():
            # What is locked stays unless pyproject.toml forbids it.
            command += ["--constraint", "requirements/test.txt"]
        result = subprocess.run(  # noqa: S603  # uv with the arguments above
            command, cwd=ROOT, env=_index(), capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise LocalError(f"uv could not compile {name}.txt:\n{result.stderr}")
        # The comments name files and options of this run only.
        body = re.sub(r"(?m)^ +#.*\n", "", result.stdout)
        header = f"# Made by `make lock` from pyproject.toml.\n{MARK}{dependencies_digest()}\n"
        target.write_text(header + body, encoding="utf-8")


def _index() -> dict[str, str]:
    """uv does not read pip's configuration: hand it the index that pip would use."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],  # pip itself
        capture_output=True,
        text=True,
        check=False,
    )
    url = os.environ.get("PIP_INDEX_URL") or answer.stdout.strip()
    return os.environ | ({"UV_DEFAULT_INDEX": url} if url else {})
