from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import person
from content.pages import comparing as comparing_pages
from content.selectors import posts as selectors
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
def post_compare(request: HttpRequest, post_id: int) -> HttpResponse:
    """Two versions side by side: those that the address names, else what the approver asks for."""
    post = get_object_or_404(selectors.posts_visible_to(person(request)), pk=post_id)
    context = comparing_pages.compare_page(post, request.GET)
    status = 422 if context["form"].errors else 200
    return render(request, "content/post_compare.html", context, status=status)
