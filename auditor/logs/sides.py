"""Which side sent an event, told by its library (domain.md 1.9), else by its context and channel."""

BROWSER = "browser"
DEVICE = "device"
SERVER = "server"

_BY_LIBRARY = {
    "analytics.js": BROWSER,
    "RudderLabs JavaScript SDK": BROWSER,
    "@segment/analytics-next": BROWSER,
    "analytics-ios": DEVICE,
    "analytics-android": DEVICE,
    "analytics-swift": DEVICE,
    "analytics-kotlin": DEVICE,
    "@segment/analytics-react-native": DEVICE,
    "analytics_flutter": DEVICE,
    "rudder-ios-library": DEVICE,
    "com.rudderstack.android.sdk.core": DEVICE,
    "@segment/analytics-node": SERVER,
    "analytics-node": SERVER,
    "analytics-python": SERVER,
    "analytics-ruby": SERVER,
    "analytics-java": SERVER,
    "analytics-go": SERVER,
    "analytics-php": SERVER,
    "Analytics.NET": SERVER,
    "http": SERVER,
}

_BY_CHANNEL = {
    "web": BROWSER,
    "browser": BROWSER,
    "client": BROWSER,
    "mobile": DEVICE,
    "server": SERVER,
    "sources": SERVER,
}


def side_of(library: str | None, channel: str | None, has_page: bool, device_type: str | None, anonymous: bool) -> str:
    """The side of an event.

    ``anonymous`` says that it carries an anonymousId: only browsers and phones make one by themselves, so an event
    without library, channel, page or device that has one is taken for a browser's, and one without for a server's.
    """
    if library is not None:
        known = _BY_LIBRARY.get(library)
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
