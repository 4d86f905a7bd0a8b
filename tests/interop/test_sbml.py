"""What an exported document says, read with libSBML."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import libsbml
import numpy as np
import pytest

from tests.interop.courses import course, exported
from tests.interop.reading import document, read_back
from thecal import NOTICE, InputError
from thecal.interop import places, sbml_text, write_sbml
from thecal.interop.sbml import _different
from thecal.therapy import simplifications

EVERY_COURSE = ["cancer-pain", "flex-nights", "every-route", "dog-ziconotide"]
AS_WRITTEN = 1e-14
"""libSBML writes numbers with 15 digits."""

AT_THE_START = 1e-7
"""Amounts at time 0 are written with 8 digits."""


@pytest.mark.parametrize("name", EVERY_COURSE)
def test_libsbml_finds_no_fault_not_even_in_the_units(name: str) -> None:
    read = document(exported(name).text)
    read.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)  # noqa: FBT003
    read.checkConsistency()
    faults = [read.getError(k).getMessage() for k in range(read.getNumErrors())]
    assert faults == []


@pytest.mark.parametrize("name", EVERY_COURSE)
def test_every_unit_is_declared(name: str) -> None:
    read = document(exported(name).text)
    model = read.getModel()
    declared = {model.getUnitDefinition(k).getId() for k in range(model.getNumUnitDefinitions())}
    used = set(re.findall(r'(?:Units|\bunits)="(\w+)"', exported(name).text))
    assert {"mcg", "mL", "h", "per_h"} <= used
    assert used - declared <= {"dimensionless", "true"}  # hasOnlySubstanceUnits="true"


@pytest.mark.parametrize("name", EVERY_COURSE)
def test_reading_the_document_back_gives_the_same_matrix(name: str) -> None:
    network, back = exported(name).body.network, read_back(exported(name).text)
    scale = np.abs(network.matrix.diagonal())
    assert (np.abs(back.matrix - network.matrix) <= AS_WRITTEN * scale).all()
    assert np.allclose(back.leaving, sum(network.exits.values()), rtol=AS_WRITTEN, atol=0.0)
    assert ((back.matrix != 0.0) == (network.matrix != 0.0)).all()


@pytest.mark.parametrize("name", EVERY_COURSE)
def test_reading_the_document_back_gives_the_same_volumes_and_start(name: str) -> None:
    one, back = exported(name), read_back(exported(name).text)
    schedule = one.intake.schedule
    begin = one.intake.start + schedule.channels @ schedule.boluses[0]
    assert back.species == [place.id for place in places(one.body)]
    assert np.allclose(back.volume, one.body.network.volume, rtol=AS_WRITTEN, atol=0.0)
    assert np.allclose(back.amounts, begin, rtol=AT_THE_START, atol=0.0)


def test_established_tablets_are_in_the_body_at_the_start() -> None:
    back = read_back(exported("cancer-pain").text)
    assert back.amounts[back.species.index("plasma")] > 0.0
    assert back.amounts[back.species.index("gut_extended_release")] > 0.0


def test_the_same_course_gives_the_same_bytes() -> None:
    assert sbml_text(course("every-route")) == exported("every-route").text


def test_no_clock_is_written() -> None:
    # The course begins on 5 January 2026; no other date is in the file.
    dates = re.findall(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", exported("cancer-pain").text)
    assert set(dates) == {"2026-01-05"}


@pytest.mark.parametrize("name", EVERY_COURSE)
def test_the_notes_begin_with_the_notice_and_say_what_is_left_out(name: str) -> None:
    read = document(exported(name).text)
    notes = libsbml.XMLNode.convertXMLNodeToString(read.getModel().getNotes())
    paragraphs = re.findall(r"<p>(.*?)</p>", notes)
    assert paragraphs[0] == f"{NOTICE}."
    assert len([one for one in paragraphs if "in mcg" in one]) == 1
    left_out = simplifications(exported(name).body.anatomy)
    assert all(one.split("'")[0] in notes for one in left_out)


def test_a_title_with_the_signs_of_xml_survives() -> None:
    read = document(exported("every-route").text)
    assert read.getModel().getName() == 'Every <route> & "more" (morphine)'


def test_a_control_character_in_a_title_is_written_as_a_space() -> None:
    odd = replace(course("every-route"), title="one\x01two")
    read = document(sbml_text(odd, days=1))
    assert read.getNumErrors() == 0
    assert read.getModel().getName() == "one two (morphine)"


def test_every_source_that_a_parameter_cites_is_listed_and_none_besides() -> None:
    text = exported("cancer-pain").text
    listed = re.findall(r"<p>\[([0-9]+)\] ", text)
    cited = {
        number
        for one in re.findall(r"<p>Rests on .*?</p>", text)
        for number in re.findall(r"confidence \[([0-9]+)\]", one)
    }
    assert listed == [str(k) for k in range(1, len(listed) + 1)]
    assert cited == set(listed)


def test_events_stand_at_exact_whole_seconds() -> None:
    read = document(exported("every-route").text)
    model = read.getModel()
    seconds = []
    for k in range(model.getNumEvents()):
        hours = model.getEvent(k).getTrigger().getMath().getRightChild()
        assert hours.getDenominator() == 3_600
        seconds.append(hours.getNumerator())
    minute, hour = 60, 3_600
    # The infusions of 1 min and 7 min, one of 5 h, two boluses, an epidural dose
    wanted = {hour, 3 * hour, 3 * hour + minute, 10 * hour, 20 * hour, 20 * hour + 7 * minute}
    assert wanted | {25 * hour} <= set(seconds)
    assert seconds == sorted(set(seconds))


def test_a_secondary_drug_can_be_chosen() -> None:
    read = document(sbml_text(course("every-route"), drug="fentanyl"))
    assert read.getModel().getName().endswith("(fentanyl)")
    assert read.getModel().getSpecies("plasma").getInitialAmount() == 50.0


def test_a_drug_that_the_course_does_not_give_is_refused() -> None:
    with pytest.raises(InputError, match='does not give "baclofen"; it gives morphine, fentanyl'):
        sbml_text(course("every-route"), drug="baclofen")


def test_the_file_holds_the_text(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    write_sbml(course("every-route"), file)
    assert file.read_text(encoding="utf-8") == exported("every-route").text


def test_two_channels_of_the_same_name_are_numbered() -> None:
    assert _different(["a", "b", "a"]) == ["a_1", "b", "a_2"]
