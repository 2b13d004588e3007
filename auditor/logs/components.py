"""Which ids, or lanes, belong together: what is said of one may depend on the events of the other."""

from array import array


class Components:
    """Union-find over nodes: numbers, ``count`` of them to begin with, and those of ids. An id is kept as its hash of
    sixty-four bits: should two ever share one, they are looked at together, which changes nothing. An id takes about
    150 bytes until ``forget``, four afterwards."""

    def __init__(self, count: int = 0) -> None:
        self._nodes: dict[int, int] = {}
        self._parent = array("I", range(count))

    def node(self, name: str) -> int:
        """The node of an id, a new one if it is new."""
        key = hash(name)
        number = self._nodes.get(key)
        if number is None:
            number = self._nodes[key] = len(self._parent)
            self._parent.append(number)
        return number

    def root(self, node: int) -> int:
        """The node that stands for all that belong together."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, one: int, other: int) -> None:
        """The two belong together."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low

    def forget(self) -> None:
        """Let go of the ids: from now on there are no new ones."""
        self._nodes = {}
