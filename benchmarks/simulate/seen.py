"""What can be seen of a message: by the collector, or in a browser's HAR."""

from benchmarks.simulate.record import Message
from benchmarks.simulate.servers import Server


class Seen:
    """By the collector: what it got."""

    documents = False
    """Whether requests for documents are seen. Else a page load is told from page events (design.md 6)."""

    def arrived(self, message: Message | None) -> bool:
        """Whether the log shows that it was received."""
        return message is not None and bool(message.arrivals)

    def tried(self, message: Message) -> bool:
        """Whether the log shows that it was sent, received or not."""
        return bool(message.arrivals)

    def cut_off(self, message: Message) -> bool:
        """Whether a request of it is seen to have been aborted."""
        return False

    def received(self, message: Message) -> list[int]:
        """When each copy was."""
        return [arrival.at for arrival in message.arrivals]

    def outcome(self, message: Message, document: object) -> str | None:
        """What became of a message made on a page that was left at once; None: the log does not know of it."""
        if not message.arrivals:
            return None
        if len(message.arrivals) > 1:
            return "duplicated"
        return "delivered" if message.arrivals[0].document is document else "late"


class SeenInHar(Seen):
    """By the browser: an aborted request may have arrived, and nobody here can know (domain.md 11.22 to 11.24)."""

    documents = True

    def arrived(self, message: Message | None) -> bool:
        """Whether a request that is listed was answered; a server's message counts as it is in the log beside."""
        if message is not None and isinstance(message.document, Server):
            return bool(message.arrivals)
        return message is not None and bool(self.received(message))

    def tried(self, message: Message) -> bool:
        """Whether a request is listed, answered or not."""
        return isinstance(message.document, Server) or any(one.listed for one in message.tries)

    def cut_off(self, message: Message) -> bool:
        """Whether a listed request was, by a visitor who went on in haste or by a slow network."""
        return any(one.listed and one.error == "net::ERR_ABORTED" for one in message.tries)

    def received(self, message: Message) -> list[int]:
        """When each answered request was made."""
        if isinstance(message.document, Server):
            return super().received(message)
        return [one.started for one in message.tries if one.listed and one.status == 200]

    def outcome(self, message: Message, document: object) -> str | None:
        """``lost`` is what only a HAR can show."""
        listed = [one for one in message.tries if one.listed]
        if not listed:
            return None
        answered = [one for one in listed if one.status == 200]
        if not answered:
            return "lost"
        return "delivered" if answered[0].document is document else "late"
