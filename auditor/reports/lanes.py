"""A finding's events drawn as lanes: page loads as bands, calls as marks, the culprit joined to its evidence.

Gaps between the events of one finding run from a millisecond to weeks, so steps are equal and the gaps are written
between them. The drawing is a Vega-Lite specification, rendered to SVG without a browser. It has no lettering outside
its frame, since the reader's fonts may be wider than those it was measured with. Its colours are those of
``templates/report.css``, which knows them by their names here and has others for a dark page.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.reports.lines import clean, cut, label, sized
from auditor.reports.steps import Step

DRAWN = 12
"""Events in one drawing; of more, those nearest to the flagged one."""
_STEP, _LANE = 170, 96
_LABEL = 23
INK, DIM, FLAG, _EVIDENCE, _BAND = "#1f2328", "#57606a", "#cf222e", "#0969da", "#eaeef2"
_COLOURS = {"flagged": FLAG, "evidence": _EVIDENCE, "before": DIM}
_NAME, _TOP, _PAGE, _CALL, _MARK, _ROLE, _BOTTOM = 0.1, 0.2, 0.31, 0.5, 0.66, 0.84, 0.95
"""Where in a lane things stand, from its upper edge down."""
_HALF = 0.47
"""Of a step, to either side of a call: as far as its page is drawn."""
_NO_XML = re.compile("[\ufffe\uffff]")


def nearest(finding: Finding, held: Sequence[Step], room: int = DRAWN) -> Sequence[Step]:
    """So many of the steps as there is room for: those around the flagged event."""
    place = next(place for place, (event, _) in enumerate(held) if event is finding.event)
    first = max(min(place - room // 2, len(held) - room), 0)
    return held[first : first + room]


def drawn(finding: Finding, held: Sequence[Step]) -> str:
    """The steps of a finding as an SVG."""
    return svg_of(specification(finding, held))


def svg_of(specified: dict[str, Any]) -> str:
    """A Vega-Lite specification as an SVG."""
    import vl_convert  # takes long to load, and only this format draws

    svg: str = vl_convert.vegalite_to_svg(specified)
    return svg


def specification(finding: Finding, held: Sequence[Step]) -> dict[str, Any]:
    """The drawing as a Vega-Lite specification."""
    held = nearest(finding, held)
    lanes = list(dict.fromkeys(_lane(event) for event, _ in held))
    row = {lane: place for place, lane in enumerate(lanes)}
    calls = [
        {
            "x": place,
            "y": row[_lane(event)] + _MARK,
            "call": lettering(f"{event.type} {label(event)}".strip()),
            "role": lettering(role),
            "kind": "flagged" if event is finding.event else "evidence" if role else "before",
        }
        for place, (event, role) in enumerate(held)
    ]
    flagged = next(call for call in calls if call["kind"] == "flagged")
    joins = [
        {"x": flagged["x"], "y": flagged["y"], "x2": call["x"], "y2": call["y"]}
        for call in calls
        if call["kind"] == "evidence"
    ]
    gaps = [
        {"x": place + 0.5, "gap": f"+{sized(abs(after.time - event.time))}"}
        for place, ((event, _), (after, _)) in enumerate(pairwise(held))
    ]
    names = [{"x": -_HALF, "y": place + _NAME, "lane": lane} for lane, place in row.items()]
    return _specification(len(held), names, list(_bands(held, row)), joins, calls, gaps)


def lettering(text: str, room: int = _LABEL) -> str:
    """A text that can be drawn; what is no character of XML ends the process of what draws it."""
    return _NO_XML.sub("\ufffd", clean(cut(text, room)))


def _lane(event: Event) -> str:
    if event.lane is None:
        return "server"
    return f"{event.side or 'client'} {lettering(event.anonymous_id or '', 40)}".strip()


def _bands(held: Sequence[Step], row: dict[str, int]) -> Iterator[dict[str, Any]]:
    """One for each stretch of a lane's events on one page, as far as the events say on which they were made."""
    open_bands: dict[str, dict[str, Any]] = {}
    for place, (event, _) in enumerate(held):
        lane = _lane(event)
        band = open_bands.get(lane)
        if event.path is None:
            continue
        page = lettering(event.path)
        if band is not None and band["page"] == page and event.type not in ("page", "screen"):
            band["x2"] = place + _HALF
            continue
        if band is not None:
            yield band
        top = row[lane]
        open_bands[lane] = {
            "x": place - _HALF, "x2": place + _HALF, "y": top + _TOP, "y2": top + _BOTTOM, "words": top + _PAGE,
            "page": page,
        }  # fmt: skip
    yield from open_bands.values()


def _specification(
    width: int, names: list[Any], bands: list[Any], joins: list[Any], calls: list[Any], gaps: list[Any]
) -> dict[str, Any]:
    lanes = len(names)
    x = axis("x", [-0.5, width - 0.5])
    y = axis("y", [0, lanes + 0.25]) | {"scale": {"domain": [0, lanes + 0.25], "nice": False, "reverse": True}}
    colour = {
        "field": "kind", "type": "nominal", "legend": None,
        "scale": {"domain": list(_COLOURS), "range": list(_COLOURS.values())},
    }  # fmt: skip
    ends = {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}}

    def text(field: str, dy: float, **mark: Any) -> dict[str, Any]:
        """Lettering ``dy`` of a lane below the mark that it belongs to."""
        held = {"type": "text", "fontSize": 11, "color": INK, "dy": round(dy * _LANE), **mark}
        return {"mark": held, "encoding": {"x": x, "y": y, "text": {"field": field, "type": "nominal"}}}

    page = text("page", 0, color=DIM, align="left", dx=8)
    page["encoding"]["y"] = y | {"field": "words"}
    role = text("role", _ROLE - _MARK, fontStyle="italic")
    role["encoding"]["color"] = colour
    gap = text("gap", 0, color=DIM)
    gap["encoding"]["y"] = {"value": round((lanes + 0.1) * _LANE)}
    layers = [
        (names, text("lane", 0, color=DIM, align="left")),
        (bands, {"mark": {"type": "rect", "color": _BAND, "cornerRadius": 6}, "encoding": ends}),
        (bands, page),
        (joins, {"mark": {"type": "rule", "color": _EVIDENCE, "strokeDash": [4, 3]}, "encoding": ends}),
        (
            calls,
            {
                "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour},
            },
        ),
        (calls, text("call", _CALL - _MARK, fontWeight="bold")),
        (calls, role),
        (gaps, gap),
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _STEP * width,
        "height": round(_LANE * (lanes + 0.25)),
        "background": "transparent",
        "padding": 2,
        "config": {"view": {"stroke": None}, "font": "system-ui, sans-serif", "aria": False},
        "layer": [{"data": {"values": values}, **layer} for values, layer in layers if values],
    }


def axis(field: str, domain: list[float]) -> dict[str, Any]:
    """A channel that places marks within a domain, and shows no axis."""
    scale = {"domain": domain, "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}
