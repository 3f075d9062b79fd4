"""The training agency has something of everything, once."""

from __future__ import annotations

from accounts import demo_care
from accounts.models import Administrator, Attestation, Finding, Handover, OfficialAccount
from accounts.selectors_attestation import attestation_state
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast


def test_the_demo_is_seeded_once_with_some_of_each(cast: Cast) -> None:
    for unit in [cast.diskominfo] * 4:
        factories.official_account(unit)
    demo_care.seed(cast.bayu)
    entries = Entry.objects.count()
    demo_care.seed(cast.bayu)
    assert Entry.objects.count() == entries
    states = attestation_state(OfficialAccount.objects.all())
    assert sorted(one.attestation_state for one in states) == [  # type: ignore[attr-defined]  # annotated
        "confirmed",
        "confirmed",
        "finding",
        "overdue",
    ]
    assert (Attestation.objects.count(), Finding.objects.count()) == (3, 1)
    handover = Handover.objects.get()
    assert (handover.state, handover.items.filter(state="done").count()) == ("started", 3)
    assert Administrator.objects.count() == 8, "two on each account"
