"""What a loss can be due to, and the rule that names the fix."""

from dataclasses import dataclass

from auditor.language.loader import RuleSet


@dataclass(frozen=True, slots=True)
class Cause:
    """``label`` says it in words; ``rule`` explains it, and ``fix`` mends it where no rule does."""

    name: str
    label: str
    rule: str | None
    fix: str = ""


REDIRECT = Cause("redirect", "tracked on a page that was left at once", "signup-on-redirecting-page")
TRACKED_FIRST = Cause("identify-after-track", "tracked before identify", "identify-after-track")
NO_IDENTIFY = Cause("no-identify", "tracked, and never identified", "signup-without-identify")
DOMAIN = Cause(
    "domain-change",
    "a new anonymousId on another of your hosts",
    "cross-domain-identity-break",
    "Let both hosts share one anonymousId: cookies on the common domain, or ajs_aid in the links between them.",
)
RESET = Cause("missing-reset", "no reset: two people became one", "missing-reset-on-logout")
DOUBLE = Cause("double-count", "one signup counted twice", "double-counted-signup")
AGAIN = Cause("double-count", "one signup received twice, a day apart", "duplicate-message-id")
BLOCKED = Cause("blocked", "nothing came from the browser: blocked, or no browser at all", "missing-signup")
UNDELIVERED = Cause("undelivered", "the request failed and was never sent again", "missing-signup")
NOT_TRACKED = Cause("not-tracked", "no signup was ever tracked on this site", "missing-signup")
OLD_USER = Cause("old-user", "a signup of somebody who had an account before", "login-counted-as-signup")
NO_ACCOUNT = Cause("no-account", "a signup without an account in the database", None,
                   "Look at who these are: bots, failed forms that track a signup, or another database.")  # fmt: skip
UNKNOWN = Cause("unknown", "nothing in the log says why", None, "Record a signup with a HAR, which shows each request.")

RULES = (
    "signup-on-redirecting-page",
    "identify-after-track",
    "signup-without-identify",
    "missing-reset-on-logout",
    "two-users-on-one-device",
    "double-counted-signup",
    "duplicate-message-id",
    "login-counted-as-signup",
    "missing-signup",
)
"""The rules whose findings explain losses; they run whatever the configuration makes of them."""


def fix_of(cause: Cause, rules: RuleSet) -> str:
    """How to mend it, in the words of its rule."""
    rule = next((rule for rule in rules.rules if rule.id == cause.rule), None)
    if rule is None:
        return cause.fix
    return rule.fix or next((kind.fix for kind in rule.kinds if kind.fix), cause.fix)
