"""A rows file: what is read, and the one sentence with which anything else is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.validation.lines import SOUND, target, targets, text
from thecal.errors import InputError
from thecal.validation import calibration, read_targets, read_targets_text, validate

REFUSED = [
    ({"drug": ""}, "drug: the cell is empty"),
    ({"route": "nasal"}, '"nasal" is not a route'),
    ({"amount": "0.3"}, "amount: "),
    ({"amount": "0.3 ug"}, "mcg"),
    ({"amount": "3 mL"}, "amount: "),
    ({"statistic": "half life"}, '"half life" is none of'),
    ({"at": "csf L3; csf T2"}, "is read at 1 places, not 2"),
    ({"at": ""}, "is read at 1 places, not 0"),
    ({"times": ""}, 'needs times of the kind "one"'),
    ({"times": "2 h; 1 h"}, "must rise"),
    ({"times": "2 h to 1 h"}, "from an earlier to a later time"),
    ({"times": "1 h to 2 h to 3 h"}, "from an earlier to a later time"),
    ({"times": "0.0001 h"}, "whole number of seconds"),
    ({"times": "-1 h"}, "times: "),
    ({"share": "0.5"}, "takes no share"),
    ({"statistic": "time to share of peak", "unit": "h"}, "needs share"),
    ({"statistic": "time to share of peak", "unit": "h", "share": "2"}, "at most 1"),
    ({"statistic": "time of peak", "unit": "h", "times": "0 h"}, "an end after the start"),
    ({"observed": "fifty"}, '"fifty" is not a number'),
    ({"observed": "nan"}, '"nan" is not a number'),
    ({"observed": "5,0"}, '"5,0" is not a number'),
    ({"observed": "1e999"}, '"1e999" is not a number'),
    ({"observed": "0"}, "must be above zero"),
    ({"observed": ""}, "give the observed value, or a range"),
    ({"spread": "", "spread_kind": "SD"}, "must stand together"),
    ({"spread_kind": "sd"}, '"sd" is none of'),
    ({"spread": "-1"}, "must be above zero"),
    ({"spread": "5", "spread_kind": "range"}, "write its two ends"),
    ({"spread": "5 to 3", "spread_kind": "range"}, "the first end must be the lower"),
    ({"n": "2.5"}, "not a number of subjects"),
    ({"unit": "h"}, "cannot be stated in"),
    ({"unit": "pints"}, "cannot be stated in"),
    ({"rule": "close enough"}, "is no rule"),
    ({"rule": "factor 0.5"}, "is no rule"),
    ({"rule": "factor"}, "is no rule"),
    ({"rule": "rising"}, "a rank needs two or more"),
    ({"drug": "morphine | fentanyl"}, "takes 1 ways of giving, not 2"),
    ({"drug": "a | b", "site": "L1 | L2 | L3"}, "ways of giving are told apart"),
    ({"confidence": "fair"}, '"fair" is none of'),
    ({"over": "soon"}, "over: "),
    ({"amount": "1 mg/day", "every": "1 h"}, "only a dose that ends before the next"),
    ({"over": "2 h", "every": "1 h"}, "only a dose that ends before the next"),
    ({"fluid": "1 mL"}, "fluid: "),
    ({"drift": "2"}, "as 2 cm/h"),
    ({"drift": "2 km/h"}, "as 2 cm/h"),
    (
        {"statistic": "length scale", "at": "", "unit": "cm", "route": "intravenous"},
        "the route must be intrathecal",
    ),
]


@pytest.mark.parametrize(("changed", "sentence"), REFUSED, ids=lambda part: str(part)[:60])
def test_a_spoilt_cell_is_refused_with_its_line(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        targets({}, {"id": "B2", **changed})
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("own.csv, line 3")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        ("id,quantity\n", 'lacks the column "drug"'),
        (text(), "there is no row below the heading"),
        (text({}).replace("source", "origin", 1), 'the column "origin" is unknown'),
        (text({}).replace("note", "id", 1), 'the column "id" stands twice'),
        (text({}, {}), 'the id "B1" stands twice'),
        (text({}) + "B2,too,few\n", "the row has 3 cells"),
        (text({}) + 'B2,"open', "this is not CSV"),
    ],
)
def test_a_spoilt_file_is_refused(content: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_targets_text(content, name="own.csv")
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("own.csv")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"drug": "aspirin"}, 'there is no drug "aspirin"'),
        ({"body": "cat"}, '"cat" is not a body'),
        ({"site": "L9"}, '"L9" is not a vertebral level'),
        ({"at": "liver"}, '"liver" is not a site'),
        ({"route": "oral", "site": "syrup"}, "was not made for the oral route"),
    ],
)
def test_a_row_of_something_unknown_is_refused_with_its_line(
    changed: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        validate(targets({}, {"id": "B2", **changed}), persons=0)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("own.csv, line 3")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no text in UTF-8"):
        read_targets(tmp_path / "rows.csv")


def test_a_file_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    # with a byte-order mark, Windows line ends, an empty line and a comment
    content = "\ufeff" + text({}).replace("\n", "\r\n\r\n") + "# done,,\r\n"
    (tmp_path / "rows.csv").write_bytes(content.encode())
    assert [one.id for one in read_targets(tmp_path / "rows.csv")] == ["B1"]


def test_columns_may_stand_in_any_order_and_be_left_out() -> None:
    names = sorted(SOUND, reverse=True)
    line = ",".join(SOUND[name] for name in names)
    (one,) = read_targets_text(",".join(names) + "\n" + line + "\n")
    assert one == targets_without_origin()


def targets_without_origin() -> object:
    (one,) = read_targets_text(text({}))
    return one


def test_cells_that_differ_make_the_ways_of_giving() -> None:
    one = target(
        drug="fentanyl | morphine", site="L3", rule="rising", observed="", spread="", spread_kind=""
    )
    assert [(way.drug, way.site) for way in one.ways] == [("fentanyl", "L3"), ("morphine", "L3")]


def test_an_amount_in_time_is_a_rate() -> None:
    (way,) = target(
        amount="2.4 mg/day", statistic="rate over concentration", times="", unit="mL/h"
    ).ways
    assert (way.mcg, way.mcg_per_h) == (None, 100.0)


def test_the_calibration_has_the_twenty_rows() -> None:
    assert list(dict.fromkeys(one.row for one in calibration())) == [
        f"A{number}" for number in range(1, 21)
    ]


def test_every_part_of_a_row_has_its_letter() -> None:
    by_row: dict[str, list[str]] = {}
    for one in calibration():
        by_row.setdefault(one.row, []).append(one.id.removeprefix(one.row))
    alphabet = "abcdefghijklmnop"
    assert all(
        parts == ([""] if len(parts) == 1 else list(alphabet[: len(parts)]))
        for parts in by_row.values()
    )
