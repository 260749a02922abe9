"""What the suite needs from its machine, said plainly, and what CI insists on.

A test marked `postgres`, `rabbitmq`, `browser`, `specs` or `nginx` is skipped with the reason where the thing
is missing. With HUAFANG_REQUIRE naming it (comma-separated, as .ci/run does), a skip becomes a failure.
"""

import os
import shutil
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SPECS = Path(__file__).resolve().parents[2] / "shared" / "specs"
NEEDS = {
    "rabbitmq": "no RabbitMQ answers on 127.0.0.1:5672",
    "browser": "no Chromium is installed (Debian: chromium)",
    "specs": "the outside parties' own descriptions are not beside the checkout (../shared/specs)",
    "nginx": "nginx is not installed (Debian: nginx-light)",
}


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _has(need: str) -> bool:
    match need:
        case "rabbitmq":
            return _answers(5672)
        case "browser":
            return bool(shutil.which("chromium"))
        case "nginx":
            return bool(shutil.which("nginx"))
    return SPECS.is_dir()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = {need: reason for need, reason in NEEDS.items() if not _has(need)}


MISSING = pytest.StashKey[dict[str, str]]()

# A deadline by the clock says nothing on a busy machine.
settings.register_profile("huafang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("huafang")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for need, reason in item.config.stash[MISSING].items():
        if item.get_closest_marker(need):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = set(filter(None, os.environ.get("HUAFANG_REQUIRE", "").split(",")))
    needed = {mark.name for mark in item.iter_markers()} & required
    if report.skipped and needed and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but {', '.join(sorted(needed))} must be here: {report.longrepr}"
    return report


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes and long texts are named by their argument: made ones differ from process to process."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 60) else None
