"""One clear sentence for each way in which a study file's structure can be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from thecal.prescription.clock import typed
from thecal.prescription.lines import KeyPath
from thecal.prescription.sentences import Wording, named
from thecal.studies.schema import StudyFile

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def sentence_of(error: ErrorDetails) -> str:
    """Return one pydantic error as a sentence in thecal's words."""
    return _WORDING.sentence_of(error)


def _missing_key(path: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    if path[-1] == "policy":
        return "an arm needs a policy, the name of the rules by which its people are treated"
    if len(path) == 1 and path[0] in {"arm", "endpoint", "population"}:
        return f"there is no {path[0]}; a study needs {_table((path[0], 0))}"
    return _WORDING.missing_key(path, value, context)


def _table(path: KeyPath) -> str:
    if not path:
        return "a study file"
    names = named(path)
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


def _not_a_choice(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is neither true nor false; write one of these without quotes"


def _not_above(_: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    return f"{typed(value)} is too small; it must be above {context['gt']:g}"


def _empty(path: KeyPath, _: object, __: Mapping[str, Any]) -> str:
    return f'"{path[-1]}" is empty; it needs one entry or more'


_WORDING = Wording(
    StudyFile,
    _table,
    {
        "missing": _missing_key,
        "int_type": _not_a_count,
        "bool_type": _not_a_choice,
        "float_type": _not_a_number,
        "finite_number": _not_a_number,
        "greater_than": _not_above,
        "list_type": _not_a_list,
        "model_type": _not_a_table,
        "too_short": _empty,
    },
)
