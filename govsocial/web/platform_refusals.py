"""What the clients say of posts that a platform does not take, as in ``platform_sentences``."""

from __future__ import annotations

from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Group: TypeAlias = tuple[Promise, tuple[str, ...]]
"""A sentence of ours, and those of the clients that mean it."""

REFUSALS: tuple[Group, ...] = (
    # What a platform does not take
    (
        _("The platform has a post with this text already. It may be that of an earlier attempt."),
        (
            "{platform} has a post with this text already.",
            "{platform} has a post with this text already; it may be that of an earlier attempt.",
        ),
    ),
    (
        _("The platform no longer has the video. An earlier attempt may have published it."),
        ("{platform} no longer has the film; an earlier attempt may have put it out.",),
    ),
    (_("The platform takes the words for spam."), ("{platform} takes the words for spam.",)),
    (
        _("%(platform)s fetches media itself, and this installation has no public address."),
        (
            "{platform} fetches media itself, and there is no public address to fetch them from.",
            "{platform} fetches media itself, and this server offers no public address for them.",
            "{platform} fetches photos itself, and this server has no public address for them.",
        ),
    ),
    (
        _("%(platform)s takes pictures or a video in one post, not both."),
        ("The post has images and a film; {platform} takes one or the other.",),
    ),
    (
        _("%(platform)s takes a moving picture (GIF) only by itself."),
        ("{platform} takes a moving picture only by itself.",),
    ),
    (
        _("%(platform)s takes at most %(number)s pictures and videos in a post."),
        ("{platform} takes {number} pictures and films in a post.",),
    ),
    (
        _("%(platform)s takes no post without a picture or video."),
        ("The post has no image or film; {platform} takes no text alone.",),
    ),
    (
        _("%(platform)s takes no videos from this account."),
        ("{platform} takes no films here.", "{platform} takes no films of this account."),
    ),
    (_("%(platform)s takes videos only."), ("{platform} takes films only.",)),
    (
        _("%(platform)s takes no video without a title."),
        ("{platform} takes no film without a title.",),
    ),
    (
        _("%(platform)s takes neither < nor > in a title or description."),
        ("{platform} takes neither < nor > in a title or description.",),
    ),
    (
        _("The video cannot be read from the storage of this installation right now."),
        ("The film kept here cannot be read.",),
    ),
    (
        _("The video is of a kind that %(platform)s does not take."),
        ("The film is of a kind that {platform} does not take.",),
    ),
    (
        _("The video is too large for %(platform)s."),
        (
            "The film has {length} bytes; {platform} takes {most} at most.",
            "The film is too large for {platform}.",
        ),
    ),
    (
        _("The video is too wide or too tall for %(platform)s."),
        ("The film is too wide or too tall for {platform}.",),
    ),
    (
        _("The video lasts %(seconds)s seconds; %(platform)s takes it shorter or longer."),
        ("The film lasts {seconds} seconds; {platform} takes films from {range} seconds.",),
    ),
    (
        _("The description of the video is too long for %(platform)s."),
        ("The description of the film has {length} characters; {platform} takes {most} at most.",),
    ),
    (
        _("The account may post videos of %(seconds)s seconds at most."),
        ("The account may post films of {seconds} seconds at most.",),
    ),
    (
        _("Picture %(number)s is too wide or too tall for %(platform)s."),
        ("Image {number} is too wide or too tall for {platform}.",),
    ),
    (
        _("The title is %(length)s long; %(platform)s takes %(most)s at most."),
        ("The title has {length} characters; {platform} takes {most} at most.",),
    ),
    (
        _("The text has %(number)s hashtags; %(platform)s takes %(most)s at most."),
        ("The text has {number} hashtags; {platform} takes {most} at most.",),
    ),
    (
        _("The text has %(number)s mentions; %(platform)s takes %(most)s at most."),
        ("The text has {number} mentions; {platform} takes {most} at most.",),
    ),
    (
        _("The post has %(number)s links; %(platform)s takes %(most)s at most."),
        ("The post has {number} links; {platform} takes {most} at most.",),
    ),
    (
        _("%(platform)s shows no link beside this post. Write it into the text."),
        ("{platform} shows no link beside this post; write it into the text.",),
    ),
    # Threads and first comments
    (
        _("%(platform)s takes neither threads nor first comments."),
        ("{platform} takes neither threads nor first comments.",),
    ),
    (
        _("A part of a thread and a first comment are text alone: no pictures, no videos."),
        ("{platform} takes text alone in a thread or a first comment here.",),
    ),
    (
        _("Comments are switched off below this video. Switch them on there."),
        ("comments are switched off below this film.",),
    ),
    # What is done elsewhere
    (
        _("%(platform)s lets no application delete a post. Delete it there."),
        (
            "{platform} lets no application delete a post: do it in {there} itself.",
            "{platform} posts are deleted in {there}'s own application.",
        ),
    ),
)
