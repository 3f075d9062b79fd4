"""Logs of requests without what opens something.

Codes of report pages, tokens of pictures, calendars and passwords stand in addresses, and platforms
send their codes in queries. Whoever may read the logs of a server must not be able to use them.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

# The segment that comes after one of these opens something.
_SECRET = re.compile(
    r"(/(?:official/report|content/fetched|content/calendar/feeds|auth/confirm-email|auth/password/reset/key)/)"
    r"([^/?\s]{8,})"
)
_QUERY = re.compile(r"\?[^\s\"]*")
HIDDEN = "…"


def without_secrets(address: str) -> str:
    """The address, or a line that has one in it, without its query and what opens something."""
    return _SECRET.sub(rf"\1{HIDDEN}", _QUERY.sub("?" + HIDDEN, address))


class AccessLogger(Logger):
    """Gunicorn's, which would write down whole addresses: name it as ``--logger-class``."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        for name in ("r", "U", "f"):
            found[name] = without_secrets(str(found.get(name) or "-"))
        found["q"] = HIDDEN if found.get("q") else ""
        return found


class OneLineRefusals(logging.Filter):
    """Who may not do something, or asks for what cannot be a request of a page of ours (thousands
    of fields), is told so, and the log in one line: it is no fault of ours that a traceback would
    help to find."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) in {400, 403}:
            record.exc_info = None
        return True


class HideSecrets(logging.Filter):
    """For Django's own lines of requests, such as "Not Found: /official/report/…/"."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_secrets(one) if isinstance(one, str) else one for one in record.args
            )
        return True
