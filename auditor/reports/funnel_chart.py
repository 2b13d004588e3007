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
_WIDTH, _NAME, _BAR, _BAR_END, _SAID = 440, 12, 24, 42, 54
_ROW, _ROW_SAID = 52, 68
"""Where in a row things stand, from its upper edge down; and how high one is, without and with a line below its bar."""
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
    whole = max(((step.people or 0) + missing(funnel, step) for step in steps), default=0) or 1
    bars: list[dict[str, Any]] = []
    names, people, left, lost = [], [], [], []
    top = 0
    for step in steps:
        took, broken = step.people or 0, missing(funnel, step)
        gone = 0 if step is steps[-1] else step.left or 0  # whoever took the last step has not left
        bars += _bars(top, (took - gone, WENT_ON), (gone, LEFT), (broken, FLAG))
        names.append({"x": 0, "y": top + _NAME, "words": lettering(step.name, _LABEL)})
        people.append({"x": whole, "y": top + _NAME, "words": _people(took, step.of_first)})
        if gone:
            left.append({"x": 0, "y": top + _SAID, "words": f"{gone:,} left"})
        if broken:
            lost.append({"x": whole, "y": top + _SAID, "words": f"{broken:,} lost by broken tracking"})
        top += _ROW_SAID if gone or broken else _ROW
    x, y = axis("x", [0, whole]), axis("y", [0, top])
    y["scale"]["reverse"] = True
    colour = {"field": "colour", "type": "nominal", "legend": None, "scale": None}
    ends = {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "color": colour}

    def text(**mark: Any) -> dict[str, Any]:
        held = {"type": "text", "fontSize": 13, "baseline": "middle", **mark}
        return {"mark": held, "encoding": {"x": x, "y": y, "text": {"field": "words", "type": "nominal"}}}

    layers = [
        (bars, {"mark": {"type": "rect", "stroke": None}, "encoding": ends}),
        (names, text(align="left", fontWeight="bold", color=INK)),
        (people, text(align="right", color=INK)),
        (left, text(align="left", color=DIM)),
        (lost, text(align="right", fontWeight="bold", color=FLAG)),
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": top,
        "background": "transparent",
        "padding": 2,
        "config": {"view": {"stroke": None}, "font": "system-ui, sans-serif", "aria": False},
        "layer": [{"data": {"values": values}, **layer} for values, layer in layers if values],
    }


def _bars(top: int, *parts: tuple[int, str]) -> Iterator[dict[str, Any]]:
    start = 0
    for width, colour in parts:
        if width > 0:
            yield {"x": start, "x2": start + width, "y": top + _BAR, "y2": top + _BAR_END, "colour": colour}
            start += width


def _people(count: int, share: float | None) -> str:
    people = f"{count:,} {'person' if count == 1 else 'people'}"
    return people if share in (None, 1) else f"{people} ({percent(share)})"
