"""Operations of migrations after which no more classes are built anew than have to be.

After each operation Django builds the classes of a model and of all its neighbours again. For a
trigger, an index or a constraint nothing of a class changes that a later operation reads: each of
these finds what it names in the state itself. For a new table or column only its own class does.
With hundreds of them most of the time of ``migrate`` was spent so. What ``makemigrations`` writes
instead does the same, more slowly.
"""

from __future__ import annotations

from typing import Any

import pgtrigger.migrations
from django.contrib.postgres import operations
from django.db import migrations
from django.db.migrations.state import ProjectState


class _BuildsNothing:
    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # A state without classes has none to build again.
        built: Any = state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)  # type: ignore[misc]  # of the operation
        if built is not None:
            state.__dict__["apps"] = built


class _BuildsItsOwn(_BuildsNothing):
    """Neighbours go on naming the class of before: its table and its key are the same. Steps that
    run Python do not get these: Django builds all classes anew for them where it was put off."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        super().state_forwards(app_label, state)
        if "apps" in state.__dict__:
            name = getattr(self, "model_name_lower", None) or self.name_lower  # type: ignore[attr-defined]  # of the operation
            state.is_delayed = True
            state._reload({(app_label, name)})  # type: ignore[attr-defined]  # private


class CreateModel(_BuildsItsOwn, migrations.CreateModel):
    pass


class AddField(_BuildsItsOwn, migrations.AddField):
    pass


class RemoveField(_BuildsItsOwn, migrations.RemoveField):
    pass


class AddTrigger(_BuildsNothing, pgtrigger.migrations.AddTrigger):
    pass


class RemoveTrigger(_BuildsNothing, pgtrigger.migrations.RemoveTrigger):
    pass


class AddConstraint(_BuildsNothing, migrations.AddConstraint):
    pass


class AddConstraintNotValid(_BuildsNothing, operations.AddConstraintNotValid):
    pass


class RemoveConstraint(_BuildsNothing, migrations.RemoveConstraint):
    pass


class AddIndex(_BuildsNothing, migrations.AddIndex):
    pass
