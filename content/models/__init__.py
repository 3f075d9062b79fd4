from __future__ import annotations

from content.models.attempt import Attempt
from content.models.bank_text import BankText, BankUse
from content.models.calendar_feed import CalendarFeed
from content.models.campaign import Campaign, CampaignTool, Goal, PaidLabel, Spending
from content.models.comment import Comment, Mention, Thread
from content.models.contact import KnownContact
from content.models.draft_import import DraftImport
from content.models.election import ElectionWindow
from content.models.film_pieces import FilmPieces
from content.models.freeze import Freeze, Halt
from content.models.hand_proof import HandProof
from content.models.idea import Idea, IdeaEdition, IdeaPost, IdeaVote
from content.models.link import LinkCheck
from content.models.media import MediaFile
from content.models.media_alt import MediaAlt
from content.models.media_record import MediaRecord
from content.models.media_use import MediaUse
from content.models.media_variant import MediaVariant
from content.models.notification import (
    NoticeChoice,
    NoticeKind,
    NoticeLetter,
    Notification,
    ReviewNudge,
    Way,
)
from content.models.opened import OpenedPublication, OpenedVersion
from content.models.policy import ApprovalPolicy, Sensitivity
from content.models.post import Post, PostVersion, Relation
from content.models.publication import Publication
from content.models.retrospective import EndedEmergency, Retrospective, RetrospectiveNudge
from content.models.review import Decision, Review, StageKind
from content.models.saved_view import SavedList, SavedView
from content.models.scratch import Scratch
from content.models.search import PostSearch
from content.models.slot import PublishingSlot, TakenSlot, Weekday
from content.models.withdrawal import Withdrawal
from content.models.writing_rule import WritingRule

__all__ = [
    "ApprovalPolicy",
    "Attempt",
    "BankText",
    "BankUse",
    "CalendarFeed",
    "Campaign",
    "CampaignTool",
    "Comment",
    "Decision",
    "DraftImport",
    "ElectionWindow",
    "EndedEmergency",
    "FilmPieces",
    "Freeze",
    "Goal",
    "Halt",
    "HandProof",
    "Idea",
    "IdeaEdition",
    "IdeaPost",
    "IdeaVote",
    "KnownContact",
    "LinkCheck",
    "MediaAlt",
    "MediaFile",
    "MediaRecord",
    "MediaUse",
    "MediaVariant",
    "Mention",
    "NoticeChoice",
    "NoticeKind",
    "NoticeLetter",
    "Notification",
    "OpenedPublication",
    "OpenedVersion",
    "PaidLabel",
    "Post",
    "PostSearch",
    "PostVersion",
    "Publication",
    "PublishingSlot",
    "Relation",
    "Retrospective",
    "RetrospectiveNudge",
    "Review",
    "ReviewNudge",
    "SavedList",
    "SavedView",
    "Scratch",
    "Sensitivity",
    "Spending",
    "StageKind",
    "TakenSlot",
    "Thread",
    "Way",
    "Weekday",
    "Withdrawal",
    "WritingRule",
]
