"""The secrets of a local instance: made up on its first start, kept readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

MAKERS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "CREDENTIAL_KEYS": lambda: f"1:{Fernet.generate_key().decode()}",
    "TRAINING_CONTROL_TOKEN": lambda: secrets.token_urlsafe(24),
}


def load(path: Path) -> dict[str, str]:
    """Read the file of ``NAME=value`` lines, adding whatever secret it lacks."""
    found: dict[str, str] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            name, separator, value = line.partition("=")
            if separator:
                found[name] = value
    missing = MAKERS.keys() - found.keys()
    if missing:
        found |= {name: MAKERS[name]() for name in sorted(missing)}
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in found.items())
        fresh.replace(path)
    return found
