"""Algorithms that a rule can name where YAML cannot say it, one per file.

A check is a module with ``OPTIONS`` (name -> ``predicate`` | ``duration`` | ``value``), optionally
``READS_NESTED`` (of which events it reads properties, traits or context: ``"flagged"``, names of predicates), and

    def check(at, timeline, options, timelines) -> Iterator[Problem | Unsure]

called once for each flagged event, which is ``timeline[at]``. ``timeline`` is in order; ``options`` holds a callable
per predicate, milliseconds per duration. It yields problems: it knows no file, no severity, no format and no Spark
(design.md 3). A check may also have

    def glance(options, holds) -> bool

to pass over timelines at a glance; ``holds`` says per predicate whether any event of the timeline meets it;

    def screen(flagged, timeline, options) -> list[int]

to go through a timeline once and name the flagged events, by index, that may be a problem;

    def passes(event, options, timelines) -> bool

where the rule is by another key than the lane, to tell of a flagged event by itself that it is none. And

    TOLD_BY = {"delivery": ("lost",)}

says which kinds it cannot tell where no event has this member (`auditor events` reports that). ``ONLY`` names an
option, a predicate: only events that meet it can be a problem, the other flagged ones are fine.
"""
