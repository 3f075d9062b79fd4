"""What can be known to be refused without asking the platform."""

from __future__ import annotations

from govsocial.platforms.base import Limits, OutgoingPost, Video, VideoLimits
from govsocial.platforms.errors import Refused


def check(post: OutgoingPost, limits: Limits, *, length: int, platform: str) -> None:
    """Raise ``Refused`` with the reason when ``post`` is beyond ``limits``."""
    if not post.text.strip() and not post.images and post.video is None:
        raise Refused("The post has neither text nor an image.")
    if limits.needs_media and not post.images and post.video is None:
        raise Refused(f"The post has no image or film, without which {platform} takes none.")
    if limits.title is not None and len(post.title) > limits.title:
        raise Refused(
            f"The title has {len(post.title)} characters; {platform} takes {limits.title} at most."
        )
    if post.video is not None:
        _check_video(post.video, limits.video, platform=platform)
    if length > limits.text:
        raise Refused(
            f"The text has {length} {limits.unit}; {platform} takes {limits.text} at most."
        )
    size = len(post.text.encode())
    if limits.text_bytes is not None and size > limits.text_bytes:
        raise Refused(f"The text has {size} bytes; {platform} takes {limits.text_bytes} at most.")
    if len(post.images) > limits.images:
        raise Refused(
            f"The post has {len(post.images)} images; {platform} takes {limits.images} at most."
        )
    for number, image in enumerate(post.images, start=1):
        if image.media_type not in limits.image_types:
            raise Refused(f"Image {number} is of a kind that {platform} does not take.")
        if len(image.data) > limits.image_bytes:
            raise Refused(
                f"Image {number} has {len(image.data)} bytes; "
                f"{platform} takes {limits.image_bytes} at most."
            )
        # Where a platform takes no descriptions, they are left out when the post is sent.
        if limits.alt_text and len(image.alt) > limits.alt_text:
            raise Refused(
                f"The description of image {number} has {len(image.alt)} characters; "
                f"{platform} takes {limits.alt_text} at most."
            )


def _check_video(video: Video, limits: VideoLimits | None, *, platform: str) -> None:
    if limits is None:
        raise Refused(f"{platform} takes no film.")
    if video.media_type not in limits.types:
        raise Refused(f"The film is of a kind that {platform} does not take.")
    if not 0 < video.size <= limits.size:
        raise Refused(
            f"The film has {video.size} bytes; {platform} takes {limits.size} at most, and none "
            "that is empty."
        )
    if video.seconds < limits.shortest:
        raise Refused(
            f"The film lasts {video.seconds:g} seconds; {platform} takes none that is shorter "
            f"than {limits.shortest:g}."
        )
    if limits.longest is not None and video.seconds > limits.longest:
        raise Refused(
            f"The film lasts {video.seconds:g} seconds; {platform} takes {limits.longest:g} at most."
        )
    if limits.ratio is not None and video.height:
        narrowest, widest = limits.ratio
        if not narrowest <= video.width / video.height <= widest:
            raise Refused(f"The film is too wide or too tall for {platform}.")
