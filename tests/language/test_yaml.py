"""YAML as rules and configurations are read: by YAML 1.2, with places."""

from typing import Any

import pytest

from auditor.config.yaml_source import YamlError, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("No", "No"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("10:30", "10:30"), ("1:2:3", "1:2:3"), ("2026-01-05", "2026-01-05"),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z"),
        ("1_000", "1_000"), ("0b11", "0b11"), ("=", "="), ("<<", "<<"), ("+", "+"), (".", "."), ("e5", "e5"),
        ("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None), ("Null", None),
        ("12", 12), ("-7", -7), ("+3", 3), ("0o17", 15), ("0x1F", 31), ("010", 10),
        ("1.5", 1.5), ("-.5", -0.5), ("1e3", 1000.0), ("1.", 1.0), (".inf", float("inf")), ("-.inf", float("-inf")),
        ("'12'", "12"), ('"true"', "true"), ("'null'", "null"), ("''", ""),
    ],
)  # fmt: skip
def test_a_scalar_is_read_by_yaml_1_2(text: str, value: Any) -> None:
    (found,) = read(f"[{text}]" if text else "- ", "a.yml").data
    assert (found, type(found)) == (value, type(value))


def test_keys_are_always_strings() -> None:
    assert read("{on: 1, 12: 2, null: 3, 2026-01-05: 4}", "a.yml").data == {
        "on": 1,
        "12": 2,
        "null": 3,
        "2026-01-05": 4,
    }


def test_a_literal_block_is_a_string() -> None:
    assert read("a: |\n  12\nb: >-\n  true\n", "a.yml").data == {"a": "12\n", "b": "true"}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1), (("a",), 1), (("b",), 2), (("b", "c"), 3), (("b", "c", 0), 4), (("b", "c", 1), 5),
        (("b", "c", 1, "e"), 6), (("b", "x"), 2), (("b", "c", 9), 3), (("b", "c", 0, "deeper"), 4), (("absent",), 1),
    ],
)  # fmt: skip
def test_every_place_has_a_line_and_an_absent_one_that_of_its_parent(place: tuple[Any, ...], line: int) -> None:
    assert read("a: 1\nb:\n  c:\n    - x\n    - d: 1\n      e: 2\n", "a.yml").line(place) == line


def test_the_lines_of_repeated_content_are_those_of_each_place() -> None:
    document = read("anchor: &a {k: 1}\nuse: *a\nflow: {k: [1,\n  2]}\n", "a.yml")
    assert document.data == {"anchor": {"k": 1}, "use": {"k": 1}, "flow": {"k": [1, 2]}}
    assert [document.line(("flow", "k", 1)), document.line(("use",))] == [4, 2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [\n", "a.yml:3: not valid YAML"),
        ("a: 1\na: 2\n", 'a.yml:2: the key "a" stands here twice'),
        ("x:\n  a: 1\n  'a': 2\n", 'a.yml:3: the key "a" stands here twice'),
        ("? [1]\n: 2\n", "a.yml:1: a key must be a plain word"),
        ("a: *unknown\n", "a.yml:1: not valid YAML"),
        ("a: 1\n---\nb: 2\n", "a.yml:2: not valid YAML"),
        ("\ta: 1\n", "a.yml:1: not valid YAML"),
        ("a: \x00\n", "a.yml: not valid YAML"),
        ("[" * 5000, "a.yml"),
        ("&a [*a]", "a.yml: nested too deeply"),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(YamlError) as caught:
        read(text, "a.yml")
    assert str(caught.value).startswith(said)


def test_an_empty_document_is_nothing() -> None:
    assert read("# only a comment\n", "a.yml").data is None
