"""One clear sentence for each way in which a study file's structure can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel

from thecal.prescription.clock import typed
from thecal.prescription.lines import KeyPath
from thecal.prescription.names import listed
from thecal.studies.schema import OWN_ERROR, StudyFile

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

UNKNOWN_KEY: Final = "extra_forbidden"


def sentence_of(error: ErrorDetails) -> str:
    """Return one pydantic error as a sentence in thecal's words."""
    say = _SENTENCES.get(error["type"])
    if say is None:
        return f"{typed(error['input'])} cannot be read: {error['msg']}"
    return say(error["loc"], error["input"], error.get("ctx", {}))


def _keys(path: KeyPath) -> tuple[str, ...]:
    model: type[BaseModel] = StudyFile
    for part in path:
        if isinstance(part, int):
            continue
        found = model.model_fields.get(part)
        inner = _model_in(found.annotation) if found is not None else None
        if inner is None:
            return ()
        model = inner
    return tuple(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (found := _model_in(inner)) is not None:
            return found
    return None


def _unknown_key(path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
    key, known = str(path[-1]), _keys(path[:-1])
    close = get_close_matches(key, known, n=1)
    guess = f'did you mean "{close[0]}"? ' if close else ""
    return f'"{key}" is not a key of {_table(path[:-1])}; {guess}known are {listed(list(known))}'


def _missing_key(path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
    if path[-1] == "policy":
        return "an arm needs a policy, the name of the rules by which its people are treated"
    if len(path) == 1 and path[0] in {"arm", "endpoint", "population"}:
        return f"there is no {path[0]}; a study needs {_table((path[0], 0))}"
    return f'the key "{path[-1]}" is missing from {_table(path[:-1])}'


def _table(path: KeyPath) -> str:
    if not path:
        return "a study file"
    names = ".".join(str(part) for part in path if isinstance(part, str))
    return f"[{names}]" if names == "population" else f"[[{names}]]"


def _not_a_list(path: KeyPath, value: object, _: Mapping[str, Any]) -> str:
    if isinstance(value, dict):
        return f"there may be several, so write {_table(path)} with two brackets on each side"
    return f"{typed(value)} is not a list; write it in brackets, as [0, 28]"


def _not_a_table(path: KeyPath, value: object, _: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a table of keys; write {_table(path)} and its keys below"


def _not_a_count(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a whole number; write digits without quotes, as 28"


def _not_a_number(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a number; write digits without quotes, as 0.5"


def _not_a_choice(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not known here; write " + str(context["expected"]).replace("'", '"')


def _too_small(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    if "gt" in context:
        return f"{typed(value)} is too small; it must be above {context['gt']:g}"
    return f"{typed(value)} is too small; the least is {context['ge']}"


def _empty(path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
    return f'"{path[-1]}" is empty; it needs one entry or more'


def _own(_: KeyPath, __: object, context: Mapping[str, Any]) -> str:
    return str(context["sentence"])


_SENTENCES: Final[Mapping[str, Callable[[KeyPath, object, Mapping[str, Any]], str]]] = {
    OWN_ERROR: _own,
    UNKNOWN_KEY: _unknown_key,
    "missing": _missing_key,
    "literal_error": _not_a_choice,
    "int_type": _not_a_count,
    "float_type": _not_a_number,
    "finite_number": _not_a_number,
    "greater_than_equal": _too_small,
    "greater_than": _too_small,
    "list_type": _not_a_list,
    "model_type": _not_a_table,
    "too_short": _empty,
}
