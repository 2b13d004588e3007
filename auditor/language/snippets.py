"""``fix_code`` of rules: how to mend what they find, as code by SDK.

It stands last but for the examples in a rule's file, and a check does not read it: only who shows it does.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from auditor.config.yaml_source import read
from auditor.language.loader import RuleSet, rules_folder
from auditor.language.reading import Reading
from auditor.language.rule_reader import fix_code
from auditor.model.sdk import Snippet

_BEGIN, _END = "\nfix_code:\n", "\nexamples:\n"


def fix_code_of(ids: Collection[str], rules: RuleSet | None = None) -> dict[str, Mapping[str, Snippet]]:
    """The snippets of rules by SDK, of those that have some. Of rules in packs as they were loaded, if they were."""
    loaded: Iterable[Any] = () if rules is None else rules.rules
    found = {rule.id: rule.fix_code for rule in loaded if rule.id in ids and rule.fix_code}
    for path in sorted(rules_folder().glob("*/*.yml")):
        if path.stem in ids and path.stem not in found:
            _, begin, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
            if begin:
                document = read(begin + rest.partition(_END)[0], path.name)
                found[path.stem] = fix_code(Reading(document, path.name), (), document.data)
    return found
