"""What plans write to the trail: campaigns, their spending, ideas."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from content.campaign_fields import IDEA_LABELS, LABELS, in_words
from content.models.campaign import Goal, SpendingKind
from govsocial.audit.events import event

CAMPAIGN_PLANNED = event(
    "content.campaign.planned",
    "starts_on",
    "ends_on",
    "budget",
    label=_("Campaign planned"),
    sentence=_("%(actor)s planned the campaign %(target)s."),
)
CAMPAIGN_CHANGED = event(
    "content.campaign.changed",
    "changed",
    "before",
    "after",
    label=_("Campaign changed"),
    sentence=_("%(actor)s changed the campaign %(target)s: %(changed)s."),
    words={"changed": LABELS},
    kept_words=in_words,
)
CAMPAIGN_STARTED = event(
    "content.campaign.started",
    label=_("Campaign started"),
    sentence=_("%(actor)s started the campaign %(target)s."),
)
CAMPAIGN_CLOSED = event(
    "content.campaign.closed",
    "posts",
    "spent",
    label=_("Campaign closed"),
    sentence=_(
        "%(actor)s closed the campaign %(target)s: %(posts)s posts, Rp%(spent)s spent, and wrote "
        "down the conclusion."
    ),
    amounts=("spent",),
    cents=False,
)
CAMPAIGN_REOPENED = event(
    "content.campaign.reopened",
    "reason",
    label=_("Campaign opened again"),
    sentence=_("%(actor)s opened the campaign %(target)s again: %(reason)s"),
)
TOOL_ADDED = event(
    "content.campaign.tool_added",
    "tool",
    "goal",
    "topics",
    label=_("Line added to a plan"),
    sentence=_("%(actor)s planned %(tool)s for %(target)s (%(goal)s): %(topics)s"),
    words={"goal": {goal.value: goal.label for goal in Goal}},
)
TOOL_REMOVED = event(
    "content.campaign.tool_removed",
    "tool",
    "goal",
    "topics",
    label=_("Line of a plan taken away"),
    sentence=_("%(actor)s took %(tool)s out of the plan of %(target)s (%(goal)s): %(topics)s"),
    words={"goal": {goal.value: goal.label for goal in Goal}},
)
SPENDING_RECORDED = event(
    "content.campaign.spending_recorded",
    "kind",
    "amount",
    "payee",
    "spent_on",
    "reference",
    label=_("Spending recorded"),
    sentence=_(
        "%(actor)s recorded Rp%(amount)s for %(target)s, paid to %(payee)s (%(kind)s). Proof: "
        "%(reference)s"
    ),
    words={"kind": dict(SpendingKind.choices)},
    amounts=("amount",),
    cents=False,
)
SPENDING_REVERSED = event(
    "content.campaign.spending_reversed",
    "kind",
    "amount",
    "payee",
    "reason",
    label=_("Spending reversed"),
    sentence=_(
        "%(actor)s reversed Rp%(amount)s of %(target)s, paid to %(payee)s (%(kind)s): %(reason)s"
    ),
    words={"kind": dict(SpendingKind.choices)},
    amounts=("amount",),
    cents=False,
)
CAMPAIGNS_EXPORTED = event(
    "content.campaign.exported",
    "rows",
    "filters",
    label=_("List of campaigns exported"),
    sentence=_("%(actor)s exported a list of %(rows)s campaigns."),
)
SPENDING_EXPORTED = event(
    "content.spending.exported",
    "rows",
    "filters",
    label=_("List of spending exported"),
    sentence=_("%(actor)s exported a list of %(rows)s lines of spending."),
)
POST_PLACED = event(
    "content.post.placed",
    "campaign",
    label=_("Post placed in a campaign"),
    sentence=_("%(actor)s placed %(target)s in the campaign %(campaign)s."),
)
POST_TAKEN_OUT = event(
    "content.post.taken_out",
    "campaign",
    label=_("Post taken out of a campaign"),
    sentence=_("%(actor)s took %(target)s out of the campaign %(campaign)s."),
)
IDEA_ADDED = event(
    "content.idea.added",
    "source",
    label=_("Idea added"),
    sentence=_("%(actor)s had the idea %(target)s."),
)
IDEA_CHANGED = event(
    "content.idea.changed",
    "edition",
    "changed",
    "before",
    "after",
    label=_("Idea changed"),
    sentence=_("%(actor)s changed the idea %(target)s: %(changed)s."),
    words={"changed": IDEA_LABELS},
    kept_words=in_words,
)
IDEA_FOUND_USEFUL = event(
    "content.idea.found_useful",
    label=_("Idea found useful"),
    sentence=_("%(actor)s finds the idea %(target)s useful."),
)
IDEA_VOTE_TAKEN_BACK = event(
    "content.idea.vote_taken_back",
    label=_("Vote for an idea taken back"),
    sentence=_("%(actor)s took back the vote for the idea %(target)s."),
)
IDEA_WRITTEN = event(
    "content.idea.written",
    "post",
    label=_("Post begun from an idea"),
    sentence=_("%(actor)s began the post “%(post)s” from the idea %(target)s."),
)
IDEA_DROPPED = event(
    "content.idea.dropped",
    "reason",
    label=_("Idea dropped"),
    sentence=_("%(actor)s dropped the idea %(target)s: %(reason)s"),
)
IDEA_REOPENED = event(
    "content.idea.reopened",
    label=_("Idea picked up again"),
    sentence=_("%(actor)s picked the idea %(target)s up again."),
)
IDEAS_EXPORTED = event(
    "content.idea.exported",
    "rows",
    "filters",
    label=_("List of ideas exported"),
    sentence=_("%(actor)s exported a list of %(rows)s ideas."),
)
PLAN_DONE_EXPORTED = event(
    "content.plan.exported",
    "rows",
    "filters",
    label=_("Plan and outcome exported"),
    sentence=_("%(actor)s exported what was planned and what went out, %(rows)s rows."),
)
