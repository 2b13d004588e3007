"""The half of `missing-signup` that a database knows: `auditor check --truth`."""

from auditor.engine.findings import sign
from auditor.engine.plan import Plan
from auditor.funnels.accounts import MISSING_SIGNUP, Proving, arrived_signups, options_of
from auditor.funnels.people import People
from auditor.funnels.reconcile import Reconciling, reconcile
from auditor.language.loader import RuleSet
from auditor.language.params import duration
from auditor.model.event import Event
from auditor.model.finding import Finding, RuleResult
from auditor.model.naming import Naming
from auditor.model.truth import TruthSource
from auditor.timelines.timelines import Timelines

_SAID = "though the database has the account"


class MissingByTruth:
    """Finds the users of the truth whose client signup never came and whom the log itself does not show to be new.
    ``notes`` are sentences for the reader. A finding blames the row, which gets a place as if its source were a file of
    the log."""

    def __init__(
        self, source: TruthSource, plan: Plan, rules: RuleSet, timelines: Timelines, naming: Naming
    ) -> None:
        self.source, self.plan, self.rules, self.timelines, self.naming = source, plan, rules, timelines, naming
        self.notes: list[str] = []

    def __call__(self, found: list[Finding], results: list[RuleResult]) -> list[Finding]:
        """The findings beside those that the log shows. Raises ``InputError`` where the truth cannot be read."""
        active = next((one for one in self.plan.active if one.rule.id == MISSING_SIGNUP), None)
        result = next((one for one in results if one.id == MISSING_SIGNUP), None)
        if active is None or result is None or result.status == "not-evaluated":
            self.notes.append(f"the truth was not asked: {MISSING_SIGNUP} does not run")
            return []
        checked = self._reconciled()
        truth = checked.truth
        known = {finding.event.user_id for finding in found if finding.rule == MISSING_SIGNUP}
        files = self.timelines.log.files
        files.append(truth.source)
        added = []
        for person, account in checked.missing.items():
            if account.user in known:
                continue
            row = Event(
                type="account", user_id=account.user, t=account.created, side="server", name="in the database",
                file=len(files) - 1, line=checked.lines[person],
            )  # fmt: skip
            key = ("person", account.user)
            added.append(sign(active, None, row, (), {}, {"evidence": _SAID}, "truth", key, self.naming))
        result.candidates += truth.accounts - len(known & {account.user for account in checked.missing.values()})
        result.unsure += truth.uncertain
        whole = f"{truth.captured} of {truth.accounts} accounts of the log's time have their signup in the log"
        self.notes.append(f"truth: {whole}, {truth.missing} have not; {truth.outside} rows are of another time")
        if truth.rejected:
            first = f" (the first: {truth.rejects[0]})"
            self.notes.append(f"truth: {truth.rejected} of {truth.rows} rows could not be read{first}")
        return added

    def _reconciled(self) -> Reconciling:
        bits, defines = self.plan.classifier.bits, self.rules.defines
        signup = bits[defines["client_signup"]]
        people = People(self.timelines, self.plan.is_placeholder, lambda event: bool(event.mask & signup))
        signups, _ = arrived_signups(self.timelines, people, signup)
        options = options_of(self.rules, bits.__getitem__)
        proving = Proving(self.timelines, options, signup | bits[defines["view"]])
        late = duration(self.rules.params["late_window"].default)
        return reconcile(self.source, proving, signups, late)
