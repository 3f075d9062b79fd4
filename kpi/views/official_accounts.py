from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import OfficialAccount
from accounts.requests import person
from govsocial.web import charts
from govsocial.web.htmx import page_or_fragment, wants_fragment
from govsocial.web.lists import back_to_list, chips, csv_response, page_of, sorted_by
from govsocial.web.permissions import requires
from kpi import actions, indicators, pages, pictures, selectors
from kpi.filters import AccountFilter, PostFilter

# A row has seven cells, most of them with words or a mark of their own.
WIDE_ROWS = 30


def visible_account(request: HttpRequest, official_account_id: int) -> OfficialAccount:
    """The account, or 404 for strangers."""
    accounts = selectors.accounts_visible_to(person(request))
    return get_object_or_404(accounts, pk=official_account_id)


def _filters(request: HttpRequest) -> AccountFilter:
    user = person(request)
    accounts = selectors.measured(selectors.accounts_visible_to(user))
    return AccountFilter(request.GET, queryset=accounts, user=user)


@require_safe
@requires("kpi.view")
@vary_on_headers("HX-Request")
def account_list(request: HttpRequest) -> HttpResponse:
    user, filters = person(request), _filters(request)
    rows = pages.account_rows(list(filters.qs), request.GET.get("sort", "name"))
    context = {
        "by_hand": selectors.kept_by_hand(selectors.accounts_visible_to(user)).count(),
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(rows, request, size=WIDE_ROWS),
        "summary": pages.list_summary(rows),
    }
    return render(request, page_or_fragment(request, "kpi/account_list.html"), context)


@require_safe
@requires("kpi.view")
def account_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered and sorted, as CSV."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "kpi:account_list")
    rows = pages.account_rows(list(filters.qs), request.GET.get("sort", "name"))
    actions.record_accounts_export(actor=person(request), rows=len(rows))
    header = [
        _("Display name"), _("Handle"), _("Platform"), _("Unit"), _("Followers"),
        _("Change of followers"), _("Engagements"), _("Posts"), _("Outside the workflow"),
        _("Days collected"), _("Days whose posts are known"), _("Days"),
    ]  # fmt: skip
    return csv_response(_("kpi-accounts"), header, _account_rows(rows))


def _account_rows(rows: list[pages.AccountRow]) -> Iterator[list[object]]:
    for row in rows:
        account, totals = row.account, row.totals
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.unit.name,
            totals.followers_end,
            totals.followers_change,
            totals.engagements,
            totals.posts,
            row.totals.outside,
            totals.collected,
            totals.posts_days,
            totals.days,
        ]


@require_safe
@requires("kpi.view")
@vary_on_headers("HX-Request")
def account_detail(request: HttpRequest, official_account_id: int) -> HttpResponse:
    account = visible_account(request, official_account_id)
    period = pages.period_of(account, request.GET)
    filters = post_filters(request, account)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(sorted_by(filters.qs, request, pages.POST_SORTS, "-posted"), request),
    }
    context |= {"official_account": account, "period": period}
    if wants_fragment(request):
        return render(request, "kpi/_posts.html", context)
    return render(request, "kpi/account_detail.html", context | pages.account_page(account, period))


def post_filters(request: HttpRequest, account: OfficialAccount) -> PostFilter:
    period = pages.period_of(account, request.GET)
    posts = selectors.posts_visible_to(person(request)).filter(
        official_account=account, posted_on__range=(period.first, period.last)
    )
    return PostFilter(request.GET, queryset=selectors.with_origin(posts))


@require_safe
@requires("kpi.view")
def account_chart(request: HttpRequest, official_account_id: int, name: str) -> HttpResponse:
    account = visible_account(request, official_account_id)
    make = pictures.ACCOUNT_CHARTS.get(name)
    if make is None:
        raise Http404
    return charts.respond(request, make(account, pages.period_of(account, request.GET)))


@require_safe
@requires("kpi.view")
def account_collection(request: HttpRequest, official_account_id: int) -> HttpResponse:
    """Every pull of the account, also those that failed."""
    account = visible_account(request, official_account_id)
    context = {
        "official_account": account,
        "state": pages.state_of(account),
        "freshness": pages.freshness_of(account),
        "page": page_of(selectors.runs_of(account), request),
    }
    return render(request, "kpi/account_collection.html", context)


@require_safe
@requires("kpi.view")
def indicator_detail(request: HttpRequest, key: str) -> HttpResponse:
    """How one indicator is worked out, beside all the others."""
    if key not in indicators.CATALOGUE:
        raise Http404
    context = {
        "indicator": indicators.CATALOGUE[key],
        "others": indicators.CATALOGUE.values(),
    }
    return render(request, "kpi/indicator_detail.html", context)
