"""YAML with places, for plans: as the configuration is read, with guards against what no plan needs."""

import re
from typing import Any

from auditor.config.yaml_source import YamlError
from auditor.config.yaml_source import read as read_yaml
from auditor.model.plan import PlanError

_ALIASES = 20
"""References to anchors in one file. Plans have none or a few; documents that grow when they are read have many."""

_ALIAS = re.compile(r"(?m)(?:^|[\s\[{,:-])\*[\w.-]+")


class YamlText:
    """A YAML document: ``data`` as plain values, and where they stand. Raises ``PlanError``."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        if len(_ALIAS.findall(text)) > _ALIASES:
            raise PlanError(f"{file}: more than {_ALIASES} references to YAML anchors; write out what they stand for")
        try:
            self._document = read_yaml(text, file)
        except YamlError as error:
            raise PlanError(str(error)) from error
        except ValueError as error:  # a number with thousands of digits
            raise PlanError(f"{file}: not valid YAML: {error}") from error
        self.data: Any = self._document.data

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """The line (from 1) where a member or an item begins; of its nearest parent where it is absent."""
        return self._document.line(path)
