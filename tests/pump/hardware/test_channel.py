"""A tube: plug flow, mixing, and not a picolitre lost in either."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.amounts import rounded_up
from thecal.pump.catheter import Content
from thecal.pump.hardware.channel import Channel, Parcel, add, pure, split

contents = st.dictionaries(st.integers(0, 3), st.integers(1, 5_000), min_size=1)


def total(parcels: list[Parcel]) -> Content:
    content: Content = {}
    for parcel in parcels:
        add(content, parcel.content)
    return content


@given(contents, st.data())
def test_a_split_keeps_every_fluid(content: Content, data: st.DataObject) -> None:
    volume = sum(content.values())
    part_pl = data.draw(st.integers(0, volume))
    part, rest = split(content, volume, part_pl)
    both = dict(part)
    add(both, rest)
    assert (sum(part.values()), both) == (part_pl, content)


@given(contents, st.data())
def test_a_split_takes_each_fluid_by_its_share(content: Content, data: st.DataObject) -> None:
    volume = sum(content.values())
    part_pl = data.draw(st.integers(0, volume))
    part, _ = split(content, volume, part_pl)
    for fluid, held in content.items():
        assert abs(part.get(fluid, 0) - held * part_pl / volume) < len(content)


def test_what_enters_as_a_plug_leaves_after_the_volume() -> None:
    channel = Channel(100, 0, 0)
    first = channel.push([pure(1, 60)], stirred=False)
    then = channel.push([pure(2, 60)], stirred=False)
    assert (total(first), total(then)) == ({0: 60}, {0: 40, 1: 20})


def test_a_plug_leaves_in_the_order_in_which_it_entered() -> None:
    channel = Channel(10, 0, 0)
    channel.push([pure(1, 4), pure(2, 6)], stirred=False)
    assert channel.push([pure(3, 10)], stirred=False) == [pure(1, 4), pure(2, 6)]


def test_what_is_drawn_back_comes_out_where_it_went_in() -> None:
    channel = Channel(100, 0, 0)
    channel.push([pure(1, 60)], stirred=False)
    assert total(channel.draw(pure(2, 70))) == {1: 60, 0: 10}


def test_a_tube_of_no_volume_lets_everything_pass() -> None:
    assert Channel(0, 0, 5).push([pure(1, 7)], stirred=True) == [pure(1, 7)]


def test_a_tube_without_cells_never_mixes() -> None:
    channel = Channel(100, 0, 0)
    assert total(channel.push([pure(1, 100)], stirred=True)) == {0: 100}


def test_fast_flow_lets_some_of_the_new_fluid_out_early() -> None:
    channel = Channel(100_000, 0, 10_000)
    assert total(channel.push([pure(1, 90_000)], stirred=True))[1] > 5_000


def test_one_fluid_stays_one_fluid_however_fast() -> None:
    channel = Channel(100_000, 1, 10_000)
    assert channel.push([pure(1, 950_000)], stirred=True) == [pure(1, 950_000)]


def test_the_old_fluid_leaves_for_good() -> None:
    channel = Channel(100_000, 0, 10_000)
    channel.push([pure(1, 9_000_000)], stirred=True)
    assert channel.content() == {1: 100_000}


@pytest.mark.requirement("CT-01")
@pytest.mark.parametrize("cells", [4, 25, 100])
def test_the_interface_spreads_as_tanks_in_series_do(cells: int) -> None:
    # Levenspiel: the outlet of N tanks in series is Erlang with mean 1 and N stages.
    volume, worst, left = 1_000_000, 0.0, 0
    channel = Channel(volume, 0, volume // cells)
    for _ in range(300):
        out = total(channel.push([pure(1, volume // 100)], stirred=True))
        middle = (left + volume / 200) / volume
        worst = max(worst, abs(out.get(1, 0) / sum(out.values()) - erlang(cells, middle)))
        left += sum(out.values())
    assert worst < 0.025


def erlang(count: int, mean_volumes: float) -> float:
    scaled = count * mean_volumes
    term, below = 1.0, 1.0
    for stage in range(1, count):
        term *= scaled / stage
        below += term
    return 1.0 - exp(-scaled) * below


@pytest.mark.requirement("CT-01", "PC-15")
@given(
    st.integers(1, 3_000),
    st.integers(0, 8),
    st.lists(
        st.tuples(st.sampled_from("psd"), st.integers(1, 3), st.integers(0, 4_000)), max_size=8
    ),
)
def test_whatever_flows_through_a_tube_every_fluid_is_kept(
    volume_pl: int, cells: int, moves: list[tuple[str, int, int]]
) -> None:
    channel = Channel(volume_pl, 0, rounded_up(volume_pl, cells) if cells else 0)
    balance: Content = {0: volume_pl}
    for kind, fluid, entering_pl in moves:
        add(balance, {fluid: entering_pl})
        parcel = pure(fluid, entering_pl)
        left = channel.draw(parcel) if kind == "d" else channel.push([parcel], stirred=kind == "s")
        assert sum(total(left).values()) == entering_pl
        add(balance, {one: -part for one, part in total(left).items()})
    assert {one: part for one, part in balance.items() if part} == channel.content()
