"""Which ids are one profile: sets that are joined and never parted, as merges of destinations are."""

Node = tuple[str, ...]
"""An id as a destination keeps it: what kind of id, and its value."""


class Profiles:
    """Ids and the profiles that they are in. Memory grows with the ids, not with the events.

    A profile can be *marked*, which it stays when it is joined with another: as identified, or named.
    """

    def __init__(self) -> None:
        self._parent: dict[Node, Node] = {}
        self._size: dict[Node, int] = {}
        self._marked: set[Node] = set()

    def __contains__(self, node: Node) -> bool:
        return node in self._parent

    def add(self, node: Node) -> Node:
        """Have an id, in a profile of its own if it is new. Returns it."""
        if node not in self._parent:
            self._parent[node] = node
            self._size[node] = 1
        return node

    def find(self, node: Node) -> Node:
        """The id that stands for the whole profile."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def same(self, one: Node, other: Node) -> bool:
        """Whether two ids are in one profile already; ids that are new are not."""
        return one in self._parent and other in self._parent and self.find(one) == self.find(other)

    def size(self, node: Node) -> int:
        """How many ids are in its profile."""
        return self._size[self.find(node)] if node in self._parent else 1

    def join(self, one: Node, other: Node) -> None:
        """Make two profiles one."""
        first, second = self.find(self.add(one)), self.find(self.add(other))
        if first == second:
            return
        if self._size[first] < self._size[second]:
            first, second = second, first
        self._parent[second] = first
        self._size[first] += self._size.pop(second)
        if second in self._marked:
            self._marked.discard(second)
            self._marked.add(first)

    def mark(self, node: Node) -> None:
        """Mark the profile of an id."""
        self._marked.add(self.find(self.add(node)))

    def marked(self, node: Node) -> bool:
        """Whether the profile of an id is marked."""
        return node in self._parent and self.find(node) in self._marked
