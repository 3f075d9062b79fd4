from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from content.errors import ContentError
from content.events.lists import VIEW_CHANGED, VIEW_REMOVED, VIEW_SAVED
from content.models import SavedView
from govsocial.audit.actions import record

# As many as one can still choose from, in each list.
MOST_VIEWS = 20


@transaction.atomic
def save_view(*, actor: User, place: str, name: str, query: str, is_default: bool) -> SavedView:
    """Keep filters and sort of a list under a name of one's own. ``query`` is as
    ``content.saved_views.cleaned`` gives it. Raises ``ContentError``."""
    _lock(actor)
    mine = SavedView.objects.filter(user=actor, place=place)
    if mine.count() >= MOST_VIEWS:
        raise ContentError(
            _("You have %(most)s views of this list. Remove one first.") % {"most": MOST_VIEWS}
        )
    _refuse_twice(actor, place, name)
    if is_default:
        mine.filter(is_default=True).update(is_default=False)
    view = SavedView.objects.create(
        user=actor, place=place, name=name, query=query, is_default=is_default
    )
    record(VIEW_SAVED, actor=actor, target=view, place=place, is_default=is_default)
    return view


@transaction.atomic
def change_view(*, actor: User, view_id: int, name: str, is_default: bool) -> SavedView:
    """Call a view otherwise, and have its list open with it or not. Raises ``ContentError``."""
    _lock(actor)
    view = _mine(actor, view_id)
    before = view.name
    if (name, is_default) == (before, view.is_default):
        return view
    _refuse_twice(actor, view.place, name, but=view)
    if is_default:
        others = SavedView.objects.filter(user=actor, place=view.place, is_default=True)
        others.exclude(pk=view.pk).update(is_default=False)
    view.name, view.is_default = name, is_default
    view.save(update_fields=["name", "is_default"])
    record(
        VIEW_CHANGED,
        actor=actor,
        target=view,
        place=view.place,
        before=before,
        is_default=is_default,
    )
    return view


@transaction.atomic
def remove_view(*, actor: User, view_id: int) -> None:
    """Forget a view. What it showed stays where it is."""
    _lock(actor)
    view = _mine(actor, view_id)
    record(VIEW_REMOVED, actor=actor, target=view, place=view.place)
    view.delete()


def _lock(actor: User) -> None:
    """Refuse who sees no posts now, and let nobody save two by the same name at once."""
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if not actor.may_on_any("content.view", actor.reach_now()):
        raise PermissionDenied


def _mine(actor: User, view_id: int) -> SavedView:
    view = SavedView.objects.filter(user=actor, pk=view_id).first()
    if view is None:
        raise ContentError(_("This view was removed meanwhile."))
    return view


def _refuse_twice(actor: User, place: str, name: str, but: SavedView | None = None) -> None:
    same = SavedView.objects.filter(user=actor, place=place, name__iexact=name)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise ContentError(
            _("You have a view of this name already. Choose another name."), field="name"
        )
