"""Algorithms that a rule can name where YAML cannot say it, one per file.

A check is a module with ``OPTIONS`` (name -> ``predicate`` | ``duration`` | ``value``), optionally
``READS_NESTED = True`` if it reads properties, traits or context, and

    def check(at, timeline, options, timelines) -> Iterator[Problem | Unsure]

called once for each flagged event, which is ``timeline[at]``. ``timeline`` is in order; ``options`` holds a callable
per predicate, milliseconds per duration. It yields problems: it knows no file, no severity, no format and no Spark
(design.md 3). A check may also have

    def glance(options, holds) -> bool

to pass over timelines at a glance; ``holds`` says per predicate whether any event of the timeline meets it. And

    TOLD_BY = {"delivery": ("lost",)}

says which kinds it cannot tell where no event has this member (`auditor events` reports that).
"""
