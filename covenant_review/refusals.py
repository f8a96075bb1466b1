"""What an operation says when it will not do a thing: a message for people, and what to do next."""

from __future__ import annotations


class Refused(Exception):
    """An operation was refused; nothing was changed.

    `message` is translated text for the screen (it may be a lazy string), `code` a stable name for tests and logs.
    """

    status = 409

    def __init__(self, code: str, message: object) -> None:
        super().__init__(code)
        self.code = code
        self._message = message

    @property
    def message(self) -> str:
        """The message in the reader's language."""
        return str(self._message)


class Forbidden(Refused):
    """This person may not do that: the two-person rule, the wrong commune, the wrong role."""

    status = 403


class Invalid(Refused):
    """What was typed in cannot be right."""

    status = 422
