"""YAML for people: lists and maps that fit stay on one line, texts are quoted only where they must be.

A plain scalar must come back as the text that it is, both here (YAML 1.2) and in readers of YAML 1.1.
"""

import json
from typing import Any

import yaml

from auditor.config.yaml_source import scalar

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LINE = 100
_SHORT = 72
"""Characters of a list or a map that is written on one line."""


class _Flow:
    """Something written on one line."""

    def __init__(self, held: Any) -> None:
        self.held = held


class _Pleasant(_Dumper):  # type: ignore[misc]
    """The dumper with our representers."""

    def ignore_aliases(self, data: Any) -> bool:
        """A value that stands twice is written twice."""
        return True


def _text(dumper: Any, text: str) -> Any:
    if "\n" in text and not any(char < " " and char != "\n" for char in text) and text.strip() == text:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    plain = isinstance(scalar(text), str)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else "'")


def _flow(dumper: Any, flow: _Flow) -> Any:
    if isinstance(flow.held, dict):
        return dumper.represent_mapping("tag:yaml.org,2002:map", flow.held, flow_style=True)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", flow.held, flow_style=True)


_Pleasant.add_representer(str, _text)
_Pleasant.add_representer(_Flow, _flow)


def dumped(held: dict[str, Any]) -> str:
    """A map as YAML, in the order of its keys."""
    text: str = yaml.dump(
        {key: _shaped(value, 0) for key, value in held.items()},
        Dumper=_Pleasant,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=_LINE,
    )
    return text


def _shaped(value: Any, depth: int) -> Any:
    """A value whose small collections are marked to stay on one line."""
    if isinstance(value, dict | list) and (not value or (depth and _is_small(value))):
        return _Flow(value)
    if isinstance(value, dict):
        return {key: _shaped(inner, depth + 1) for key, inner in value.items()}
    return [_shaped(inner, depth + 1) for inner in value] if isinstance(value, list) else value


def _is_small(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    if any(isinstance(item, dict | list) and (isinstance(value, dict) or item) for item in inner):
        return isinstance(value, dict) and len(value) <= 3 and len(json.dumps(value)) <= _SHORT and _flat(value)
    return len(json.dumps(value)) <= _SHORT


def _flat(value: dict[str, Any]) -> bool:
    """Whether a map holds, beside single values, only lists of such."""
    return not any(
        isinstance(inner, dict) or (isinstance(inner, list) and any(isinstance(item, dict | list) for item in inner))
        for inner in value.values()
    )
