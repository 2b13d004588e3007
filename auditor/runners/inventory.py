"""Taking stock of a log, and what follows from it: an inventory, and a configuration to begin with."""

from auditor.engine.gaps import GapFinder
from auditor.engine.inventory import take_stock
from auditor.engine.plan import make_plan
from auditor.language.loader import RuleSet
from auditor.logs.reader import RejectSink
from auditor.model.inventory import Inventory
from auditor.model.naming import Naming, Redacting
from auditor.model.proposal import Proposal
from auditor.runners.local import Request, read
from auditor.timelines.timelines import Timelines


def take_inventory(request: Request, rules: RuleSet, on_reject: RejectSink | None = None) -> Inventory:
    """The inventory of the inputs. Raises ``InputError`` where one of them cannot be read at all."""
    return _stock(request, rules, on_reject)[0]


def propose_config(request: Request, rules: RuleSet, on_reject: RejectSink | None = None) -> Proposal:
    """A configuration for the site behind the inputs; ``rules`` have their default parameters. Raises ``InputError``
    where an input cannot be read at all."""
    from auditor.engine.proposal import propose

    return propose(*_stock(request, rules, on_reject), rules)


def _stock(request: Request, rules: RuleSet, on_reject: RejectSink | None) -> tuple[Inventory, Timelines]:
    settings = request.settings
    plan = make_plan(rules, settings, request.select, request.ignore, request.tracking_plan)
    finder = GapFinder(plan, rules)
    _, timelines = read(request, plan, on_reject)
    naming = Redacting(plan.is_placeholder) if request.redact else Naming()
    return take_stock(timelines, plan, rules, finder, settings.params, naming), timelines
