"""The public register. Open to everybody: it exists to be seen. See ``accounts.public``."""

from __future__ import annotations

import io
import json
import re

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models.kinds import OfficialPlatform
from accounts.public import caching, check_page, checking, machine
from accounts.public.directory import Listing, Wanted
from accounts.public.frame import public_address, render, with_language
from accounts.public.register import Seen, register
from accounts.public.snapshot import PublicAccount
from govsocial.web.permissions import public

CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, X-Register-State",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}


@public
@require_safe
def register_list(request: HttpRequest) -> HttpResponse:
    """The official accounts, by unit and platform."""
    seen = register.now()
    wanted = Wanted.read(request.GET.dict(), seen.snapshot)
    return caching.answer(request, seen, ("list", wanted), lambda: _list_page(seen, wanted))


def _list_page(seen: Seen, wanted: Wanted) -> caching.Page:
    path, listing = reverse("official:register_list"), Listing(seen.snapshot, wanted)

    def page(number: int) -> str:
        return with_language(path, {**wanted.query, "page": str(number)})

    context = {
        "listing": listing,
        "wanted": wanted,
        "longest": checking.LONGEST_ASKED,
        "total": len(listing.matching),
        "filtered": any(wanted.query.values()),
        "all_url": with_language(path),
        "previous_url": page(listing.number - 1) if listing.number > 1 else "",
        "next_url": page(listing.number + 1) if listing.number < listing.pages else "",
    }
    query = {**wanted.query, "page": str(listing.number) if listing.number > 1 else ""}
    text = render("public/register_list.html", context, path, query=query, seen=seen, indexed=True)
    return caching.page_of(text, common=not wanted.words)


@public
@require_safe
def account_check(request: HttpRequest) -> HttpResponse:
    """Is this account official? Answers from what was pasted, and from nothing else."""
    seen, asked = register.now(), request.GET.get("platform", "")
    platform = asked if asked and asked in OfficialPlatform.values else ""
    question = checking.read(request.GET.get("q", ""), platform)
    empty = "q" in request.GET and not question.again
    doubted = platform != asked

    def make() -> caching.Page:
        result = checking.answer(seen.snapshot, question)
        return _check_page(seen, result, platform, {"empty": empty, "doubted": doubted})

    return caching.answer(request, seen, ("check", question, platform, empty, doubted), make)


def _check_page(
    seen: Seen, result: checking.Result, platform: str, told: dict[str, bool]
) -> caching.Page:
    question, path = result.question, reverse("official:account_check")
    answers = check_page.shown(result)
    context = {
        **told,
        "result": result,
        "answers": answers,
        "summary": check_page.summed_up(answers),
        "asked": question.again,
        "platform": platform,
        "longest": checking.LONGEST_ASKED,
        "platforms": [(value, str(label)) for value, label in OfficialPlatform.choices],
    }
    query = {"q": question.again, "platform": platform}
    text = render("public/account_check.html", context, path, query=query, seen=seen)
    common = result.is_about_known or not question.again
    return caching.page_of(text, status=422 if told["empty"] else 200, common=common)


def _account(seen: Seen, code: str) -> PublicAccount:
    found = seen.snapshot.account(code)
    if found is None:
        raise Http404
    return found


@public
@require_safe
def account_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One official account. Its code outlives its handle: it stands on paper."""
    return _account_page(request, code, "account_detail", "public/account_detail.html")


@public
@require_safe
def account_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The same to print and put up: A4, or A6 with ``?size=a6``. Only of an account in use:
    paper goes on saying "official" wherever it hangs."""
    if not _account(register.now(), code).is_active:
        raise Http404
    size = "a6" if request.GET.get("size") == "a6" else "a4"
    return _account_page(request, code, "account_sheet", "public/account_sheet.html", size)


def _account_page(
    request: HttpRequest, code: str, view: str, template: str, size: str = ""
) -> HttpResponse:
    seen, path = register.now(), reverse(f"official:{view}", args=[code])
    account = _account(seen, code)
    address = public_address(reverse("official:account_detail", args=[code]))
    # Broken only after a stroke: a code that is copied from paper must stay in one piece.
    parts = re.findall(r"[^/]+/*", address)
    context = {"account": account, "address": address, "address_parts": parts, "size": size}
    query = {"size": size if size == "a6" else ""}

    def make() -> caching.Page:
        detail = view == "account_detail"
        return caching.page_of(
            render(template, context, path, query=query, seen=seen, indexed=detail)
        )

    return caching.answer(request, seen, (view, code, size), make)


@public
@require_safe
def account_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The address of the account's page as a QR code, in SVG."""
    seen = register.now()
    _account(seen, code)

    def make() -> caching.Page:
        drawn = io.BytesIO()
        address = public_address(reverse("official:account_detail", args=[code]))
        # Without "omitsize" a browser could not scale it to the paper.
        segno.make(address, error="m", micro=False).save(
            drawn, kind="svg", border=4, light="#fff", omitsize=True, svgclass=None, lineclass=None
        )
        return caching.page_of(drawn.getvalue(), content_type="image/svg+xml")

    return caching.answer(request, seen, ("qr", code), make)


@public
@require_safe
def register_json(request: HttpRequest) -> HttpResponse:
    """The register for machines: ETag, Last-Modified, and any website may read it."""
    seen = register.now()
    state = "stale" if seen.stale else "current"

    def make() -> caching.Page:
        return caching.page_of(
            machine.document(seen.snapshot),
            content_type="application/json",
            changed_at=seen.snapshot.changed_at,
            headers={**CROSS_ORIGIN, "X-Register-State": state},
        )

    return caching.answer(request, seen, "json", make)


@public
@require_safe
def register_schema(request: HttpRequest) -> HttpResponse:
    """What stands in official.json, as a JSON Schema."""

    def make() -> caching.Page:
        text = json.dumps(machine.schema(), indent=1)
        return caching.page_of(text, content_type="application/schema+json", headers=CROSS_ORIGIN)

    return caching.answer(request, register.now(), "schema", make)
