"""Whether a client takes a compressed answer, by what it says and not by the word alone."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# RFC 9110, section 12.4.2. A weight of nought means "not this one".
_WEIGHT = re.compile(r"q=(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def takes_gzip(request: HttpRequest) -> bool:
    """Whether ``Accept-Encoding`` names gzip with a weight above nought.

    A weight that is none is not taken for a yes: every client can read the plain answer.
    """
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "").split(","):
        coding, semicolon, weight = (piece.strip() for piece in part.partition(";"))
        if coding.lower() == "gzip":
            return not semicolon or _is_above_nought(weight)
    return False


def _is_above_nought(weight: str) -> bool:
    return _WEIGHT.fullmatch(weight) is not None and float(weight[2:]) > 0


class CompressMiddleware(GZipMiddleware):
    """Django's own, which also compresses for clients that refuse it (``gzip;q=0``)."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if takes_gzip(request):
            compressed: HttpResponseBase = super().process_response(request, response)
            return compressed
        if not response.has_header("Content-Encoding"):
            patch_vary_headers(response, ("Accept-Encoding",))
        return response
