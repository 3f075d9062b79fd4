from __future__ import annotations

from django.urls import path

from content.views import comments, notifications

# /content/posts/<post>/comments/
comment_urls = [
    path("posts/<int:post_id>/comments/", comments.thread_list, name="thread_list"),
    path("posts/<int:post_id>/comments/new/", comments.thread_start, name="thread_start"),
    path("posts/<int:post_id>/comments/people/", comments.person_find, name="person_find"),
    path(
        "posts/<int:post_id>/comments/<int:thread_id>/",
        comments.thread_detail,
        name="thread_detail",
    ),
    path(
        "posts/<int:post_id>/comments/<int:thread_id>/reply/",
        comments.thread_reply,
        name="thread_reply",
    ),
    path(
        "posts/<int:post_id>/comments/<int:thread_id>/resolve/",
        comments.thread_resolve,
        name="thread_resolve",
    ),
    path(
        "posts/<int:post_id>/comments/<int:thread_id>/reopen/",
        comments.thread_reopen,
        name="thread_reopen",
    ),
    path("comments/<int:comment_id>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
]

# /content/notifications/
notification_urls = [
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/read/", notifications.notification_read_all, name="notification_read_all"),
    path("notifications/choose/", notifications.notification_choose, name="notification_choose"),
    path(
        "notifications/<int:notification_id>/open/",
        notifications.notification_open,
        name="notification_open",
    ),
    path(
        "notifications/<int:notification_id>/read/",
        notifications.notification_read,
        name="notification_read",
    ),
]

talk_urls = [*comment_urls, *notification_urls]
