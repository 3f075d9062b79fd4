"""Which words with a point are names of files, and which may be those of sites."""

from __future__ import annotations

# What ends so is a file and no site: none of these is the ending of a site.
FILES = frozenset(
    {
        "htm", "html", "php", "php5", "php7", "asp", "aspx", "jsp", "pdf", "jpg", "jpeg", "png",
        "gif", "webp", "svg", "xml", "txt", "csv", "json", "doc", "docx", "xls", "xlsx", "ppt",
        "pptx", "mp3", "mp4", "rar", "js", "css", "ico", "woff", "woff2", "ttf", "odt", "ods", "gz",
        "apk", "kml", "ics",
    }
)  # fmt: skip
# These are both; alone, without "www." and where no site is told the file is meant.
FILE_OR_SITE = frozenset(
    {"zip", "mov", "md", "py", "sh", "ps", "ai", "rs", "pl", "cab", "so", "do"}
)


def is_file(word: str) -> bool:
    """Whether ``word`` is the name of a file, as who was sent one writes it: undangan.apk."""
    name, _point, ending = word.rpartition(".")
    return bool(name) and ending.lower() in FILES
