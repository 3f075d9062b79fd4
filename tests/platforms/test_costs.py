"""What calls cost is named as the platform's Spec names it: a wrong name would stop the call."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from govsocial.platforms.budget import Unlimited
from govsocial.platforms.registry import spec
from tests.platforms.fakes import Server
from tests.platforms.fault_tools import Call, reads
from tests.platforms.stages import Stage, stages


@pytest.mark.parametrize("stage", stages(), ids=str)
def test_every_call_takes_from_quotas_that_the_platform_has(
    server: Server, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: dict[str, list[int]] = {}

    def take(self: Unlimited, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        for quota, cost in costs.items():
            taken.setdefault(quota, []).append(cost)

    monkeypatch.setattr(Unlimited, "take", take)
    calls = list(reads(stage))
    if stage.publish:
        calls.append(Call(stage, "publish", stage.publish))
    stage.good(server)
    for call in calls:
        before = sum(map(len, taken.values()))
        call.do(stage.client(server))
        counted = sum(map(len, taken.values())) > before
        assert counted == bool(spec(stage.name).quotas), f"{call.name} is counted nowhere"
    quotas = {quota.name: quota for quota in spec(stage.name).quotas}
    assert taken.keys() <= quotas.keys()
    assert bool(taken) == bool(quotas), "quotas that nothing is taken from count nothing"
    for name, costs in taken.items():
        assert all(0 < cost <= quotas[name].amount for cost in costs)


@pytest.mark.parametrize("stage", stages(), ids=str)
def test_quotas_are_sane_and_say_where_they_are_from(stage: Stage) -> None:
    quotas = spec(stage.name).quotas
    assert len({quota.name for quota in quotas}) == len(quotas)
    for quota in quotas:
        assert 0 <= quota.reserve < quota.amount
        assert quota.seconds > 0
        assert quota.source
        assert quota.amount <= 20_000, "each unit is an entry in Redis while its window lasts"
