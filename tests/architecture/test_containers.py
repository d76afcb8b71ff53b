"""What the container files name exists: commands with their options, settings, files, the lock."""

import re
import shlex

import pytest
import yaml
from typer.main import get_command

from service.cli import app
from service.settings import Settings

SETTINGS = {f"LIFTMARK_{name.upper()}" for name in Settings.model_fields}
THE_STORES_OWN = {
    *(f"AWS_{name}" for name in ("ENDPOINT", "ALLOW_HTTP", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
}


@pytest.fixture
def compose(repository):
    return yaml.safe_load((repository / "compose.yaml").read_text())


@pytest.fixture
def dockerfile(repository) -> str:
    return (repository / "Dockerfile").read_text()


def parse(command: list[str]) -> None:
    """Raise what the command line would say to words and options that it does not know."""
    name, subcommand, *rest = command
    assert name == "liftmark"
    get_command(app).commands[subcommand].make_context(subcommand, rest)


def ours(compose) -> dict:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_each_command_of_ours_is_one_that_there_is(compose, dockerfile):
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    for words in (yaml.safe_load(command), *(service["command"] for service in ours(compose).values())):
        parse(words)
    with pytest.raises(Exception, match="--no-such"):
        parse(["liftmark", "worker", "--no-such"])


def as_set(value: str) -> str:
    """With something for what has to be set, and nothing for what need not be."""
    return re.sub(r"\$\{.*?\}", "x" * 44, re.sub(r"\$\{\w+:-\}", "", value))


def test_each_variable_of_ours_is_a_setting(compose, dockerfile):
    for service in ours(compose).values():
        assert set(service["environment"]) <= SETTINGS | THE_STORES_OWN
        Settings.model_validate(
            {
                name.removeprefix("LIFTMARK_").lower(): as_set(value)
                for name, value in service["environment"].items()
                if name in SETTINGS
            }
        )
    assert set(re.findall(r"(LIFTMARK_\w+)=", dockerfile)) <= SETTINGS


def test_no_secret_stands_in_the_file(compose):
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|MASTER_KEY|TOKEN|ACCESS_KEY", variable):
                assert re.fullmatch(r"\$\{\w+:\?see docs/operations.md\}", value), (name, variable)


def test_every_lasting_service_is_watched_and_what_it_waits_for_can_be_healthy(compose):
    services = compose["services"]
    for name, service in services.items():
        assert "healthcheck" in service or service["restart"] == "no", name
        for needed, how in service.get("depends_on", {}).items():
            watched = "healthcheck" in services[needed]
            assert how["condition"] == ("service_healthy" if watched else "service_completed_successfully")
        for volume in service.get("volumes", []):
            assert volume.startswith("/") or volume.partition(":")[0] in compose["volumes"]


def test_health_is_asked_where_the_command_serves_it(compose):
    for service in ours(compose).values():
        (port,) = re.findall(r"127\.0\.0\.1:(\d+)/healthz", service["healthcheck"]["test"][-1])
        assert port in service["command"]


def test_every_variable_that_is_asked_for_is_explained(compose, repository):
    asked = set(re.findall(r"\$\{(\w+):", (repository / "compose.yaml").read_text()))
    told = (repository / "docs/operations.md").read_text()
    assert {name for name in asked if name not in told} == set()


def test_the_image_copies_what_there_is_and_installs_the_lock(dockerfile, repository):
    copied = list(map(shlex.split, re.findall(r"^COPY (.*)$", dockerfile, re.MULTILINE)))
    for words in copied:
        if not words[0].startswith("--from"):
            assert all((repository / source).exists() for source in words[:-1]), words
    assert "--require-hashes --requirement requirements.lock" in dockerfile
    locked = (repository / "requirements.lock").read_text()
    for needed in ("typst", "prometheus-client", "psycopg-binary", "obstore"):
        assert f"\n{needed}==" in locked
