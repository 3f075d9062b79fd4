"""The test suite: real PostgreSQL and Valkey, quick password hashes, nothing else different."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

os.environ.setdefault("SECRET_KEY", "a key for tests only, never used elsewhere 0123456789")
os.environ.setdefault("CREDENTIAL_KEYS", f"1:{Fernet.generate_key().decode()}")
os.environ.setdefault("DATABASE_URL", "postgresql:///govsocial")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")

from .base import *  # noqa: F403  # reads the environment set above

DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
# Platforms that fetch pictures can reach it, as far as its form tells.
SITE_URL = "https://samudrakota.example"
AGENCY_NAME = "Kota Samudra"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Of this process alone, and gone with it. Made by the first picture: type checkers, which read
# these settings too, leave without a word.
MEDIA_ROOT = Path(tempfile.gettempdir(), f"govsocial-test-{secrets.token_hex(8)}")
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# What one process of the tests used up is no business of another, nor of the next run.
BUDGET_PREFIX = f"test:{secrets.token_hex(8)}"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
