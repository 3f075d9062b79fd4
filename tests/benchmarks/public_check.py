"""How many people can ask at once whether an account is official.

    .venv/bin/python -m tests.benchmarks.public_check [seconds] [connections]

Starts a database of its own with 5,000 official accounts, gunicorn as the image for production
starts it (2 workers, 8 threads, ``govsocial.settings.prod``), and wrk (Debian: ``apt-get install
wrk``) beside it on the same processors. Each request comes from another address, as a proxy would
say it. Three runs: the check of 200 different accounts, the list, and official.json with the ETag
that the client has. Bar: 500 requests a second, 99 of 100 within 50 ms, on 2 processors.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cryptography.fernet import Fernet

from govsocial.local.services import Addresses, Services

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = 8193
ACCOUNTS = 5_000
LONGEST_SECONDS = 60
BAR = (500.0, 50.0)

SEED = f"""
import django; django.setup()
from django.utils import timezone
from accounts.models import OfficialAccount, Unit, User
city = Unit.objects.create(name="Pemerintah Kota Samudra")
units = [Unit.objects.create(name=f"Dinas {{n}}", parent=city) for n in range(40)]
system = User.objects.system()
kinds = ["instagram", "facebook", "x", "youtube", "tiktok"]
OfficialAccount.objects.bulk_create(
    OfficialAccount(
        unit=units[n % 40], platform=kinds[n % 5], handle=f"samudra.dinas{{n // 5}}",
        display_name=f"Dinas Samudra {{n // 5}}", status="active", registered_by=system,
    )
    for n in range({ACCOUNTS})
)
"""

HEADERS = """
wrk.headers["X-Forwarded-Proto"] = "https"
wrk.headers["Accept-Encoding"] = "gzip"
math.randomseed(os.time())
local function somebody()
  wrk.headers["X-Forwarded-For"] = string.format("36.%d.%d.%d",
    math.random(0, 255), math.random(0, 255), math.random(1, 254))
end
"""
RUNS = {
    "check": HEADERS
    + """
function request()
  somebody()
  local number = math.random(0, 199)
  return wrk.format("GET", "/official/check/?q=https%3A%2F%2Fwww.instagram.com%2Fsamudra.dinas"
    .. number .. "%2F%3Figsh%3D" .. math.random(1, 1000000))
end
""",
    "list": HEADERS
    + """
function request()
  somebody()
  return wrk.format("GET", "/official/?page=" .. math.random(1, 100))
end
""",
    "official.json": HEADERS
    + """
wrk.headers["If-None-Match"] = '%s'
function request()
  somebody()
  return wrk.format("GET", "/official/official.json")
end
""",
}


def environment(addresses: Addresses, home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **addresses.environment(),
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIAL_KEYS": f"1:{Fernet.generate_key().decode()}",
        "SITE_URL": "https://samudrakota.example",
        "ALLOWED_HOSTS": "127.0.0.1",
        "AGENCY_NAME": "Kota Samudra",
        "MEDIA_ROOT": str(home / "media"),
        "EMAIL_HOST": "localhost",
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "WARNING",
    }


def run(command: list[str], env: dict[str, str]) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True)


def ask(path: str) -> tuple[int, str]:
    """Status and ETag of a page, asked as the proxy in front would."""
    headers = {"X-Forwarded-Proto": "https", "Accept-Encoding": "gzip"}
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  # loopback
        return response.status, response.headers["ETag"]


def wait_until_it_answers(within: float = 30) -> None:
    end = time.monotonic() + within
    while True:
        try:
            ask("/official/")
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def measure(name: str, script: str, seconds: int, connections: int, home: Path) -> bool:
    path = home / f"{name}.lua"
    path.write_text(script, encoding="utf-8")
    address = f"http://127.0.0.1:{PORT}"

    def command(connections: int, seconds: int) -> list[str]:
        told = ["--latency", "-s", str(path), address]
        return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *told]

    # The first seconds fill the caches of both workers: so many connections lie on each of them.
    subprocess.run(command(64, 4), check=True, capture_output=True, timeout=60)
    told = subprocess.run(
        command(connections, seconds),
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + 60,
    ).stdout
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0])
    value, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", told)[0]
    p99 = float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
    failed = re.findall(r"(Non-2xx or 3xx responses|Socket errors): (.+)", told)
    good = rate >= BAR[0] and p99 <= BAR[1] and not failed
    sys.stdout.write(
        f"{name:14} {rate:8.0f} requests/s   p99 {p99:6.1f} ms   {failed or ''} "
        f"{'reached' if good else 'NOT REACHED'}\n"
    )
    return good


def main() -> int:
    if shutil.which("wrk") is None:
        sys.stderr.write("wrk is missing: apt-get install wrk\n")
        return 2
    seconds = min(int(sys.argv[1]) if len(sys.argv) > 1 else 10, LONGEST_SECONDS)
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    home = Path(tempfile.mkdtemp(prefix="govsocial-public-"))
    try:
        with Services(home / "services", fast=True) as addresses:
            env = environment(addresses, home)
            run(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], env)
            run(["manage.py", "migrate", "--no-input", "--verbosity", "0"], env)
            run(["-c", SEED], env)
            server = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "govsocial.wsgi", "--bind",
                    f"127.0.0.1:{PORT}", "--workers", "2", "--threads", "8", "--reuse-port",
                    "--access-logfile", "/dev/null",
                ],
                cwd=ROOT,
                env=env,
            )  # fmt: skip
            try:
                wait_until_it_answers()
                _status, etag = ask("/official/official.json")
                results = [
                    measure(name, script.replace("'%s'", f"'{etag}'"), seconds, connections, home)
                    for name, script in RUNS.items()
                ]
            finally:
                server.terminate()
                server.wait(timeout=20)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
