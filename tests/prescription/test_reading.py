"""The door: files that cannot be read, and what a refusal says of its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prescription.example import CANCER, edited
from thecal.errors import InputError
from thecal.prescription import (
    Bolus,
    MinimumRate,
    Stopped,
    read_course,
    read_course_text,
)
from thecal.quantity import Quantity

BUTTON = CANCER[CANCER.index("[prescription.patient_bolus]") :]
PLAIN = ('mode = "simple continuous"\ndose = "2 mg/day"', 'mode = "{}"')


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened: No such file") as refusal:
        read_course(tmp_path / "lost.toml")
    assert refusal.value.source.endswith("lost.toml")


def test_a_folder_is_no_course_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_course(tmp_path)


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_bytes(b'[course]\ntitle = "caf\xe9"\n')
    with pytest.raises(InputError) as refusal:
        read_course(file)
    assert str(refusal.value) == "old.toml, line 2: the file is not UTF-8 text; save it as UTF-8"


def test_a_refusal_from_a_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(edited([('tip = "T10"', 'tip = "T13"')]), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_course(file)
    assert str(refusal.value).startswith("mine.toml, line ")


def test_an_unknown_key_is_told_before_the_key_that_it_hides() -> None:
    text = edited([("length", "lenght"), ("title", "titel")])
    with pytest.raises(InputError, match='"titel" is not a key') as refusal:
        read_course_text(text)
    assert refusal.value.line == 2


def test_of_several_wrong_values_the_first_in_the_file_is_told() -> None:
    text = edited([('"0.2 mg"', '"0.2"'), ('"20 mL"', '"20"')])
    with pytest.raises(InputError) as refusal:
        read_course_text(text)
    assert refusal.value.field == "implant.fill"


def test_an_amount_shown_in_another_unit_is_shown_as_typed_too() -> None:
    with pytest.raises(InputError, match=r'\(typed: "0.0005 mg/h"\)$'):
        read_course_text(edited([('dose = "2 mg/day"', 'dose = "0.0005 mg/h"')]))


def test_tablets_alone_make_a_course() -> None:
    course = read_course_text(
        edited(
            [('stop = "0 h"\n', ""), ('presses = ["10:00", "21:30"]\n', "")],
            without=["implant", "prescription"],
        )
    )
    assert course.implant is None
    assert course.oral[0].stop_s is None


@pytest.mark.parametrize(
    ("mode", "pattern"), [("minimum rate", MinimumRate()), ("stopped", Stopped())]
)
def test_a_mode_without_a_dose_is_read(mode: str, pattern: MinimumRate | Stopped) -> None:
    text = edited([(PLAIN[0], PLAIN[1].format(mode)), (BUTTON, "")])
    assert read_course_text(text).prescriptions[0].pattern == pattern


def test_a_scheduled_bolus_is_read() -> None:
    add = '[[prescription.bolus]]\ndose = "0.1 mg"\nduration = "5 min"\nat = "1 day"\n'
    (bolus,) = read_course_text(edited(add=add)).prescriptions[0].boluses
    assert bolus == Bolus(Quantity.of("0.1", "mg"), Quantity.of(5, "min"), 86_400)


def test_presses_are_kept_in_the_order_of_the_day() -> None:
    text = edited([('["10:00", "21:30"]', '["21:30", "10:00"]')])
    assert read_course_text(text).patient.presses == (36_000, 77_400)


def test_a_dose_of_zero_is_allowed_in_a_flex_step() -> None:
    steps = "".join(
        f'[[prescription.step]]\ndays = "every day"\nfrom = "{start}"\nto = "{end}"\n'
        f'dose = "{dose}"\n'
        for start, end, dose in (("06:00", "18:00", "0 mg/h"), ("18:00", "06:00", "0.1 mg/h"))
    )
    text = edited([(PLAIN[0], PLAIN[1].format("flex")), (BUTTON, "")], add=steps)
    assert len(read_course_text(text).prescriptions) == 1
