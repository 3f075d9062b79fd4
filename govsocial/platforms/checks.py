"""What can be known to be refused without asking the platform."""

from __future__ import annotations

from dataclasses import replace

from govsocial.platforms import rules
from govsocial.platforms.base import Image, Limits, OutgoingPost, Video
from govsocial.platforms.errors import Refused
from govsocial.platforms.rules import Broken, Rule


def check(
    post: OutgoingPost, limits: Limits, *, length: int, platform: str, takes_link: bool = False
) -> None:
    """Raise ``Refused`` with the reason when ``post`` is beyond ``limits``.

    ``takes_link`` says whether the client sends ``post.link`` with this post: what was approved is
    never left out. One that stands in the text as well is there to be read. A part of a thread or
    a first comment (``post.follows``) is judged as what it is there: text alone, with no title.
    """
    if post.follows:
        limits = _of_a_part(post, limits, platform)
        takes_link = takes_link and bool(limits.thread)
    if post.link and not takes_link and post.link not in post.text:
        raise Refused(f"{platform} shows no link beside this post; write it into the text.")
    _check_words(post, limits, length, platform)
    _check_rules(post, limits, platform)
    if limits.needs_media and not post.images and post.video is None:
        raise Refused(f"The post has no image or film; {platform} takes no text alone.")
    if len(post.images) > limits.images:
        raise Refused(
            f"The post has {len(post.images)} images; {platform} takes {limits.images} at most."
        )
    for number, image in enumerate(post.images, start=1):
        _check_image(number, image, limits, platform)
    if post.video is not None:
        _check_video(post.video, limits, platform)
    fetched: list[Image | Video] = [*(post.images if limits.fetches_media else ())]
    if limits.fetches_videos and post.video is not None:
        fetched.append(post.video)
    if not all(one.url for one in fetched):
        raise Refused(
            f"{platform} fetches media itself, and there is no public address to fetch them from."
        )


def _of_a_part(post: OutgoingPost, limits: Limits, platform: str) -> Limits:
    """What ``platform`` takes in a text that answers a post of the account itself."""
    if not (limits.thread or limits.first_comment):
        raise Refused(f"{platform} takes neither threads nor first comments.")
    if post.images or post.video is not None:
        raise Refused(f"{platform} takes text alone in a thread or a first comment here.")
    part = replace(limits, needs_media=False, needs_title=False, title=None)
    if limits.thread:
        return part
    # Signs are forbidden in titles and descriptions, of which a comment is none.
    return replace(part, text=limits.first_comment, text_bytes=None, forbidden="")


def _check_words(post: OutgoingPost, limits: Limits, length: int, platform: str) -> None:
    if not post.text.strip() and not post.images and post.video is None:
        raise Refused("The post has neither text nor an image.")
    if length > limits.text:
        raise Refused(
            f"The text has {length} {limits.unit}; {platform} takes {limits.text} at most."
        )
    size = len(post.text.encode())
    if limits.text_bytes is not None and size > limits.text_bytes:
        raise Refused(f"The text has {size} bytes; {platform} takes {limits.text_bytes} at most.")
    if limits.title is not None and len(post.title) > limits.title:
        raise Refused(
            f"The title has {len(post.title)} characters; {platform} takes {limits.title} at most."
        )


def _check_rules(post: OutgoingPost, limits: Limits, platform: str) -> None:
    found = rules.broken(
        limits,
        text=post.text,
        title=post.title,
        link=post.link,
        images=[image.media_type for image in post.images],
        film=post.video is not None,
    )
    for one in found:
        raise Refused(_said(one, limits, platform))


def _said(one: Broken, limits: Limits, platform: str) -> str:
    match one.rule:
        case Rule.HASHTAGS | Rule.MENTIONS:
            return f"The text has {one.number} {one.rule}; {platform} takes {one.most} at most."
        case Rule.LINKS:
            return f"The post has {one.number} links; {platform} takes {one.most} at most."
        case Rule.SIGNS:
            signs = " nor ".join(limits.forbidden)
            return f"{platform} takes neither {signs} in a title or description."
        case Rule.TITLE:
            return f"{platform} takes no film without a title."
        case Rule.MEDIA:
            return f"{platform} takes {one.most} pictures and films in a post."
        case Rule.ALONE:
            return f"{platform} takes a moving picture only by itself."
        case Rule.EITHER:
            return f"The post has images and a film; {platform} takes one or the other."


def _check_image(number: int, image: Image, limits: Limits, platform: str) -> None:
    if image.media_type not in limits.image_types:
        raise Refused(f"Image {number} is of a kind that {platform} does not take.")
    if len(image.data) > limits.image_bytes:
        raise Refused(
            f"Image {number} has {len(image.data)} bytes; "
            f"{platform} takes {limits.image_bytes} at most."
        )
    if limits.image_ratio is not None and image.height:
        narrowest, widest = limits.image_ratio
        # A pixel more or less is no reason: sizes are whole numbers.
        if not narrowest - 0.01 <= image.width / image.height <= widest + 0.01:
            raise Refused(f"Image {number} is too wide or too tall for {platform}.")
    # Where a platform takes no descriptions, they are left out when the post is sent.
    if limits.alt_text and len(image.alt) > limits.alt_text:
        raise Refused(
            f"The description of image {number} has {len(image.alt)} characters; "
            f"{platform} takes {limits.alt_text} at most."
        )


def _check_video(video: Video, limits: Limits, platform: str) -> None:
    taken = limits.video
    if taken is None:
        raise Refused(f"{platform} takes no films here.")
    if video.media_type not in taken.types:
        raise Refused(f"The film is of a kind that {platform} does not take.")
    if not 0 < video.size <= taken.size:
        raise Refused(f"The film has {video.size} bytes; {platform} takes {taken.size} at most.")
    if video.seconds < taken.shortest or (
        taken.longest is not None and video.seconds > taken.longest
    ):
        most = "" if taken.longest is None else f" to {taken.longest:g}"
        raise Refused(
            f"The film lasts {video.seconds:g} seconds; "
            f"{platform} takes films from {taken.shortest:g}{most} seconds."
        )
    if taken.ratio is not None and video.height:
        narrowest, widest = taken.ratio
        if not narrowest <= video.width / video.height <= widest:
            raise Refused(f"The film is too wide or too tall for {platform}.")
    longest = limits.film_alt_text
    # Where a platform takes no descriptions, they are left out when the post is sent.
    if longest and len(video.alt) > longest:
        raise Refused(
            f"The description of the film has {len(video.alt)} characters; "
            f"{platform} takes {longest} at most."
        )
