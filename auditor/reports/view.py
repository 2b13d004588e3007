"""What a renderer may know of the reader: how wide and colourful the text is, and how the log was named."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """``width`` in columns; ``again`` are the words that name the log in another command."""

    width: int = 80
    colour: bool = False
    again: tuple[str, ...] = ("LOG...",)


PLAIN_VIEW = View()
