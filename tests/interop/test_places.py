"""Names of compartments and sites."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.interop.courses import exported
from thecal.body import RINGS
from thecal.interop import places, sites

EVERY_COURSE = ["cancer-pain", "every-route"]


@pytest.mark.parametrize("name", EVERY_COURSE)
def test_every_name_is_an_identifier_and_stands_for_one_thing(name: str) -> None:
    body = exported(name).body
    names = [one.id for one in places(body)] + [one.id for one in sites(body)]
    assert len(set(names)) == len(names)
    assert [one for one in names if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", one)] == []


def test_a_compartment_is_named_after_its_level_its_cell_and_its_ring() -> None:
    body = exported("cancer-pain").body
    named = places(body)
    cells = body.canal.cells_of_level(body.anatomy.level_index("T10"))
    assert [named[body.network.groups["csf"][k]].id for k in cells] == [
        f"csf_T10_{k}" for k in range(1, len(cells) + 1)
    ]
    slice_of_second = int(np.flatnonzero(body.cord_cells == cells[1])[0])
    outermost = body.network.groups["cord"][slice_of_second * RINGS + RINGS - 1]
    assert named[outermost].id == "cord_T10_2_ring4"
    assert {"plasma", "epidural", "brain", "metabolite_m6g"} <= {one.id for one in named}
    roots = [named[body.network.groups["roots"][k]].id for k in cells]
    assert roots == [f"roots_T10_{k}" for k in range(1, len(cells) + 1)]


def test_a_depot_of_an_epidural_dose_has_a_name_of_its_own() -> None:
    assert "epidural_depot_T8" in [one.id for one in places(exported("every-route").body)]


def test_every_compartment_but_the_delays_and_the_gut_is_read_by_a_site() -> None:
    body = exported("every-route").body
    read = np.any([one.row != 0.0 for one in sites(body)], axis=0)
    unread = {place.group for place, seen in zip(places(body), read, strict=True) if not seen}
    kinds = {group.split()[0] for group in unread}
    assert kinds == {"epidural", "gut", "shallow", "deep", "brain"}


def test_blood_of_an_animal_is_no_site_but_its_cord_and_roots_are() -> None:
    found = {one.id for one in sites(exported("dog-ziconotide").body)}
    assert {"c_csf_T13", "c_cord_L6", "c_roots_L7", "c_cisterna_magna"} <= found
    assert {one for one in found if "plasma" in one} == set()
