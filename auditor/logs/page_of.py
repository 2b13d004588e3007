"""The page of a call whose context does not say it."""

from typing import Any

from auditor.model.event import Context, Event, Page


def page_of_properties(event: Event) -> Page | None:
    """The page of a page call that carries it only as properties."""
    held = event.properties or {}
    page = event.context.page if event.context is not None else None
    path, referrer, url = (_text(held.get(member)) for member in ("path", "referrer", "url"))
    if page is not None:
        page.path, page.referrer, page.url = page.path or path, page.referrer or referrer, page.url or url
        return page
    if path is None and url is None:
        return None
    page = Page(path, referrer, url)
    if event.context is None:
        event.context = Context(page)
    else:
        event.context.page = page
    return page


def path_of(url: str) -> str:
    """The path of an address."""
    rest = url.split("://", 1)[-1]
    slash = rest.find("/")
    return "/" if slash < 0 else rest[slash:].split("?", 1)[0].split("#", 1)[0]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
