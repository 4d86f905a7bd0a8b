"""One clear sentence for each way in which a course file's structure can be wrong."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from thecal.prescription.clock import typed
from thecal.prescription.lines import KeyPath, dotted
from thecal.prescription.names import listed
from thecal.prescription.schema import OWN_ERROR, CourseFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

_PLACE_IN_TOML_ERROR = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")

# What pydantic calls an unknown key; such a key explains the missing one beside it, so it leads.
UNKNOWN_KEY = "extra_forbidden"


def sentence_of(error: ErrorDetails) -> str:
    """Return one pydantic error as a sentence in thecal's words."""
    say = _SENTENCES.get(error["type"])
    if say is None:
        return f"{typed(error['input'])} cannot be read: {error['msg']}"
    return say(error["loc"], error["input"], error.get("ctx", {}))


def keys_of(path: KeyPath) -> tuple[str, ...]:
    """Return the keys that the table at ``path`` may hold, as they are written in a file."""
    model: type[BaseModel] = CourseFile
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


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (found := _model_in(inner)) is not None:
            return found
    return None


def _unknown_key(path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
    key = str(path[-1])
    known = keys_of(path[:-1])
    close = get_close_matches(key, known, n=1)
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f'"{key}" is not a key of {_table(path[:-1])}; {guess}known are {listed(list(known))}'


def _missing_key(path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
    if len(path) == 1:
        return f"the table [{path[0]}] is missing; a course file needs it"
    return f'the key "{path[-1]}" is missing from {_table(path[:-1])}'


def _table(path: KeyPath) -> str:
    if not path:
        return "a course file"
    names = ".".join(str(part) for part in path if isinstance(part, str))
    return f"[[{names}]]" if isinstance(path[-1], int) else f"[{names}]"


def _not_a_list(path: KeyPath, value: object, _: Mapping[str, Any]) -> str:
    names = ".".join(str(part) for part in path if isinstance(part, str))
    if isinstance(value, dict):
        return f"there may be several, so write [[{names}]] with two brackets on each side"
    example = '["1 h", "4 h"]' if path[0] == "sample" else '["10:00"]'
    return f"{typed(value)} is not a list; write it in brackets, as {example}"


def _not_a_table(path: KeyPath, value: object, _: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a table of keys; write [{dotted(path)}] and its keys below"


def _not_a_truth(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is neither true nor false; write one of them without quotes"


def _not_a_count(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a whole number; write digits without quotes, as 6"


def _not_a_choice(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    choices = str(context["expected"]).replace("'", '"')
    return f"{typed(value)} is not known here; write {choices}"


def _too_small(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    return f"{typed(value)} is too small; the least is {context['ge']}"


def _no_drug(_: KeyPath, __: object, ___: Mapping[str, Any]) -> str:
    return 'a solution needs at least one drug, as { morphine = "10 mg/mL" }'


def _own(_: KeyPath, __: object, context: Mapping[str, Any]) -> str:
    return str(context["sentence"])


_SENTENCES: Mapping[str, Callable[[KeyPath, object, Mapping[str, Any]], str]] = {
    OWN_ERROR: _own,
    UNKNOWN_KEY: _unknown_key,
    "missing": _missing_key,
    "literal_error": _not_a_choice,
    "bool_type": _not_a_truth,
    "int_type": _not_a_count,
    "greater_than_equal": _too_small,
    "list_type": _not_a_list,
    "model_type": _not_a_table,
    "dict_type": _not_a_table,
    "too_short": _no_drug,
}


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
