"""Operations of migrations that change no column: their models are not built anew.

After each operation Django builds the classes of a model and of all its neighbours again. For a
trigger, an index or a constraint nothing of a class changes that a later operation reads: each of
these finds what it names in the state itself. With hundreds of them most of the time of
``migrate`` was spent so. What ``makemigrations`` writes instead does the same, more slowly.
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
