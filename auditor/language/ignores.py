"""The config's ``ignore`` entries, their ``where`` compiled: findings that somebody accepted, with a reason."""

from dataclasses import dataclass
from datetime import date

from auditor.config.settings import Settings
from auditor.language.compiler import Compiler
from auditor.language.predicates import Constant, Predicate


@dataclass(frozen=True)
class Ignoring:
    """Accepted findings of a rule: those whose flagged event meets ``where``. ``place`` is file and line."""

    rule: str
    where: Predicate
    reason: str
    expires: date | None
    place: str


def compile_ignores(settings: Settings, compiler: Compiler, problems: list[str]) -> tuple[Ignoring, ...]:
    """Compile the entries; what is wrong with a ``where`` is appended to ``problems`` with its place."""
    found = []
    for entry in settings.ignore:
        before = len(compiler.reading.problems)
        where = Constant(True) if entry.where is None else compiler.predicate(entry.where, ())
        place = settings.place("ignore", entry.place)
        for problem in compiler.reading.problems[before:]:
            problems.append(f"{settings.place('ignore', entry.place, 'where')}: {problem.split(': ', 1)[1]}")
        found.append(Ignoring(entry.rule, where, entry.reason, entry.expires, place))
    return tuple(found)
