from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.db.models import Model

    _Base = admin.ModelAdmin[Model]
else:
    _Base = admin.ModelAdmin


class ViewOnlyAdmin(_Base):
    """A window on a model. Nobody adds, changes or deletes through it, whatever they may do.

    Django admin writes around actions, and so around the gate and the trail.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
