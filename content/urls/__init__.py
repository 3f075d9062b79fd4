from __future__ import annotations

from django.urls import path, register_converter

from content.urls import by_hand as urls_by_hand
from content.urls import lists as urls_lists
from content.urls import plan as urls_plan
from content.urls import policies as urls_policies
from content.urls import talk as urls_talk
from content.views import (
    bank,
    calendar,
    calendar_feeds,
    comparing,
    facets,
    fetched,
    following,
    freezes,
    frozen,
    imports,
    lists,
    media,
    media_files,
    media_picking,
    posts,
    publications,
    reviews,
    scratches,
    settings,
    withdrawals,
)


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256Converter, "sha256")

app_name = "content"

# /content/posts/
post_urls = [
    path("posts/", lists.post_list, name="post_list"),
    path("posts/export/", lists.post_export, name="post_export"),
    path("posts/new/", posts.post_create, name="post_create"),
    path("posts/preview/", posts.post_preview, name="post_preview"),
    path("posts/<int:post_id>/", posts.post_detail, name="post_detail"),
    path("posts/<int:post_id>/edit/", posts.post_edit, name="post_edit"),
    path("posts/<int:post_id>/submit/", posts.post_submit, name="post_submit"),
    path("posts/<int:post_id>/take-back/", posts.post_take_back, name="post_take_back"),
    path("posts/<int:post_id>/versions/<int:number>/", posts.post_version, name="post_version"),
    path("posts/<int:post_id>/compare/", comparing.post_compare, name="post_compare"),
]

# What is typed into the composer and not saved yet
scratch_urls = [
    path("posts/unsaved/", scratches.scratch_keep, name="scratch_keep"),
    path(
        "posts/unsaved/<int:scratch_id>/discard/",
        scratches.scratch_discard,
        name="scratch_discard",
    ),
    path(
        "posts/unsaved/<int:scratch_id>/restore/",
        scratches.scratch_restore,
        name="scratch_restore",
    ),
]

# Many drafts at once
import_urls = [
    path("posts/import/", imports.draft_import_add, name="draft_import_add"),
    path("posts/import/template/", imports.draft_import_template, name="draft_import_template"),
    path("posts/import/<int:import_id>/", imports.draft_import_detail, name="draft_import_detail"),
    path(
        "posts/import/<int:import_id>/confirm/",
        imports.draft_import_confirm,
        name="draft_import_confirm",
    ),
]

# /content/reviews/
review_urls = [
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/approve/", reviews.review_approve, name="review_approve"),
    path("reviews/export/", lists.review_export, name="review_export"),
    path("posts/<int:post_id>/approve/", reviews.post_approve, name="post_approve"),
    path(
        "posts/<int:post_id>/request-changes/",
        reviews.post_request_changes,
        name="post_request_changes",
    ),
    path("posts/<int:post_id>/reject/", reviews.post_reject, name="post_reject"),
]

# /content/publications/
publication_urls = [
    path("publications/", lists.publication_list, name="publication_list"),
    path("publications/export/", lists.publication_export, name="publication_export"),
    path(
        "publications/<int:publication_id>/",
        publications.publication_detail,
        name="publication_detail",
    ),
    path(
        "publications/<int:publication_id>/retry/",
        publications.publication_retry,
        name="publication_retry",
    ),
    path(
        "publications/<int:publication_id>/cancel/",
        publications.publication_cancel,
        name="publication_cancel",
    ),
    path(
        "publications/<int:publication_id>/settle/",
        publications.publication_settle,
        name="publication_settle",
    ),
    path("fetched/<str:token>/", fetched.signed_media, name="signed_media"),
]

# /content/calendar/
calendar_urls = [
    path("calendar/", calendar.calendar, {"kind": "month"}, name="calendar"),
    path("calendar/week/", calendar.calendar, {"kind": "week"}, name="calendar_this_week"),
    path("calendar/week/<str:text>/", calendar.calendar, {"kind": "week"}, name="calendar_week"),
    path("calendar/agenda/", calendar.calendar, {"kind": "agenda"}, name="calendar_agenda_now"),
    path(
        "calendar/agenda/<str:text>/",
        calendar.calendar,
        {"kind": "agenda"},
        name="calendar_agenda",
    ),
    path("calendar/day/<str:text>/", calendar.calendar, {"kind": "day"}, name="calendar_day"),
    path("calendar/posts/<int:post_id>/move/", calendar.post_move, name="post_move"),
    path("calendar/feed/", calendar_feeds.feed_detail, name="calendar_feed"),
    path("calendar/feed/make/", calendar_feeds.feed_make, name="calendar_feed_make"),
    path("calendar/feed/revoke/", calendar_feeds.feed_revoke, name="calendar_feed_revoke"),
    path(
        "calendar/feeds/<str:token>/content.ics",
        calendar_feeds.calendar_ics,
        name="calendar_ics",
    ),
    path("calendar/<str:text>/", calendar.calendar, {"kind": "month"}, name="calendar_month"),
]

