"""Words come in as UTF-8, as our pages send them, whatever a request says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Of a content type, also as RFC 2231 writes it: charset*0*=utf-8''utf-7.
_CHARSET = re.compile(r";\s*charset[\s*\d]*=[^;]*", re.IGNORECASE)


def in_utf8(application: WSGIApplication) -> WSGIApplication:
    """``application`` without what clients say of their charset.

    Django reads forms in any codec of Python that a client names: one that fails is an error of the
    server before a view is asked ("rot13"), others make text that no database takes ("utf-7").
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "CONTENT_TYPE" in environ:
            environ["CONTENT_TYPE"] = _CHARSET.sub("", environ["CONTENT_TYPE"])
        return application(environ, start_response)

    return answer
