"""How any file of thecal's is refused: what all kinds of files say in the same words.

A kind of file has a pydantic model, a name for its tables, and sentences of its own; this is the
rest, so that the same slip is told in the same words in a course and in a study.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel

from thecal.prescription.clock import typed
from thecal.prescription.lines import KeyPath
from thecal.prescription.names import listed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Sentence = Callable[[KeyPath, object, Mapping[str, Any]], str]
"""Where, what was written there, and what pydantic knows of it."""

OWN_ERROR: Final = "thecal"
"""The type of the errors that thecal's own validators raise; they bring their sentence."""

UNKNOWN_KEY: Final = "extra_forbidden"
"""What pydantic calls an unknown key; it explains the missing one beside it, so it leads."""

_PLACE_IN_TOML_ERROR = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of file is refused.

    Attributes
    ----------
    model
        What a whole file holds.
    table
        The name of the table at a path, as it is written in a file.
    own
        By pydantic's type of error, what this kind of file says in words of its own.
    """

    model: type[BaseModel]
    table: Callable[[KeyPath], str]
    own: Mapping[str, Sentence]

    def sentence_of(self, error: ErrorDetails) -> str:
        """Return one pydantic error as a sentence in thecal's words."""
        shared: Mapping[str, Sentence] = {
            OWN_ERROR: _brought,
            UNKNOWN_KEY: self._unknown_key,
            "missing": self.missing_key,
            "literal_error": _not_a_choice,
            "greater_than_equal": _too_small,
        }
        say = self.own.get(error["type"]) or shared.get(error["type"])
        if say is None:
            return f"{typed(error['input'])} cannot be read: {error['msg']}"
        return say(error["loc"], error["input"], error.get("ctx", {}))

    def keys_of(self, path: KeyPath) -> tuple[str, ...]:
        """Return the keys that the table at ``path`` may hold, as they are written in a file."""
        model = self.model
        for part in path:
            if isinstance(part, int):
                continue
            found = next(
                (info for name, info in model.model_fields.items() if part in (name, info.alias)),
                None,
            )
            inner = _model_in(found.annotation) if found is not None else None
            if inner is None:
                return ()
            model = inner
        return tuple(info.alias or name for name, info in model.model_fields.items())

    def missing_key(self, path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
        """Return the sentence on a key that is missing."""
        return f'the key "{path[-1]}" is missing from {self.table(path[:-1])}'

    def _unknown_key(self, path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
        key, known = str(path[-1]), self.keys_of(path[:-1])
        close = get_close_matches(key, known, n=1)
        guess = f'did you mean "{close[0]}"? ' if close else ""
        table = self.table(path[:-1])
        return f'"{key}" is not a key of {table}; {guess}known are {listed(list(known))}'


def named(path: KeyPath) -> str:
    """Return the name of a table without brackets and places in lists.

    Examples
    --------
    >>> named(("prescription", 0, "bolus"))
    'prescription.bolus'
    """
    return ".".join(str(part) for part in path if isinstance(part, str))


def toml_sentence(message: str) -> tuple[str, int | None]:
    """Return a refusal of the TOML reader as a sentence, and the line it names.

    Examples
    --------
    >>> toml_sentence("Invalid value (at line 3, column 7)")
    ('this is not TOML: invalid value', 3)
    """
    found = _PLACE_IN_TOML_ERROR.search(message)
    line = int(found[1]) if found and found[1] else None
    plain = _PLACE_IN_TOML_ERROR.sub("", message)
    return f"this is not TOML: {plain[:1].lower()}{plain[1:]}", line


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (found := _model_in(inner)) is not None:
            return found
    return None


def _brought(_: KeyPath, __: object, context: Mapping[str, Any]) -> str:
    return str(context["sentence"])


def _not_a_choice(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    choices = str(context["expected"]).replace("'", '"')
    return f"{typed(value)} is not known here; write {choices}"


def _too_small(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    return f"{typed(value)} is too small; the least is {context['ge']}"
