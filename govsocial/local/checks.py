"""Every static check, in the order in which a person wants to hear of it: ``make check``."""

from __future__ import annotations

import os
import subprocess
import sys

from cryptography.fernet import Fernet

from . import lock
from .paths import ROOT
from .services import Addresses, Services

LINT = {
    "ruff": ["ruff", "check", "."],
    "formatting": ["ruff", "format", "--check", "."],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
}
TYPES = {"types": ["mypy"]}


def lint() -> bool:
    """Style of code and templates."""
    return _all(LINT, {})


def types() -> bool:
    """``mypy --strict`` over everything."""
    return _all(TYPES, {})


def check() -> bool:
    """Everything but the tests; says each check's name and goes on past a failure."""
    good = [_requirements(), lint(), types(), _imports()]
    with Services.named("test") as addresses:
        development = addresses.environment() | {
            "DJANGO_SETTINGS_MODULE": "govsocial.settings.test"
        }
        good.append(
            _all({"migrations": ["django", "makemigrations", "--check", "--dry-run"]}, development)
        )
        good.append(
            _all(
                {"deployment": ["django", "check", "--deploy", "--fail-level", "WARNING"]},
                _production(addresses),
            )
        )
    return all(good)


def _production(addresses: Addresses) -> dict[str, str]:
    """Production settings with made-up values where an operator's would stand."""
    return addresses.environment() | {
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.prod",
        "SECRET_KEY": Fernet.generate_key().decode() + Fernet.generate_key().decode(),
        "CREDENTIAL_KEYS": f"1:{Fernet.generate_key().decode()}",
        "ALLOWED_HOSTS": "govsocial.example",
        "SITE_URL": "https://govsocial.example",
        "MEDIA_ROOT": str(ROOT / ".local" / "check-media"),
        "EMAIL_HOST": "mail.example",
    }


def _requirements() -> bool:
    outdated = lock.outdated()
    return _report("requirements", not outdated, f"run `make lock` for {', '.join(outdated)}")


def _imports() -> bool:
    # import-linter has no `python -m` form.
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return _report("import contracts", _run(["-c", program], {}))


def _all(commands: dict[str, list[str]], environment: dict[str, str]) -> bool:
    return all(
        [_report(name, _run(["-m", *command], environment)) for name, command in commands.items()]
    )


def _run(arguments: list[str], environment: dict[str, str]) -> bool:
    finished = subprocess.run(  # noqa: S603  # the project's own tools
        [sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, check=False
    )
    return finished.returncode == 0


def _report(name: str, good: bool, remedy: str = "see above") -> bool:
    sys.stdout.write(f"{name}: {'ok' if good else f'FAILED, {remedy}'}\n")
    sys.stdout.flush()
    return good
