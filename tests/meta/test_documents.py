"""What the documents name exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from govsocial.local.paths import ROOT
from tests.meta.test_code import name, python_files

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "tests" / "live").rglob("README.md")),
]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
# Folders whose files documents name by their path from the root of the project.
PATH = re.compile(
    r"(?<![\w./])((?:accounts|content|docs|govsocial|kpi|requirements|risk|static|stoc|templates"
    r"|tests|\.ci)/[\w./*-]*)(?![<\w])"
)
READ = re.compile(r"env\.(text|secret|flag|integer|words|keys)\(\s*\"([A-Z_]+)\"")


def missing(document: Path) -> Iterator[str]:
    text = document.read_text(encoding="utf-8")
    for link in LINK.findall(text):
        if "://" not in link and not (document.parent / link).exists():
            yield link
    for path in PATH.findall(text):
        if not list(ROOT.glob(path.rstrip("."))):
            yield path


def test_every_file_that_a_document_names_exists() -> None:
    found = {name(document): list(missing(document)) for document in DOCUMENTS}
    assert found
    assert {document: files for document, files in found.items() if files} == {}


def test_every_document_that_code_names_exists() -> None:
    named = re.compile(r"docs/[\w./-]+\.md")
    files = [*python_files(), *sorted((ROOT / "tests").rglob("*.py"))]
    found = {
        (name(file), path)
        for file in files
        for path in named.findall(file.read_text(encoding="utf-8"))
    }
    assert found
    assert [(file, path) for file, path in sorted(found) if not (ROOT / path).exists()] == []


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    files = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    assert [file.name for file in files if f"]({file.name})" not in listed] == []
    for file in files:
        title = file.read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {int(file.name[:4])}. ")


def test_the_readme_lists_every_variable_that_settings_read() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| Variable |")[2].partition("\n\n")[0]
    listed = {
        word
        for row in table.splitlines()[2:]
        for word in re.findall(r"`([A-Z][A-Z_]+)`", row.split("|")[1])
    }
    settings = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "govsocial/settings").glob("*.py")
    )
    # Read by `env.database()`, and by Django before any of the settings.
    read = {variable for _, variable in READ.findall(settings)}
    assert listed == read | {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}


def test_the_readme_lists_every_variable_that_may_be_a_file() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    settings = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "govsocial/settings").glob("*.py")
    )
    read = {variable for kind, variable in READ.findall(settings) if kind in {"secret", "keys"}}
    listed = set(re.findall(r"`([A-Z_]+)_FILE`", readme))
    assert listed == read | {"DATABASE_URL"}


def test_every_test_that_a_document_names_exists() -> None:
    named = [
        found
        for document in DOCUMENTS
        for found in re.findall(r"`(tests/\S+\.py)::(\w+)`", document.read_text(encoding="utf-8"))
    ]
    assert len(named) > 30
    assert not [
        (path, test)
        for path, test in named
        if f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]


def test_the_readme_says_how_many_ways_around_the_gate_are_tried() -> None:
    listed = (ROOT / "docs" / "ways-around.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", listed, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"[{len(numbers)} ways around it](docs/ways-around.md)" in readme
