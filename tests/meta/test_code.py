"""Rules about the code itself, where a linter has no word for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("govsocial", "accounts", "content", "kpi", "stoc", "risk")
LONGEST_FILE = 400
LONGEST_VIEW = 20


def python_files() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def view_files() -> list[Path]:
    found = []
    for path in python_files():
        if path.name == "views.py" or path.parent.name == "views":
            found.append(path)
    return found


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def having(pattern: str, paths: list[Path]) -> list[str]:
    """Those of ``paths`` in which ``pattern`` is found; there must be some to look at."""
    assert paths
    found = re.compile(pattern)
    return [name(path) for path in paths if found.search(path.read_text(encoding="utf-8"))]


def test_views_start_from_a_selector() -> None:
    """``.objects`` in a view walks around "visible to"."""
    assert having(r"\.objects", view_files()) == []


def test_views_only_translate() -> None:
    too_long = [
        f"{name(path)}: {node.name}"
        for path in view_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_VIEW
    ]
    assert too_long == []


def test_no_file_is_too_long_to_read() -> None:
    files = [
        *python_files(), *sorted((ROOT / "tests").rglob("*.py")), *templates(),
        *sorted((ROOT / "static").rglob("*.[cj]s*")),
    ]  # fmt: skip
    long = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path: lines for path, lines in long.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize(
    "hole", [r"\sstyle=", r"\son[a-z]+=", r"<script(?![^>]*\bsrc=)[^>]*>", "<style"]
)
def test_templates_need_no_hole_in_the_content_security_policy(hole: str) -> None:
    assert having(hole, templates()) == []


def test_keys_are_written_without_separators_of_thousands() -> None:
    """``{{ post.pk }}`` reads 1.234 in Indonesian, and leads nowhere; ``{% url %}`` does not."""
    assert having(r"\{\{ *[\w.]*\.pk *\}\}|\{\{ *pk *\}\}", templates()) == []


def test_every_template_is_used() -> None:
    """A template that nothing names is dead, or a page that nobody can reach."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*python_files(), *templates()])
    named_by_libraries = re.compile(
        r"^(account|mfa|usersessions|allauth|django)/|^(40\d|4\d\d|50\d)"
    )
    # A view may fill in the last part of a name: f"content/publication_{page}.html".
    filled_in = [
        re.compile(rf"{re.escape(before)}[a-z_]+{re.escape(after)}")
        for before, after in re.findall(r"\bf\"([\w/]+/\w*)\{\w+\}(\w*\.html)", code)
    ]
    unused = []
    for path in templates():
        key = str(path.relative_to(ROOT / "templates"))
        if named_by_libraries.match(key) or key in code:
            continue
        if not any(pattern.fullmatch(key) for pattern in filled_in):
            unused.append(key)
    assert unused == []


@pytest.mark.parametrize("app", ["accounts", "content", "kpi", "govsocial/audit"])
def test_migrations_import_no_models(app: str) -> None:
    for path in sorted((ROOT / app / "migrations").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^from (accounts|content|kpi)\.models", text, re.M), path.name


def test_nothing_committed_names_a_registry_or_a_machine() -> None:
    words = re.compile(r"--(extra-)?index-url[ =]|\"resolved\": *\"http|/ro{2}t/|/w{1}ork/")
    bad = []
    for path in ROOT.glob("**/*"):
        parts = path.relative_to(ROOT).parts
        # What is never committed: caches, the environment, local data.
        if (parts[0].startswith(".") and parts[0] != ".ci") or parts[0] == "staticfiles":
            continue
        if "node_modules" in parts:
            continue
        if path.is_file() and path.suffix in {".py", ".txt", ".toml", ".md", ".yml", ".json", ""}:
            text = path.read_text(encoding="utf-8", errors="replace")
            if path != Path(__file__) and words.search(text):
                bad.append(name(path))
    assert bad == []
