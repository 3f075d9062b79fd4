"""Files that only another machine runs: at least they must agree with the code."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from govsocial.celery import QUEUES
from govsocial.local import lock
from govsocial.local.paths import ROOT
from govsocial.local.supervisor import WORKERS
from govsocial.web import heartbeat


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def served(service: dict[str, Any]) -> list[str]:
    command = service.get("command", [])
    return command[command.index("-Q") + 1].split(",") if "-Q" in command else []


def test_production_serves_each_queue_of_celery_once(compose: dict[str, Any]) -> None:
    queues = [queue for service in compose["services"].values() for queue in served(service)]
    assert sorted(queues) == sorted(QUEUES)


def test_the_demo_serves_each_queue_of_celery_once() -> None:
    queues = [queue for served_queues in WORKERS.values() for queue in served_queues.split(",")]
    assert sorted(queues) == sorted(QUEUES)


def test_publishing_has_a_worker_of_its_own(compose: dict[str, Any]) -> None:
    assert ["publishing"] in [served(service) for service in compose["services"].values()]
    assert "publishing" in WORKERS.values()


def test_seals_of_the_trail_do_not_wait_behind_slow_pulls(compose: dict[str, Any]) -> None:
    production = [served(service) for service in compose["services"].values()]
    demo = [queues.split(",") for queues in WORKERS.values()]
    for workers in (production, demo):
        assert not any({"metrics", "default"} <= set(queues) for queues in workers)


def test_only_migrate_connects_as_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    roles = {
        name: re.sub(r"^postgresql://(\w+):.*", r"\1", service["environment"]["DATABASE_URL"])
        for name, service in compose["services"].items()
        if "DATABASE_URL" in service.get("environment", {})
    }
    assert roles.pop("migrate") == "govsocial_owner"
    assert len(roles) == 5
    assert set(roles.values()) == {"govsocial_app"}

    script = (ROOT / "docker" / "roles.sh").read_text()
    assert (
        "./docker/roles.sh:/docker-entrypoint-initdb.d/roles.sh:ro"
        in (compose["services"]["postgres"]["volumes"])
    )
    assert "CREATE DATABASE govsocial OWNER govsocial_owner;" in script
    guide = (ROOT / "docs" / "howto" / "protect-the-trail.md").read_text()
    for statement in re.findall(r"(?ms)^(?:GRANT USAGE|ALTER DEFAULT)[^;]*;", guide):
        assert statement in script


def test_every_lasting_service_has_a_health_check_and_restarts(compose: dict[str, Any]) -> None:
    lasting = {n: s for n, s in compose["services"].items() if n != "migrate"}
    assert lasting.keys() >= {"postgres", "valkey", "web", "beat"}
    for name, service in lasting.items():
        assert "healthcheck" in service, name
        assert service["restart"] == "unless-stopped", name


def test_health_checks_look_for_the_signs_that_the_code_leaves(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        check = " ".join(service.get("healthcheck", {}).get("test", []))
        if served(service):
            node = service["command"][service["command"].index("-n") + 1]
            sign = heartbeat._worker(served(service)[0], node.replace("%h", ""))
            assert f"'{sign}' + socket.gethostname()" in check
        elif name == "beat":
            assert f"'{heartbeat.BEAT}'" in check


def test_what_a_health_check_runs_is_python(compose: dict[str, Any]) -> None:
    programs = [
        service["healthcheck"]["test"][3]
        for service in compose["services"].values()
        if service.get("healthcheck", {}).get("test", [])[1:3] == ["python", "-c"]
    ]
    assert len(programs) == 5
    for program in programs:
        compile(program, "healthcheck", "exec")


def test_the_image_runs_as_an_ordinary_user_and_installs_by_hash() -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    (install,) = (shlex.split(line) for line in lines if "pip install" in line)
    assert {"--require-hashes", "requirements/base.txt"} <= set(install)
    assert lines.index("USER govsocial") < next(
        number for number, line in enumerate(lines) if line.startswith("CMD")
    )


def test_requirements_were_compiled_from_the_dependencies_as_they_stand() -> None:
    assert lock.outdated() == []


@pytest.mark.parametrize("name", ["base", "demo", "test"])
def test_every_requirement_has_a_hash_and_none_an_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    requirements = re.split(r"(?m)^(?=[a-z])", text)[1:]
    assert len(requirements) > 20
    assert all("--hash=sha256:" in requirement for requirement in requirements)
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)
