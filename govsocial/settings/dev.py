"""Development and the training demo: debug off unless asked for, so that error pages are real."""

from __future__ import annotations

from . import env
from .base import *  # noqa: F403  # settings modules build on one another

DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
