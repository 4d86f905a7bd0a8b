"""Catheter profiles and the volume that is left after trimming."""

from __future__ import annotations

import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge.data_files import CATHETERS, changed, written
from thecal.devices import CatheterProfile, catheter_ids, load_catheter
from thecal.errors import InputError, KnowledgeError
from thecal.quantity import VOLUME, Quantity

ORIGINAL = next(file for file in CATHETERS if file.stem == "indura-8709sc").read_text("utf-8")


@pytest.fixture(params=catheter_ids())
def catheter(request: pytest.FixtureRequest) -> CatheterProfile:
    return load_catheter(request.param)


def test_the_catheters_of_the_first_course_are_there() -> None:
    assert catheter_ids() == ("ascenda-8780", "ascenda-8781", "indura-8709sc", "prometra-11823")


def test_the_volume_of_a_centimetre_is_a_volume(catheter: CatheterProfile) -> None:
    assert catheter.volume_per_cm.dimension == VOLUME


def test_a_name_says_that_this_is_not_the_product(catheter: CatheterProfile) -> None:
    assert "-like" in catheter.name


def test_a_catheter_can_be_sent_to_another_process(catheter: CatheterProfile) -> None:
    assert pickle.loads(pickle.dumps(catheter)) == catheter  # noqa: S301  (its own bytes)


@pytest.mark.parametrize(
    ("catheter_id", "length", "confidence"),
    [
        ("indura-8709sc", "89 cm", "high"),
        ("ascenda-8780", "114 cm", "low"),
        ("ascenda-8781", "140 cm", "low"),
        ("prometra-11823", "110 cm", "high"),
    ],
)
def test_a_length_of_the_record_stands_as_found(
    catheter_id: str, length: str, confidence: str
) -> None:
    figure = load_catheter(catheter_id).figures["total_length"]
    assert (figure.stated(), figure.confidence) == (length, confidence)


@pytest.mark.parametrize(
    ("catheter_id", "length_cm", "volume_ml"),
    [
        ("prometra-11823", "88", "0.2288"),
        ("prometra-11823", "110", "0.286"),
        ("indura-8709sc", "77.5", "0.1705"),
    ],
)
def test_the_implanted_volume_is_that_of_the_worked_examples(
    catheter_id: str, length_cm: str, volume_ml: str
) -> None:
    volume = load_catheter(catheter_id).implanted_volume(Decimal(length_cm))
    assert volume == Quantity.of(volume_ml, "mL")


@given(
    first=st.decimals(min_value=Decimal("0.1"), max_value=40, places=1),
    second=st.decimals(min_value=Decimal("0.1"), max_value=40, places=1),
)
def test_two_pieces_hold_what_one_of_their_length_holds(first: Decimal, second: Decimal) -> None:
    catheter = load_catheter("ascenda-8780")
    pieces = catheter.implanted_volume(first) + catheter.implanted_volume(second)
    assert pieces == catheter.implanted_volume(first + second)


@pytest.mark.parametrize("length", ["0", "-1", "89.1", "NaN", "Infinity"])
def test_an_impossible_length_is_refused(length: str) -> None:
    with pytest.raises(InputError) as refusal:
        load_catheter("indura-8709sc").implanted_volume(Decimal(length))
    assert str(refusal.value) == (
        f"the implanted length of {length} cm must be above 0 and at most 89 cm, "
        "the whole length of InDura-1P-8709SC-like, one piece"
    )


def test_the_quoted_bore_makes_the_quoted_volume() -> None:
    # pi/4 x 0.053 cm squared is 0.002206 mL for each cm; the record rounds it to 0.0022.
    figures = load_catheter("indura-8709sc").figures
    section_cm2 = 3.14159265 / 4 * figures["bore"].number("cm") ** 2
    assert section_cm2 == pytest.approx(figures["volume_per_length"].number("mL/cm"), rel=0.005)


def test_an_unknown_catheter_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError) as refusal:
        load_catheter("8731")
    assert str(refusal.value) == (
        'there is no catheter "8731"; known are '
        "ascenda-8780, ascenda-8781, indura-8709sc, prometra-11823"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[figures.total_length]", "[figures.length]", '"total_length" is missing'),
        ('unit = "mL/cm"', 'unit = "mL"', "a value in mL/cm"),
        ("value = 89\n", "value = 0\n", "must be above zero"),
        ("value = 0.0022\n", "value = 0\n", "must be above zero"),
    ],
)
def test_an_incomplete_profile_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    written(tmp_path, changed(ORIGINAL, old, new), "indura-8709sc.toml")
    with pytest.raises(KnowledgeError) as refusal:
        load_catheter("indura-8709sc", tmp_path)
    assert sentence in str(refusal.value)


def test_the_figures_of_a_plant_are_there(catheter: CatheterProfile) -> None:
    assert catheter.exact_number("mixing_cell", "nL") > 1_000
    assert catheter.exact_number("mixing_flow", "nL/day") == 5_000_000
    assert catheter.exact_number("stored_volume", "nL/hPa") == 10


@pytest.mark.parametrize(
    ("catheter_id", "bore_mm"), [("indura-8709sc", 0.53), ("prometra-11823", 0.575)]
)
def test_fluids_mix_as_taylor_and_aris_have_it(catheter_id: str, bore_mm: float) -> None:
    # Dispersion in laminar flow is that of cells of radius^2 x flow / (24 x diffusivity).
    flow_ul_per_s, diffusivity_mm2_per_s = 1_000 / 3_600, 6e-4
    cell_ul = (bore_mm / 2) ** 2 * flow_ul_per_s / (24 * diffusivity_mm2_per_s)
    cell_nl = float(load_catheter(catheter_id).exact_number("mixing_cell", "nL"))
    assert cell_nl == pytest.approx(1_000 * cell_ul, rel=0.05)
