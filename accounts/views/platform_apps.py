from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.actions.guards import require_whole_agency
from accounts.forms_platforms import PlatformAppForm
from accounts.models import PlatformApp
from accounts.platform_guides import Guide, given_apps, guide_to, overview
from accounts.redirects import redirect_uri
from accounts.requests import attempt, person
from govsocial.web.forms import ReasonForm
from govsocial.web.lists import page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_safe
@requires("accounts.manage")
def platform_app_list(request: HttpRequest) -> HttpResponse:
    require_whole_agency(person(request))
    context = {
        "platforms": overview(),
        "page": page_of(given_apps(), request),
        "may_manage_people": person(request).holds("people.manage"),
    }
    return render(request, "accounts/platform_app_list.html", context)


@sensitive_post_parameters("client_secret")
@require_form
@requires("accounts.manage")
def platform_app_edit(request: HttpRequest, platform: str) -> HttpResponse:
    guide = _guide(request, platform)
    form = PlatformAppForm(
        request.POST or None,
        initial={"client_id": guide.client_id, "owner": guide.owner, "seen": guide.mark},
        is_configured=guide.is_configured,
        asks_owner=guide.asks_owner,
    )
    saved = attempt(
        form,
        lambda: actions.set_platform_app(
            actor=person(request), platform=platform, **form.cleaned_data
        ),
    )
    if saved is None:
        context = {"form": form, "guide": guide, "redirect_uri": redirect_uri()}
        status = 422 if form.errors else 200
        return render(request, "accounts/platform_app_form.html", context, status=status)
    messages.success(request, _("The application at %(platform)s is saved.") % {"platform": saved})
    return redirect("people:platform_app_list")


@require_form
@requires("accounts.manage")
def platform_app_remove(request: HttpRequest, platform: str) -> HttpResponse:
    guide, form = _guide(request, platform), ReasonForm(request.POST or None)
    removed = attempt(
        form,
        lambda: actions.remove_platform_app(
            actor=person(request), platform=platform, **form.cleaned_data
        ),
    )
    if removed is None:
        context = {"form": form, "guide": guide}
        status = 422 if form.errors else 200
        return render(request, "accounts/platform_app_remove.html", context, status=status)
    messages.success(
        request, _("The application at %(platform)s is removed.") % {"platform": removed}
    )
    return redirect("people:platform_app_list")


@require_form
@requires("accounts.manage")
def platform_app_renew(request: HttpRequest, platform_app_id: int) -> HttpResponse:
    require_whole_agency(person(request))
    app = get_object_or_404(given_apps(), pk=platform_app_id)
    told = {"server": app.host}
    if not app.is_current:
        already = _("The next consent at %(server)s registers the application anew already.")
        messages.info(request, already % told)
        return redirect("people:platform_app_list")
    form = ReasonForm(request.POST or None)
    marked = attempt(form, lambda: _mark(request, app, form))
    if marked is None:
        context = {"form": form, "app": app}
        status = 422 if form.errors else 200
        return render(request, "accounts/platform_app_renew.html", context, status=status)
    messages.success(
        request, _("The next consent at %(server)s registers the application anew.") % told
    )
    return redirect("people:platform_app_list")


def _mark(request: HttpRequest, app: PlatformApp, form: ReasonForm) -> PlatformApp:
    actor = person(request)
    return actions.register_app_anew(actor=actor, platform_app_id=app.pk, **form.cleaned_data)


def _guide(request: HttpRequest, platform: str) -> Guide:
    """What the page tells about a platform, for administrators of the whole agency; or 404."""
    guide = guide_to(platform)
    if guide is None:
        raise Http404
    require_whole_agency(person(request))
    return guide
