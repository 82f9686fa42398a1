# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest fixtures: machines that are closed behind each test, and whose log is shown where it fails.

    def test_in_use(boot):
        old, new = boot("2.4.20"), boot("6.1")

    @pytest.mark.retromod(release="2.4.18-14", arch="i386")
    def test_loads(machine):
        assert machine.insmod("hello.o") == 0

    def test_both(either_abi): ...        # once on --retromod-old, once on --retromod-new
"""
from __future__ import annotations

from typing import Callable, Iterator

import pytest

from .machine import Machine

_KEY = "retromod_machines"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("retromod")
    group.addoption("--retromod-old", default="2.4.20", help="release of the old ABI for `either_abi` and `machine` (default: %(default)s)")
    group.addoption("--retromod-new", default="6.1", help="release of the new ABI for `either_abi` (default: %(default)s)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "retromod(release, arch, ...): what the fixture `machine` boots, as retromod.Machine takes it")


@pytest.fixture
def boot(request: pytest.FixtureRequest) -> Iterator[Callable[..., Machine]]:
    """A function that boots machines as retromod.Machine does; they are closed when the test is over."""
    machines: "list[Machine]" = []
    setattr(request.node, _KEY, machines)

    def make(*arguments: object, **options: object) -> Machine:
        machines.append(Machine(*arguments, **options))  # type: ignore[arg-type]
        return machines[-1]

    yield make
    for machine in machines:
        machine.close()


@pytest.fixture
def machine(request: pytest.FixtureRequest, boot: Callable[..., Machine]) -> Machine:
    """One machine: what the mark `retromod` says, else of --retromod-old."""
    mark = request.node.get_closest_marker("retromod")
    options = dict(mark.kwargs) if mark else {}
    if not (mark and mark.args):
        options.setdefault("release", request.config.getoption("--retromod-old"))
    return boot(*(mark.args if mark else ()), **options)


@pytest.fixture(params=["old", "new"])
def either_abi(request: pytest.FixtureRequest, boot: Callable[..., Machine]) -> Machine:
    """The test runs twice: on a machine of the old ABI and on one of the new."""
    return boot(request.config.getoption(f"--retromod-{request.param}"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if call.when == "call" and report.failed:
        for machine in getattr(item, _KEY, []):
            report.sections.append((f"log of {machine.release}", machine.log()))
