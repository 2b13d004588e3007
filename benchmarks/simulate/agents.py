"""What browsers call themselves. Many people have the same one: since 2022 browsers say little of themselves."""

from typing import Any, NamedTuple


class Agent(NamedTuple):
    """A ``userAgent``; with ``platform`` where the browser has ``navigator.userAgentData`` too."""

    text: str
    platform: str | None = None
    mobile: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """``navigator.userAgentData``, as analytics.js sends it."""
        brands = [{"brand": "Chromium", "version": "156"}]
        return {"brands": brands, "mobile": self.mobile, "platform": self.platform}


_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0"
_DESKTOPS = (
    ("Windows NT 10.0; Win64; x64", "Windows"),
    ("Macintosh; Intel Mac OS X 10_15_7", "macOS"),
    ("X11; Linux x86_64", "Linux"),
)
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}"
_IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS {{}} like Mac OS X) {_SAFARI} Mobile"

AGENTS = (
    *(
        Agent(f"Mozilla/5.0 ({system}) {_CHROME.format(version)} Safari/537.36", platform)
        for system, platform in _DESKTOPS
        for version in (154, 155, 156)
    ),
    *(
        Agent(f"Mozilla/5.0 ({system}) {_CHROME.format(156)} Safari/537.36 Edg/156.0.0.0", platform)
        for system, platform in _DESKTOPS[:2]
    ),
    *(
        Agent(f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME.format(version)} Mobile Safari/537.36", "Android", True)
        for version in (154, 155, 156)
    ),
    *(Agent(f"Mozilla/5.0 ({system}; rv:150.0) Gecko/20100101 Firefox/150.0") for system, _ in _DESKTOPS),
    *(
        Agent(f"{_IPHONE.format(system, version)}/15E148 Safari/604.1")
        for system, version in (("18_6", "18.6"), ("18_7", "26.0"), ("18_7", "26.1"))
    ),
    *(
        Agent(f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI.format(version)} Safari/605.1.15")
        for version in ("18.6", "26.0", "26.1")
    ),
)
