"""What campaigns cost: lines are added and reversed, never changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content import gate
from content.actions.campaigns import lock_campaign, refuse_account_elsewhere, refuse_closed
from content.actions.drafting import lock_post
from content.errors import ContentError
from content.events.plan import SPENDING_RECORDED, SPENDING_REVERSED
from content.models import PaidLabel, Post, Spending
from content.models.campaign import LABELLED, MOST_RUPIAH, REVERSED_ONCE, Campaign
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

ON_ITS_WAY = (Post.Status.SUBMITTED, Post.Status.APPROVED, Post.Status.SCHEDULED)


@transaction.atomic
def record_spending(
    *,
    actor: User,
    campaign_id: int,
    key: UUID,
    kind: str,
    amount: Decimal,
    spent_on: date,
    payee: str,
    reference: str,
    label: str = "",
    official_account_id: int | None = None,
    post_id: int | None = None,
) -> Spending:
    """Write down what was paid, in whole rupiah. ``key`` is of the form: a second time it gives the
    line that is there. Raises ``ContentError`` for what is missing, and for a post on its way to
    readers that does not tell them."""
    campaign = _locked(campaign_id, post_id)
    require(actor, "content.plan", campaign.unit_id)
    known = Spending.objects.filter(key=key).first()
    if known is not None and known.campaign_id != campaign.pk:
        raise ContentError(_("This form was answered already. Open the page again."))
    if known is not None:
        return known
    refuse_closed(campaign)
    payee, reference = readable(payee), readable(reference)
    _check(kind, amount, spent_on, label, payee, reference)
    refuse_account_elsewhere(campaign, official_account_id)
    if post_id is not None:
        _check_post(campaign, post_id, label)
    spending = Spending.objects.create(
        campaign=campaign,
        key=key,
        kind=kind,
        amount=amount,
        spent_on=spent_on,
        payee=payee,
        reference=reference,
        label=label,
        official_account_id=official_account_id,
        post_id=post_id,
        recorded_by=actor,
    )
    record(
        SPENDING_RECORDED,
        actor=actor,
        target=campaign,
        kind=kind,
        amount=str(amount),
        payee=payee,
        spent_on=spent_on.isoformat(),
        reference=reference,
    )
    return spending


@transaction.atomic
def reverse_spending(*, actor: User, campaign_id: int, spending_id: int, reason: str) -> Spending:
    """Take a wrong line back by one of the opposite amount of today; both stay."""
    wrong = Spending.objects.get(pk=spending_id, campaign_id=campaign_id)
    campaign = _locked(campaign_id, wrong.post_id)
    require(actor, "content.plan", campaign.unit_id)
    refuse_closed(campaign)
    reason = readable(reason)
    if not reason:
        raise ContentError(_("Give a reason."), field="reason")
    if wrong.reverses_id is not None:
        raise ContentError(_("A reversal is not reversed. Record the spending anew."))
    try:
        with transaction.atomic():
            reversal = _opposite(wrong, campaign, actor, reason)
    except IntegrityError as exc:
        if constraint_of(exc) != REVERSED_ONCE:
            raise
        raise ContentError(_("Somebody has reversed this line already.")) from exc
    record(
        SPENDING_REVERSED,
        actor=actor,
        target=campaign,
        kind=wrong.kind,
        amount=str(wrong.amount),
        payee=wrong.payee,
        reason=reason,
    )
    return reversal


def _locked(campaign_id: int, post_id: int | None) -> Campaign:
    """The post first, as every action does, then the campaign: so none deadlocks."""
    if post_id is not None:
        lock_post(post_id)
    return lock_campaign(campaign_id)


def _check_post(campaign: Campaign, post_id: int, label: str) -> None:
    """Of what is out already it is recorded all the same: money that is hidden is worse."""
    post = campaign.posts.filter(pk=post_id).first()
    if post is None:
        raise ContentError(_("Choose a post of this campaign."), field="post")
    if label and post.status in ON_ITS_WAY and not gate.says_label(post.current_version_id, label):
        raise ContentError(
            _(
                "This post is on its way to readers and does not say “%(label)s”. Take it back or "
                "save a version with the label first, then record the spending."
            )
            % {"label": label},
            field="post",
        )


def _opposite(wrong: Spending, campaign: Campaign, actor: User, reason: str) -> Spending:
    return Spending.objects.create(
        campaign=campaign,
        kind=wrong.kind,
        amount=-wrong.amount,
        spent_on=timezone.localdate(timezone=campaign.unit.zone),
        payee=wrong.payee,
        reference=wrong.reference,
        label=wrong.label,
        official_account_id=wrong.official_account_id,
        post_id=wrong.post_id,
        reverses=wrong,
        reason=reason,
        recorded_by=actor,
    )


def _check(
    kind: str, amount: Decimal, spent_on: date, label: str, payee: str, reference: str
) -> None:
    if not 0 < amount < MOST_RUPIAH or amount != int(amount):
        raise ContentError(_("Write whole rupiah, more than zero."), field="amount")
    for field, said in (("payee", payee), ("reference", reference)):
        if not said:
            raise ContentError(_("Write something that can be read."), field=field)
    if kind in LABELLED and label not in PaidLabel.values:
        raise ContentError(
            _("Choose the label that readers see: what is paid for is never published without."),
            field="label",
        )
    if kind not in LABELLED and label:
        raise ContentError(_("Only advertisements and influencers have a label."), field="label")
    if spent_on > timezone.localdate():
        raise ContentError(_("What is not paid yet is no spending."), field="spent_on")
