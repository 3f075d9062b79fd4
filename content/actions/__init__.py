"""Every write of content, one function each: lock, may I, state, save, audit."""

from __future__ import annotations

from content.actions.archiving import archive_post
from content.actions.bank_texts import (
    Wording,
    add_bank_text,
    replace_bank_text,
    withdraw_bank_text,
)
from content.actions.by_hand import OPEN as TAKEN_BY_HAND
from content.actions.by_hand import (
    choose_way,
    claim_by_hand,
    hand_back,
    record_by_hand,
    tell_due_by_hand,
)
from content.actions.calendar_feeds import make_calendar_feed, revoke_calendar_feed
from content.actions.campaigns import (
    add_tool,
    change_campaign,
    close_campaign,
    plan_campaign,
    remove_tool,
    reopen_campaign,
    start_campaign,
)
from content.actions.commenting import (
    reopen_thread,
    reply_to_thread,
    resolve_thread,
    start_thread,
    withdraw_comment,
)
from content.actions.confirming import (
    claim_unconfirmed_publications,
    confirm_publication,
    find_lost_attempts,
    settle_publication,
)
from content.actions.contacts import add_known_contact, remove_known_contact
from content.actions.correcting import correct_with_scratch, rewrite_with_scratch
from content.actions.drafting import (
    begin_post,
    create_post,
    edit_post,
    follow_post,
    submit_post,
    take_back_post,
)
from content.actions.duplicating import duplicate_post
from content.actions.elections import make_election_window, withdraw_election_window
from content.actions.emergencies import answer_retrospective
from content.actions.ended import tell_ended_emergencies
from content.actions.exporting import record_export, record_plan_export
from content.actions.freezing import begin_freeze, lift_freeze, open_frozen, release_publication
from content.actions.ideas import (
    add_idea,
    change_idea,
    drop_idea,
    reopen_idea,
    vote_for_idea,
    write_from_idea,
)
from content.actions.importing import forget_draft_imports, import_drafts, keep_draft_import
from content.actions.links import check_link, claim_link_checks
from content.actions.media import Stored, store_image, store_upload
from content.actions.media_records import (
    RecordChanged,
    archive_media,
    describe_media,
    record_media_document,
    record_media_export,
    restore_media,
)
from content.actions.notice_letters import plan_notice_letters, send_notice_letters
from content.actions.notifying import choose_ways, mark_all_read, mark_read, notify
from content.actions.nudging import nudge_reviews
from content.actions.nudging_looks import nudge_retrospectives
from content.actions.opening import open_version
from content.actions.placing import place_post
from content.actions.policies import Covered, end_policy, set_policy
from content.actions.publishing import send_publication
from content.actions.refusals import tell_accounts_out_of_reach
from content.actions.rescheduling import reschedule_post
from content.actions.reviewing import approve_post, reject_post, request_changes
from content.actions.saved_views import change_view, remove_view, save_view
from content.actions.scheduling import (
    cancel_publication,
    claim_due_publications,
    claim_following_publications,
    retry_publication,
)
from content.actions.scratches import (
    bring_scratch_back,
    discard_scratch,
    end_scratch,
    forget_scratches,
    keep_scratch,
)
from content.actions.slots import InSlot, add_slots, remove_slot, save_in_free_slot
from content.actions.spending import record_spending, reverse_spending
from content.actions.variants import variant_for
from content.actions.versions import Edited
from content.actions.withdrawing import (
    claim_withdrawals,
    delete_withdrawn,
    settle_withdrawal,
    withdraw_post,
    withdraw_publication,
)

__all__ = [
    "TAKEN_BY_HAND",
    "Covered",
    "Edited",
    "InSlot",
    "RecordChanged",
    "Stored",
    "Wording",
    "add_bank_text",
    "add_idea",
    "add_known_contact",
    "add_slots",
    "add_tool",
    "answer_retrospective",
    "approve_post",
    "archive_media",
    "archive_post",
    "begin_freeze",
    "begin_post",
    "bring_scratch_back",
    "cancel_publication",
    "change_campaign",
    "change_idea",
    "change_view",
    "check_link",
    "choose_way",
    "choose_ways",
    "claim_by_hand",
    "claim_due_publications",
    "claim_following_publications",
    "claim_link_checks",
    "claim_unconfirmed_publications",
    "claim_withdrawals",
    "close_campaign",
    "confirm_publication",
    "correct_with_scratch",
    "create_post",
    "delete_withdrawn",
    "describe_media",
    "discard_scratch",
    "drop_idea",
    "duplicate_post",
    "edit_post",
    "end_policy",
    "end_scratch",
    "find_lost_attempts",
    "follow_post",
    "forget_draft_imports",
    "forget_scratches",
    "hand_back",
    "import_drafts",
    "keep_draft_import",
    "keep_scratch",
    "lift_freeze",
    "make_calendar_feed",
    "make_election_window",
    "mark_all_read",
    "mark_read",
    "notify",
    "nudge_retrospectives",
    "nudge_reviews",
    "open_frozen",
    "open_version",
    "place_post",
    "plan_campaign",
    "plan_notice_letters",
    "record_by_hand",
    "record_export",
    "record_media_document",
    "record_media_export",
    "record_plan_export",
    "record_spending",
    "reject_post",
    "release_publication",
    "remove_known_contact",
    "remove_slot",
    "remove_tool",
    "remove_view",
    "reopen_campaign",
    "reopen_idea",
    "reopen_thread",
    "replace_bank_text",
    "reply_to_thread",
    "request_changes",
    "reschedule_post",
    "resolve_thread",
    "restore_media",
    "retry_publication",
    "reverse_spending",
    "revoke_calendar_feed",
    "rewrite_with_scratch",
    "save_in_free_slot",
    "save_view",
    "send_notice_letters",
    "send_publication",
    "set_policy",
    "settle_publication",
    "settle_withdrawal",
    "start_campaign",
    "start_thread",
    "store_image",
    "store_upload",
    "submit_post",
    "take_back_post",
    "tell_accounts_out_of_reach",
    "tell_due_by_hand",
    "tell_ended_emergencies",
    "variant_for",
    "vote_for_idea",
    "withdraw_bank_text",
    "withdraw_comment",
    "withdraw_election_window",
    "withdraw_post",
    "withdraw_publication",
    "write_from_idea",
]
