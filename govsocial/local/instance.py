"""What the processes of the demo (or of a test run) find in their environment."""

from __future__ import annotations

import atexit
import json
import os
import random
import sys
from pathlib import Path

from . import keys
from .paths import LOCAL, LocalError
from .services import Addresses, Services
from .valkey import port_is_free

DEMO = LOCAL / "demo"
AGENCY = "Kota Samudra"
# Compiled modules are kept, whatever the caller's environment says: a run starts dozens of
# processes, and each would compile the whole application anew.
_KEPT = {"PYTHONDONTWRITEBYTECODE": ""}


def web_port() -> int:
    """The port that ``PORT`` asks for; raises ``LocalError`` where it is no port."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def training_port(home: Path = DEMO) -> int:
    """The training platforms' port: stable, because official accounts keep their address."""
    path = home / "training.json"
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["port"])
    except (OSError, ValueError, KeyError):
        return move_training(home)


def move_training(home: Path = DEMO) -> int:
    """Choose another port for the training platforms and remember it."""
    # Below the range from which the system hands out ports for outgoing connections.
    port = next(p for p in random.sample(range(20000, 32000), 200) if port_is_free(p))
    home.mkdir(parents=True, exist_ok=True)
    (home / "training.json").write_text(json.dumps({"port": port}), encoding="utf-8")
    return port


def training_environment(port: int) -> dict[str, str]:
    """What makes an instance one of training, against the platforms on ``port``."""
    return {
        "TRAINING": "1",
        "TRAINING_URL": f"http://127.0.0.1:{port}",
        "PLATFORM_PRIVATE_HOSTS": f"127.0.0.1:{port}",
    }


def demo_environment(addresses: Addresses, home: Path = DEMO) -> dict[str, str]:
    """The demo's settings as variables; what the caller's environment sets wins."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.dev",
        "AGENCY_NAME": AGENCY,
        **training_environment(training_port(home)),
        "SITE_URL": f"http://127.0.0.1:{web_port()}",
        "TRAINING_STATE": str(home / "training"),
        "MEDIA_ROOT": str(home / "media"),
        **keys.load(home / "secrets.env"),
    }
    return environment | dict(os.environ) | _KEPT | addresses.environment()


def test_environment(addresses: Addresses) -> dict[str, str]:
    """A test run's variables. Runs beside one another each get databases of their own."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.test",
        "TEST_DATABASE": f"test_govsocial_{os.getpid()}",
    }
    return environment | dict(os.environ) | _KEPT | addresses.environment()


def attach_this_process(name: str) -> None:
    """Use the embedded servers from this process until it ends, through ``os.environ``."""
    services = Services.named(name)
    try:
        addresses = services.attach()
    except LocalError as exc:
        sys.exit(str(exc))
    atexit.register(services.detach)
    make = demo_environment if name == "demo" else test_environment
    os.environ.update(make(addresses))
