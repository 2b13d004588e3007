"""The pytest plugin: `pytest --auditor-log PATH` and the fixture ``auditor`` (`docs/python.md`).

pytest imports this module at every start, wherever Auditor is installed: nothing of Auditor is imported before it is
used.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from auditor.api import Rules
    from auditor.pytest_plugin.audited import Audited

_RULES: "pytest.StashKey[Rules]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--auditor-log`` and ``--auditor-config``."""
    group = parser.getgroup("auditor", "the linter for analytics tracking")
    group.addoption(
        "--auditor-log",
        action="append",
        default=[],
        metavar="PATH",
        help="Check this log of recorded events (a file, a folder or a glob); it is one test. May be repeated.",
    )
    group.addoption(
        "--auditor-config",
        metavar="FILE",
        help="Auditor's configuration; else the nearest auditor.yml or [tool.auditor] from the root folder upwards.",
    )


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose among the tests
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """One test for each log that the command line names."""
    for log in dict.fromkeys(config.getoption("--auditor-log")):
        items.append(LogItem.from_parent(session, name=log, nodeid=f"auditor::{log}"))


class LogItem(pytest.Item):
    """The test that a log is clean."""

    def runtest(self) -> None:
        """Raises ``AssertionError`` with the report where the log has findings, or holds nothing to check."""
        checked(self.config, self._place(), {}).assert_clean()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report alone: where it was raised tells nobody anything. A mistake of ours keeps its traceback."""
        from auditor.config.settings import ConfigError
        from auditor.model.log import InputError
        from auditor.model.plan import PlanError

        if isinstance(excinfo.value, AssertionError | ConfigError | InputError | PlanError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The log and the words for it."""
        return Path(self.config.invocation_params.dir / self.name), None, f"auditor check {self.name}"

    def _place(self) -> str:
        """The log as it was named, from where pytest was called; a test may have gone elsewhere since."""
        here = self.config.invocation_params.dir
        return self.name if Path.cwd() == here else str(here / self.name)


@pytest.fixture
def auditor(request: pytest.FixtureRequest) -> Callable[..., "Audited"]:
    """Check events: ``auditor(events).assert_clean()``, ``auditor(path).assert_flags("identify-after-track")``.

    Takes what ``auditor.audit`` takes for a log, and its further words (``select``, ``plan``, ``fail_on``, ...).
    """

    def run(logs: Any, **options: Any) -> "Audited":
        return checked(request.config, logs, options)

    return run


def checked(config: pytest.Config, logs: Any, options: dict[str, Any]) -> "Audited":
    """A log that was checked by the rules of this run; they are loaded once."""
    from auditor.api import load_rules
    from auditor.config.config_file import find_config
    from auditor.pytest_plugin.audited import Audited

    if "config" in options:
        options["rules"] = load_rules(options.pop("config"))
    if "rules" not in options:
        if _RULES not in config.stash:
            given = config.getoption("--auditor-config")
            file = config.invocation_params.dir / given if given else find_config(config.rootpath)
            config.stash[_RULES] = load_rules({} if file is None else file)
        options["rules"] = config.stash[_RULES]
    return Audited(logs, options)
