"""The signup funnel drawn: a bar for each step, of who went on, who left, and who was lost by broken tracking.

A Vega-Lite specification, rendered to SVG without a browser, with the colours of ``templates/report.css`` as in
``lanes``. It scales with its column, so its lettering is large for its width.
"""

from collections.abc import Iterator
from typing import Any

from auditor.model.funnel import Funnel, Step
from auditor.reports.lanes import DIM, FLAG, INK, axis, lettering, svg_of
from auditor.reports.violations_text import percent

WENT_ON, LEFT = "#0969da", "#8c959f"
_WIDTH, _ROW = 440, 62
_NAME, _BAR, _BAR_END, _SAID = 0.2, 0.36, 0.66, 0.84
"""Where in a row things stand, from its upper edge down."""
_LABEL = 30


def missing(funnel: Funnel, step: Step) -> int:
    """People who must have taken a step and do not show in it, because tracking is broken."""
    return sum(loss.people for loss in funnel.losses if loss.step == step.name and not loss.overcounts)


def drawn(funnel: Funnel) -> str:
    """The steps that the log shows as an SVG."""
    return svg_of(specification(funnel))


def specification(funnel: Funnel) -> dict[str, Any]:
    """The drawing as a Vega-Lite specification."""
    steps = [step for step in funnel.steps if step.shown]
    whole = max((step.people or 0) + missing(funnel, step) for step in steps) or 1
    bars, names, said, lost = [], [], [], []
    for row, step in enumerate(steps):
        people, left, broken = step.people or 0, step.left or 0, missing(funnel, step)
        bars += _bars(row, (people - left, WENT_ON), (left, LEFT), (broken, FLAG))
        names.append({"x": 0, "y": row + _NAME, "words": lettering(step.name, _LABEL)})
        said.append({"x": whole, "y": row + _NAME, "words": _people(step, row)})
        if left:
            said.append({"x": 0, "y": row + _SAID, "words": f"{left:,} left", "align": "left"})
        if broken:
            lost.append({"x": whole, "y": row + _SAID, "words": f"{broken:,} lost by broken tracking"})
    return _specification(len(steps), whole, bars, names, said, lost)


def _bars(row: int, *parts: tuple[int, str]) -> Iterator[dict[str, Any]]:
    start = 0
    for width, colour in parts:
        if width > 0:
            yield {"x": start, "x2": start + width, "y": row + _BAR, "y2": row + _BAR_END, "colour": colour}
            start += width


def _people(step: Step, row: int) -> str:
    people = f"{step.people:,} {'person' if step.people == 1 else 'people'}"
    return people if step.conversion is None or not row else f"{people} ({percent(step.conversion)})"


def _specification(
    rows: int, whole: int, bars: list[Any], names: list[Any], said: list[Any], lost: list[Any]
) -> dict[str, Any]:
    x = axis("x", [0, whole])
    y = axis("y", [0, rows]) | {"scale": {"domain": [0, rows], "nice": False, "reverse": True}}
    colour = {"field": "colour", "type": "nominal", "legend": None, "scale": None}
    ends = {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "color": colour}

    def text(**mark: Any) -> dict[str, Any]:
        held = {"type": "text", "fontSize": 13, "baseline": "middle", **mark}
        return {"mark": held, "encoding": {"x": x, "y": y, "text": {"field": "words", "type": "nominal"}}}

    layers = [
        (bars, {"mark": {"type": "rect", "stroke": None}, "encoding": ends}),
        (names, text(align="left", fontWeight="bold", color=INK)),
        ([one for one in said if "align" not in one], text(align="right", color=INK)),
        ([one for one in said if "align" in one], text(align="left", color=DIM)),
        (lost, text(align="right", fontWeight="bold", color=FLAG)),
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": _ROW * rows,
        "background": "transparent",
        "padding": 2,
        "config": {"view": {"stroke": None}, "font": "system-ui, sans-serif", "aria": False},
        "layer": [{"data": {"values": values}, **layer} for values, layer in layers if values],
    }
