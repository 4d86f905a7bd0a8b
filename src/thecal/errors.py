"""What goes wrong at the door: every refusal is one sentence that a tired reader can act on."""

from __future__ import annotations

from typing import Self


class ThecalError(Exception):
    """The root of every refusal that thecal makes on purpose.

    The text is one sentence: which field, which value, what is allowed and why.
    """


class InputError(ThecalError):
    """Something that was handed in cannot be used; nothing was changed.

    Parameters
    ----------
    sentence
        What is wrong and what is allowed, as a sentence without the place.
    field
        The field's dotted name, as ``prescription[0].dose``; empty where it is not known.
    line
        The line of the file, counted from 1; ``None`` where there is no file.
    source
        The file's name; empty where there is no file.
    """

    def __init__(
        self, sentence: str, *, field: str = "", line: int | None = None, source: str = ""
    ) -> None:
        self.sentence = sentence
        self.field = field
        self.line = line
        self.source = source
        super().__init__(sentence)

    def located(self, *, field: str = "", line: int | None = None, source: str = "") -> Self:
        """Return the same refusal with the place filled in where it was still unknown."""
        return type(self)(
            self.sentence,
            field=self.field or field,
            line=self.line if self.line is not None else line,
            source=self.source or source,
        )

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.source,
                f"line {self.line}" if self.line is not None else "",
                self.field,
            )
            if part
        )
        return f"{place}: {self.sentence}" if place else self.sentence


class KnowledgeError(ThecalError):
    """A data file of thecal's own is incomplete or wrong; a fault of the software."""


class ValidityError(ThecalError):
    """A model was asked outside the range in which it may answer."""