# /content/codebook/ and what stands beside it in the composer
facet_urls = [
    path("codebook/", facets.codebook_page, name="codebook"),
    path("class-ratio/", facets.class_ratio, name="class_ratio"),
]

# /content/known-contacts/ and /content/election-windows/
setting_urls = [
    path("known-contacts/", settings.known_contact_list, name="known_contact_list"),
    path("known-contacts/add/", settings.known_contact_add, name="known_contact_add"),
    path(
        "known-contacts/<int:contact_id>/remove/",
        settings.known_contact_remove,
        name="known_contact_remove",
    ),
    path("election-windows/", settings.election_window_list, name="election_window_list"),
    path("election-windows/add/", settings.election_window_add, name="election_window_add"),
    path(
        "election-windows/<int:window_id>/withdraw/",
        settings.election_window_withdraw,
        name="election_window_withdraw",
    ),
]

# /content/freezes/ and /content/frozen/
freeze_urls = [
    path("freezes/", freezes.freeze_list, name="freeze_list"),
    path("freezes/begin/", freezes.freeze_begin, name="freeze_begin"),
    path("freezes/<int:freeze_id>/", freezes.freeze_detail, name="freeze_detail"),
    path("freezes/<int:freeze_id>/lift/", freezes.freeze_lift, name="freeze_lift"),
    path("frozen/", frozen.frozen_list, name="frozen_list"),
    path("frozen/release/", frozen.frozen_release, name="frozen_release"),
    path(
        "publications/<int:publication_id>/release/",
        frozen.publication_release,
        name="publication_release",
    ),
]

# What is out: taken back, corrected, put aside
after_urls = [
    path("posts/<int:post_id>/follow/", following.post_follow, name="post_follow"),
    path("posts/<int:post_id>/archive/", following.post_archive, name="post_archive"),
    path("posts/<int:post_id>/withdraw/", withdrawals.post_withdraw, name="post_withdraw"),
    path(
        "publications/<int:publication_id>/withdraw/",
        withdrawals.publication_withdraw,
        name="publication_withdraw",
    ),
    path(
        "publications/<int:publication_id>/withdrawal/",
        withdrawals.withdrawal_settle,
        name="withdrawal_settle",
    ),
]

# /content/bank/
bank_urls = [
    path("bank/", bank.bank_list, name="bank_list"),
    path("bank/add/", bank.bank_add, name="bank_add"),
    path("bank/pick/", bank.bank_pick, name="bank_pick"),
    path("bank/<int:text_id>/", bank.bank_detail, name="bank_detail"),
    path("bank/<int:text_id>/replace/", bank.bank_replace, name="bank_replace"),
    path("bank/<int:text_id>/withdraw/", bank.bank_withdraw, name="bank_withdraw"),
]

# /content/media/
media_urls = [
    path("media/", media.media_list, name="media_list"),
    path("media/export/", media.media_export, name="media_export"),
    path("media/upload/", media.media_upload, name="media_upload"),
    path("media/pick/", media_picking.media_pick, name="media_pick"),
    path("media/pick/<int:media_id>/", media_picking.media_picked, name="media_picked"),
    path("media/place/<int:slot>/", media_picking.picture_place, name="picture_place"),
    path("media/<int:media_id>/", media.media_detail, name="media_detail"),
    path("media/<int:media_id>/edit/", media.media_edit, name="media_edit"),
    path("media/<int:media_id>/archive/", media.media_archive, name="media_archive"),
    path("media/<int:media_id>/restore/", media.media_restore, name="media_restore"),
    path(
        "media/<int:media_id>/documents/<str:name>/",
        media_files.media_document,
        name="media_document",
    ),
    path("media/<int:unit_id>/<sha256:sha256>/", media_files.media_file, name="media_file"),
    path(
        "media/<int:unit_id>/<sha256:sha256>/preview/",
        media_files.media_preview,
        name="media_preview",
    ),
]

urlpatterns = [
    *post_urls,
    *scratch_urls,
    *import_urls,
    *review_urls,
    *publication_urls,
    *calendar_urls,
    *facet_urls,
    *setting_urls,
    *freeze_urls,
    *after_urls,
    *media_urls,
    *bank_urls,
    *urls_lists.list_urls,
    *urls_talk.talk_urls,
    *urls_policies.urlpatterns,
    *urls_plan.urlpatterns,
    *urls_by_hand.urlpatterns,
]
