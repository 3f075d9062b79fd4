from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import person
from govsocial.web import charts
from govsocial.web.lists import back_to_list, csv_response, page_of, sorted_by
from govsocial.web.permissions import requires
from kpi import actions, figures, pages, pictures, selectors
from kpi.metrics import LABELS, POST_METRICS
from kpi.models import PlatformPost
from kpi.views.official_accounts import post_filters, visible_account


@require_safe
@requires("kpi.view")
def platform_post_export(request: HttpRequest, official_account_id: int) -> HttpResponseBase:
    """The posts of the period as filtered and sorted, as CSV."""
    account = visible_account(request, official_account_id)
    filters = post_filters(request, account)
    if not filters.is_valid():
        return back_to_list(request, "kpi:account_detail", account.pk)
    posts = sorted_by(filters.qs, request, pages.POST_SORTS, "-posted")
    actions.record_posts_export(actor=person(request), official_account=account, rows=posts.count())
    header = [
        _("Platform id"), _("Permalink"), _("Posted"), _("Kind"), _("Origin"), _("Text"),
        *(LABELS[name] for name in POST_METRICS), _("Captured"), _("Gone since"),
    ]  # fmt: skip
    rows = pages.post_rows(posts.iterator(chunk_size=500))
    return csv_response(_("platform-posts"), header, rows)


@require_safe
@requires("kpi.view")
def platform_post_detail(request: HttpRequest, platform_post_id: int) -> HttpResponse:
    post = _visible_post(request, platform_post_id)
    page = page_of(selectors.snapshots_of(post), request)
    latest = figures.latest_figures(post)
    context = {
        "platform_post": post,
        "page": page,
        "rows": pages.capture_rows(post, page, latest["metrics"]),
        "figures": latest,
    }
    return render(request, "kpi/platform_post_detail.html", context)


@require_safe
@requires("kpi.view")
def platform_post_chart(request: HttpRequest, platform_post_id: int) -> HttpResponse:
    post = _visible_post(request, platform_post_id)
    snapshots = list(selectors.snapshots_of(post)[:2000])
    return charts.respond(request, pictures.post_growth(post, snapshots))


def _visible_post(request: HttpRequest, platform_post_id: int) -> PlatformPost:
    posts = selectors.posts_visible_to(person(request))
    return get_object_or_404(posts, pk=platform_post_id)
