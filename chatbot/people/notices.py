"""What the program notes of the floor in a conversation: stored as codes, worded by each page."""

from enum import StrEnum


class Notice(StrEnum):
    """The content of a message of role notice that every page says in its own language."""

    JOINED = "notice:joined"
    LEFT = "notice:left"
