"""One clear sentence for each way in which a course file's structure can be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from thecal.prescription.clock import typed
from thecal.prescription.lines import KeyPath, dotted
from thecal.prescription.schema import CourseFile
from thecal.prescription.sentences import Wording, named

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def sentence_of(error: ErrorDetails) -> str:
    """Return one pydantic error as a sentence in thecal's words."""
    return _WORDING.sentence_of(error)


def _missing_key(path: KeyPath, value: object, context: Mapping[str, Any]) -> str:
    if len(path) == 1:
        return f"the table [{path[0]}] is missing; a course file needs it"
    return _WORDING.missing_key(path, value, context)


def _table(path: KeyPath) -> str:
    if not path:
        return "a course file"
    return f"[[{named(path)}]]" if isinstance(path[-1], int) else f"[{named(path)}]"


def _not_a_list(path: KeyPath, value: object, _: Mapping[str, Any]) -> str:
    if isinstance(value, dict):
        return f"there may be several, so write [[{named(path)}]] with two brackets on each side"
    example = '["1 h", "4 h"]' if path[0] == "sample" else '["10:00"]'
    return f"{typed(value)} is not a list; write it in brackets, as {example}"


def _not_a_table(path: KeyPath, value: object, _: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a table of keys; write [{dotted(path)}] and its keys below"


def _not_a_truth(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is neither true nor false; write one of them without quotes"


def _not_a_count(_: KeyPath, value: object, __: Mapping[str, Any]) -> str:
    return f"{typed(value)} is not a whole number; write digits without quotes, as 6"


def _no_drug(_: KeyPath, __: object, ___: Mapping[str, Any]) -> str:
    return 'a solution needs at least one drug, as { morphine = "10 mg/mL" }'


_WORDING = Wording(
    CourseFile,
    _table,
    {
        "missing": _missing_key,
        "bool_type": _not_a_truth,
        "int_type": _not_a_count,
        "list_type": _not_a_list,
        "model_type": _not_a_table,
        "dict_type": _not_a_table,
        "too_short": _no_drug,
    },
)
