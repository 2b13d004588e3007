"""What a renderer may know of the reader: how wide and colourful the text is, and how the log was named."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """``width`` in columns; ``again`` are the words that name the log in another command; ``links``: the text goes to a
    terminal, where a link can be followed (OSC 8)."""

    width: int = 80
    colour: bool = False
    again: tuple[str, ...] = ("LOG...",)
    links: bool = False


PLAIN_VIEW = View()
