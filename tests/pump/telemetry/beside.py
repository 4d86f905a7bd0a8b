"""A programmer beside a real implant: the bench of the runtime, with a receiver in front of it."""

from __future__ import annotations

from tests.pump.implant.bench import KEY, Bench
from tests.pump.telemetry.ward import Ward
from thecal.pump.implant.chain import Head
from thecal.pump.telemetry import Order, Programmer, Role


class Bedside(Ward):
    """A ward whose pump is an implant; time goes on only when it is let to."""

    def __init__(self, bench: Bench | None = None) -> None:
        self.bench = bench or Bench()
        super().__init__(self.bench.implant)
        self.store = self.bench.store
        self.receiver = self.new_receiver()
        self.now_s = self.bench.now_s
        self.orders: list[Order] = []

    def restart(self) -> None:
        """Lose the power, and have it back."""
        self.bench.restart()
        self.door = self.bench.implant
        self.receiver = self.new_receiver()

    def run(self, seconds: int) -> None:
        """Let time pass."""
        self.bench.run(seconds)
        self.now_s = self.bench.now_s

    def programmer(
        self, role: Role = Role.CLINICIAN, *, remembered: Head | None = None
    ) -> Programmer:
        key = KEY if role is Role.CLINICIAN else None
        return Programmer(self.link(role), key, remembered, self.orders.append)
