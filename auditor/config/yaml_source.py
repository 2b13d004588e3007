"""YAML with places: values by YAML 1.2's core schema, and the line of each of them.

PyYAML speaks YAML 1.1, where ``no`` is false, ``10:30`` is 630 and a date is a datetime; event names and paths must not
change by being written down. libyaml parses and composes; scalars are resolved here.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # loaded where a document is parsed: our own rules are kept parsed, and most runs have no config
    import yaml

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_INT = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_FLOAT_WORDS = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}

_QUOTED = ("'", '"', "|", ">")

Place = tuple[str | int, ...]


class YamlError(Exception):
    """A document that is not YAML, or says one key twice; the text names file and line."""


class Document:
    """A YAML document: ``data`` as plain values, and the line of each place in it.

    ``compose`` gives the document's nodes; it is called where a line is asked for.
    """

    def __init__(self, data: Any, compose: "Callable[[], yaml.Node | None]" = lambda: None) -> None:
        self.data = data
        self._compose = compose

    def line(self, place: Place) -> int:
        """The line (from 1) where a key, or an item of a list, begins; of its nearest parent if it is absent."""
        if not place:
            return 1
        import yaml

        node, line = self._compose(), 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                pairs = [pair for pair in node.value if pair[0].value == str(step)]
                if not pairs:
                    return line
                key, node = pairs[0]
                line = key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                return line
        return line


def read(text: str, name: str) -> Document:
    """Read one document. Raises ``YamlError``."""
    try:
        node = composed(text, name)
        return Document(None if node is None else _value(node, name), lambda: node)
    except RecursionError as error:
        raise YamlError(f"{name}: nested too deeply") from error


def composed(text: str, name: str) -> "yaml.Node | None":
    """The nodes of one document. Raises ``YamlError``."""
    import yaml

    try:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            node: yaml.Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark is not None else name
        raise YamlError(f"{place}: not valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise YamlError(f"{name}: not valid YAML: {str(error).splitlines()[0]}") from error
    return node


def _value(node: "yaml.Node", name: str) -> Any:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style in _QUOTED else scalar(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name) for item in node.value]
    held: dict[Any, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise YamlError(f"{name}:{key.start_mark.line + 1}: a key must be a plain word")
        if key.value in held:
            raise YamlError(f'{name}:{key.start_mark.line + 1}: the key "{key.value}" stands here twice')
        held[key.value] = _value(value, name)
    return held


def scalar(text: str) -> Any:
    """A plain scalar by YAML 1.2's core schema (10.3.2). Keys are always strings."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OTHER_INT.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    word = _FLOAT_WORDS.get(text.lower())
    return text if word is None else float(word)
