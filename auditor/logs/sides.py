"""Which side sent an event, told by its library (domain.md 1.9), else by its context and channel."""

BROWSER = "browser"
DEVICE = "device"
SERVER = "server"

_LIBRARIES = {
    BROWSER: ("analytics.js", "@segment/analytics-next", "RudderLabs JavaScript SDK"),
    DEVICE: (
        "analytics-ios",
        "analytics-android",
        "analytics-swift",
        "analytics-kotlin",
        "@segment/analytics-react-native",
        "analytics-react-native",
        "analytics_flutter",
        "analytics-flutter",
        "Analytics-CSharp",
        "Analytics.Xamarin",
        "analytics-roku",
        "rudder-ios-library",
        "rudder-sdk-swift",
        "com.rudderstack.android.sdk.core",
        "com.rudderstack.sdk.kotlin.android",
    ),
    SERVER: (
        "@segment/analytics-node",
        "analytics-node",
        "analytics-python",
        "analytics-ruby",
        "analytics-java",
        "analytics-go",
        "analytics-php",
        "analytics-rust",
        "Analytics.NET",
        "@rudderstack/rudder-sdk-node",
        "rudder-analytics-python",
        "rudder-analytics-php",
        "rudderanalytics-ruby",
        "rudder-sdk-ruby-sync",
        "com.rudderstack.sdk.kotlin.core",
        "RudderAnalytics.NET",
        "RudderStack Rust SDK",
        "http",
    ),
}
"""The names as the SDKs' sources have them. Some SDKs of RudderStack's go by the names of Segment's."""

BY_LIBRARY = {name: side for side, names in _LIBRARIES.items() for name in names}

_FAMILIES = {"@segment/analytics-next": "analytics.js"}
"""Libraries that share their anonymousId with another: one family."""

_BY_CHANNEL = {
    "web": BROWSER,
    "browser": BROWSER,
    "client": BROWSER,
    "mobile": DEVICE,
    "server": SERVER,
    "sources": SERVER,
}


def family_of(library: str | None) -> str | None:
    """The family of a library: the lanes of one source are told apart by it."""
    return _FAMILIES.get(library or "", library)


def side_of(library: str | None, channel: str | None, has_page: bool, device_type: str | None, anonymous: bool) -> str:
    """The side of an event.

    ``anonymous`` says that it carries an anonymousId: only browsers and phones make one by themselves, so an event
    without library, channel, page or device that has one is taken for a browser's, and one without for a server's.
    """
    if library is not None:
        known = BY_LIBRARY.get(library)
        if known is not None:
            return known
    if channel is not None:
        known = _BY_CHANNEL.get(channel)
        if known is not None:
            return known
    if has_page:
        return BROWSER
    if device_type is not None and device_type.lower() in ("ios", "android"):
        return DEVICE
    if library is not None:
        return SERVER
    return BROWSER if anonymous else SERVER
