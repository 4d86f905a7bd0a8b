"""What a pump says of itself when it is interrogated."""

from __future__ import annotations

from typing import NamedTuple

from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.implant.alarms import Alarms, AlarmTable, Cause
from thecal.pump.implant.holding import Holding
from thecal.pump.implant.motion import FLOWS, Flow
from thecal.pump.implant.plan import Plan
from thecal.pump.implant.values import FAR, Flag, State


class Listed(NamedTuple):
    """One alarm condition, as the programmer shows it."""

    name: str
    code: str
    words: str
    priority: int
    since_s: int
    active: int
    acknowledged: int


class Status(NamedTuple):
    """All that can be read at once; whole numbers, words and bytes only."""

    now_s: int
    week_offset_s: int
    phase: int
    commits: int
    digest: bytes
    """Of the program and limits in force; empty before the first."""
    nl_per_day: int
    """The flow now, everything together."""
    bolus: int
    """The account of the running bolus; 0 for none."""
    bolus_left_nl: int
    special_left_nl: int
    """What is left of a bridge or prime."""
    reservoir_nl: int
    """Computed, residual included."""
    measured_nl: int
    """By the fill sensor; -1 where there is none."""
    empty_s: int
    """When the reservoir will be empty, on the counter, without boluses to come; `FAR` if never."""
    service_end_s: int
    replacement_due: int
    over_infusion_risk: int
    strokes: int
    log_index: int
    failing_s: int
    """Since when nothing can be stored; -1 while all is well."""
    alarms: tuple[Listed, ...]
    cannot: tuple[str, ...]
    """What this pump can never notice, in words (PC-20)."""


def status_of(
    holding: Holding, state: State, measured_nl: int | None, service_end_s: int
) -> Status:
    """Return what a pump says of itself in a state."""
    plan = holding.setting.plan
    return Status(
        now_s=state.now_s,
        week_offset_s=state.week_offset_s,
        phase=state.phase,
        commits=state.commits,
        digest=holding.digest,
        nl_per_day=flow_nl_per_day(state, plan),
        bolus=state.bolus,
        bolus_left_nl=state.bolus_nl - state.bolus_given // DAY_S,
        special_left_nl=state.special_left // DAY_S,
        reservoir_nl=state.reservoir_nl,
        measured_nl=-1 if measured_nl is None else measured_nl,
        empty_s=empty_s(state, plan),
        service_end_s=service_end_s,
        replacement_due=int(holding.alarms.is_active(Cause.REPLACEMENT_DUE)),
        over_infusion_risk=risk(state),
        strokes=holding.strokes,
        log_index=holding.log.head.index,
        failing_s=holding.failing_s,
        alarms=listed(holding.alarms, holding.profile.alarms),
        cannot=holding.profile.detection.cannot(),
    )


def listed(alarms: Alarms, table: AlarmTable) -> tuple[Listed, ...]:
    """Return every condition that is listed, the highest first."""
    return tuple(
        Listed(
            one.name,
            table.condition(one.name).code,
            table.condition(one.name).words,
            int(table.priority(one.name)),
            one.since_s,
            int(one.active),
            int(one.acknowledged),
        )
        for one in alarms.listed
    )


def flow_nl_per_day(state: State, plan: Plan) -> int:
    """Return the flow now, in nL/day, rounded down."""
    flow = FLOWS[state.phase]
    if flow is Flow.PROGRAM:
        if state.special_nl_per_day:
            return state.special_nl_per_day
        basal = plan.basal(state.now_s, state.week_offset_s)[0]
        on_top = state.bolus_nl * DAY_S // state.bolus_duration_s if state.bolus else 0
        return basal + on_top
    return plan.minimum_flow if flow is Flow.MINIMUM else 0


def risk(state: State) -> int:
    """Return 1 while a stop or stall of over 48 h has not been followed by a volume check."""
    return int(bool(state.flags & Flag.OVER_INFUSION_RISK))


def empty_s(state: State, plan: Plan) -> int:
    """Return the second at which the reservoir will be down to its residual (PC-29).

    What runs now (bridge, prime, bolus) is counted to its end, then the basal steps; boluses to
    come are not. `FAR` when nothing flows.
    """
    now_s = state.now_s
    left = (state.reservoir_nl - plan.residual_nl) * DAY_S - state.owed_basal - state.owed_bolus
    if left <= 0:
        return now_s
    kind = FLOWS[state.phase]
    if kind is Flow.MINIMUM:
        return now_s - (-left // plan.minimum_flow) if plan.minimum_flow else FAR
    if kind is not Flow.PROGRAM:
        return FAR
    if state.special_nl_per_day:
        special = min(left, state.special_left)
        now_s -= -special // state.special_nl_per_day
        left -= special
    left -= min(left, state.bolus_nl * DAY_S - state.bolus_given)
    week = plan.parts(now_s, state.week_offset_s, WEEK_S)
    if not left or not week:
        return now_s if not left else FAR
    weeks, left = divmod(left, week)
    now_s += weeks * WEEK_S
    for _ in range(len(plan.flows) + 1):
        flow, edge_s = plan.basal(now_s, state.week_offset_s)
        if left <= flow * (edge_s - now_s):
            return now_s - (-left // flow) if left else now_s
        left -= flow * (edge_s - now_s)
        now_s = edge_s
    raise AssertionError("a week's flow must use up less than a week's volume")
