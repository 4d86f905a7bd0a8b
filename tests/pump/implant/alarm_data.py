"""The alarm table of the record, as the pump takes it."""

from __future__ import annotations

from thecal.devices.alarms import load_alarms
from thecal.pump.implant.alarms import AlarmTable, Condition

_ROWS = load_alarms().rows()
TABLE = AlarmTable(_ROWS.priorities, tuple(Condition(*row) for row in _ROWS.conditions), *_ROWS[2:])
