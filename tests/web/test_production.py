"""What ``govsocial.settings.prod`` makes of requests, in a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from govsocial.local.paths import ROOT

HOST = "sosmed.samudrakota.example"
ASK = """
import json, sys, warnings
warnings.filterwarnings("ignore", message="No directory at")
import django
from django.conf import settings
# Files are not collected here, and error pages name some.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.core.files.storage.InMemoryStorage"
django.setup()
from django.core.management import call_command
from django.test import Client

call_command("check", deploy=True, fail_level="WARNING", stdout=sys.stderr)

def ask(host=settings.ALLOWED_HOSTS[0], **extra):
    client = Client(raise_request_exception=False)
    answer = client.post("/preferences/theme/", {"theme": "dark"}, headers={"host": host}, **extra)
    cookies = [cookie.OutputString() for cookie in answer.cookies.values()]
    return [answer.status_code, dict(answer.headers), cookies]

names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "DEBUG",
         "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH",
         "SESSION_COOKIE_AGE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY",
         "CSRF_COOKIE_SAMESITE", "CSRF_COOKIE_DOMAIN", "CSRF_COOKIE_PATH", "CSRF_TRUSTED_ORIGINS",
         "REQUIRE_MFA", "USE_X_FORWARDED_HOST")
print(json.dumps({
    "settings": {name: getattr(settings, name) for name in names},
    "plain": ask(),
    "forwarded": ask(HTTP_X_FORWARDED_PROTO="https"),
    "secure": ask(secure=True),
    "other host": ask(host="evil.example", secure=True),
}))
"""


def production(folder: Path, **environment: str) -> dict[str, Any]:
    """Answers of a fresh process with the settings of production and nothing of our own."""
    needed = {
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIAL_KEYS": f"1:{Fernet.generate_key().decode()}",
        "DATABASE_URL": "postgresql:///nothing",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "MEDIA_ROOT": str(folder),
        "EMAIL_HOST": "mail.samudrakota.example",
        "PATH": os.environ["PATH"],
    }
    ran = subprocess.run(
        [sys.executable, "-c", ASK],
        env=needed | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return production(tmp_path_factory.mktemp("media"))


def test_cookies_stay_on_this_host_on_https_and_away_from_scripts(direct: dict[str, Any]) -> None:
    settings = direct["settings"]
    for kind in ("SESSION", "CSRF"):
        # What the prefix __Host- asks for; without one of these a browser drops the cookie.
        assert settings[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert settings[f"{kind}_COOKIE_SECURE"] is True
        assert settings[f"{kind}_COOKIE_DOMAIN"] is None
        assert settings[f"{kind}_COOKIE_PATH"] == "/"
        assert settings[f"{kind}_COOKIE_HTTPONLY"] is True
        assert settings[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    assert settings["SESSION_COOKIE_AGE"] == 12 * 60 * 60
    (chosen,) = direct["secure"][2]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(chosen.split("; "))


def test_whoever_changes_something_needs_a_second_step(direct: dict[str, Any]) -> None:
    assert direct["settings"]["REQUIRE_MFA"] is True
    assert direct["settings"]["DEBUG"] is False


def test_plain_http_leads_to_https_and_https_stays(direct: dict[str, Any]) -> None:
    status, headers, cookies = direct["plain"]
    assert (status, cookies) == (301, [])
    assert headers["Location"] == f"https://{HOST}/preferences/theme/"
    status, headers, _ = direct["secure"]
    assert status == 302
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_host_that_is_not_ours_is_refused(direct: dict[str, Any]) -> None:
    assert direct["other host"][0] == 400
    assert direct["settings"]["USE_X_FORWARDED_HOST"] is False


def test_https_is_believed_from_a_proxy_only_where_there_is_one(
    direct: dict[str, Any], tmp_path: Path
) -> None:
    assert direct["forwarded"][0] == 301, "a stranger's header is no proof of TLS"
    behind = production(tmp_path, TRUSTED_PROXY_COUNT="1")
    assert behind["forwarded"][0] == 302
    assert behind["plain"][0] == 301
