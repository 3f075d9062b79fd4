"""Make a drawing of Vega fit for our pages: no style, no foreign element, our colours."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

Colours = Callable[[str], str]

# Vega is given these; the page puts its own in their place.
ACCENT, LINE, MUTED = "#0a0001", "#0a0002", "#0a0003"
SUNKEN, SURFACE, TEXT = "#0a0004", "#0a0005", "#0a0006"

_PAGE = {
    ACCENT: "var(--accent)",
    LINE: "var(--line)",
    MUTED: "var(--muted)",
    SUNKEN: "var(--sunken)",
    SURFACE: "var(--surface)",
    TEXT: "var(--text)",
}
_FIXED = {
    ACCENT: "#1f5fbf",
    LINE: "#dfe3ea",
    MUTED: "#566072",
    SUNKEN: "#eef1f5",
    SURFACE: "#ffffff",
    TEXT: "#1b2330",
}

_DARK = {
    ACCENT: "#7fb0ff",
    LINE: "#2a3342",
    MUTED: "#a2adbf",
    SUNKEN: "#1e2531",
    SURFACE: "#171d27",
    TEXT: "#e8ecf3",
}

_FONTS = "Inter, system-ui, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif"

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan"}
_ATTRIBUTES = {
    "viewBox", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "r", "cx", "cy", "rx", "ry",
    "width", "height", "transform", "fill", "fill-opacity", "stroke", "stroke-width",
    "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "stroke-linecap",
    "stroke-miterlimit", "opacity", "text-anchor", "font-size", "font-weight",
}  # fmt: skip


def page_colours(value: str) -> str:
    """The custom property that the page has for a placeholder."""
    return _PAGE.get(value, value)


def fixed_colours(value: str) -> str:
    """The light theme's colour for a placeholder."""
    return _FIXED.get(value, value)


def dark_colours(value: str) -> str:
    """The dark theme's colour for a placeholder."""
    return _DARK.get(value, value)


def clean(raw: str, *, title: str, description: str, colours: Colours) -> str:
    """Keep what draws, name the picture for screen readers, and put our colours in."""
    root = ElementTree.fromstring(raw)  # noqa: S314  # written by our own renderer just now
    picture = _copy(root, colours)
    if picture is None:
        raise ValueError("This is not an SVG drawing.")
    # The page decides the size; the viewBox keeps the proportions.
    for attribute in ("width", "height"):
        picture.attrib.pop(attribute, None)
    picture.set("xmlns", "http://www.w3.org/2000/svg")
    # Where a style sheet rules, its fonts win over this attribute; an image has nothing else.
    picture.set("font-family", _FONTS)
    picture.set("role", "img")
    picture.set("aria-label", f"{title} {description}".strip())
    return ElementTree.tostring(picture, encoding="unicode")


def _copy(element: ElementTree.Element, colours: Colours) -> ElementTree.Element | None:
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _ELEMENTS:
        return None
    kept = ElementTree.Element(name)
    kept.text = element.text
    kept.tail = element.tail
    for key, value in _attributes(element).items():
        if key in _ATTRIBUTES and "url(" not in value:
            kept.set(key, colours(value))
    for child in element:
        copied = _copy(child, colours)
        if copied is not None:
            kept.append(copied)
    return kept


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    """Its attributes, with those of ``style`` among them: the policy forbids the latter."""
    attributes = dict(element.attrib)
    for declaration in attributes.pop("style", "").split(";"):
        key, colon, value = declaration.partition(":")
        if colon:
            attributes[key.strip()] = value.strip()
    return attributes
