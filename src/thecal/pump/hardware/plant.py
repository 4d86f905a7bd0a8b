"""A pump as it is handled and as it fails: what people do to it, and each fault by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import check_whole
from thecal.pump.hardware.core import Flow, Mechanism
from thecal.pump.hardware.figures import PL_PER_NL, WHOLE_PCM, check_share
from thecal.pump.hardware.individual import scatter
from thecal.pump.hardware.line import OPEN, Outflow, Place
from thecal.pump.hardware.stock import CSF
from thecal.pump.implant.values import FAR


class Refill(NamedTuple):
    """A refill in truth, and the volume that the nurse read from the syringe; all in nL."""

    aspirated_nl: int
    read_nl: int
    entered_nl: int
    pocket_nl: int


class Plant(Mechanism):
    """What all pumps have; `Rotor`, `ValvePump` and `ReferencePump` differ in the rest.

    The parameters are those of `Mechanism`. A fault begins at the last second that the plant has
    seen, so the world first lets time pass with `pass_to`.
    """

    # -- what people do to it -------------------------------------------------------------------

    def refill(
        self, now_s: int, solution: int, filled_nl: int, *, is_rinsed: bool = False
    ) -> Refill:
        """Draw the reservoir empty and fill it; what is too much is a risk, not refused (H22).

        Parameters
        ----------
        now_s
            When.
        solution
            The number of the solution in the syringe.
        filled_nl
            How much is injected.
        is_rinsed
            Whether the residual volume was replaced by the solution before.

        Raises
        ------
        InputError
            When the number or the volume is negative or not whole.
        """
        check_whole("the number of the solution", solution)
        check_whole("the volume of a refill in nL", filled_nl)
        self.pass_to(now_s)
        self._settle()
        stock = self.stock
        drawn_pl = stock.draw_out(self.line.gone[Place.OUTSIDE])
        if is_rinsed:
            stock.rinse(solution, self.line.gone[Place.OUTSIDE])
        entered_nl, pocket_nl = stock.fill(solution, filled_nl, self.line.gone[Place.POCKET])
        if pocket_nl:
            self.note("pocket fill", pocket_nl)
        if stock.volume_pl > stock.capacity_pl:
            self.note("overfilled", (stock.volume_pl - stock.capacity_pl) // PL_PER_NL)
            self._risk()
        self._change()
        read_nl = drawn_pl // PL_PER_NL - self.figures.reading_short_nl
        read_nl += scatter(self.random, self.figures.reading_spread_nl)
        return Refill(drawn_pl // PL_PER_NL, max(0, read_nl), entered_nl, pocket_nl)

    def draw_at_port(self, now_s: int, volume_nl: int) -> None:
        """Draw a volume out of the access port; CSF fills the catheter from its tip.

        Raises
        ------
        InputError
            When the catheter is blocked or has come off: then nothing comes back.
        """
        check_whole("the volume drawn at the port in nL", volume_nl)
        self.pass_to(now_s)
        self._settle()
        fluid = self.stock.fluid_of_one(CSF)
        self.line.draw_at_port(fluid, volume_nl)
        self.stock.supply(fluid, volume_nl * PL_PER_NL)
        self._change()

    def inject_at_port(self, now_s: int, solution: int, volume_nl: int) -> None:
        """Push a solution through the access port straight towards the tip (H17).

        Raises
        ------
        InputError
            When the catheter is blocked or has come off.
        """
        check_whole("the volume injected at the port in nL", volume_nl)
        self.pass_to(now_s)
        self._settle()
        fluid = self.stock.fluid_of_one(solution)
        self.line.inject_at_port(fluid, volume_nl, self._now_s)
        self.stock.supply(fluid, volume_nl * PL_PER_NL)
        self._change()

    def take_outflows(self, now_s: int) -> tuple[Outflow, ...]:
        """Return what came out of the tip into the CSF since the last call; needs `is_recorded`."""
        self.pass_to(now_s)
        self._settle()
        self._chunk_pl = 0
        taken, self.line.outflows = tuple(self.line.outflows), []
        return taken

    def interrogated(self, now_s: int, minutes: int = 1) -> None:
        """Let a programmer talk to the pump, which costs battery and ends a latched telemetry."""
        self.pass_to(now_s)
        self.battery.telemetry(minutes)
        self.unstall("latched")

    def enter_field(self, now_s: int, until_s: int, *, is_alarming: bool = False) -> None:
        """Lie in a scanner until a second; what that does depends on the pump.

        Parameters
        ----------
        now_s, until_s
            When the magnet takes hold, and when it lets go.
        is_alarming
            Whether the pump sounds an alarm meanwhile.
        """
        if until_s <= now_s:
            raise InputError(f"a scan from second {now_s} to {until_s} must end after it begins")
        self.pass_to(now_s)
        self.note("scan alarming" if is_alarming else "scan")

    def set_gain(self, excess_pcm: int) -> None:
        """Let every stroke move more, or less, by this share of what it moved before (H01)."""
        self._settle()
        self._fault_pcm = WHOLE_PCM + excess_pcm
        self._change()

    def set_ramp(self, pcm_per_day: int) -> None:
        """Let what a stroke moves rise, or fall by wear, by so much a day from now on."""
        self._settle()
        self._ramp_pcm_per_day, self._ramp_from_s = pcm_per_day, self._now_s
        self._change()

    def set_ambient(self, share_pcm: int) -> None:
        """Let temperature or pressure around the pump change what a stroke moves by so much."""
        self._settle()
        self._ambient_pcm = share_pcm
        self._change()

    def lose_strokes(self, share_pcm: int) -> None:
        """Let this share of the strokes not happen, although the motor had power for them."""
        check_share("the share of strokes that are lost", share_pcm)
        self._lost_pcm = share_pcm
        self._change()

    def slip(self, *, is_slipping: bool = True) -> None:
        """Let the motor turn without moving anything: a shaft that has worn through."""
        self._set_dry("slipping", is_dry=is_slipping)

    def chill(self, *, is_cold: bool = True) -> None:
        """Implant it cold: the valve of the reservoir lets nothing out until it is warm."""
        self._set_dry("cold", is_dry=is_cold)

    def leak(self, nl_per_day: int) -> None:
        """Let the reservoir leak into the pocket; 0 ends it."""
        check_whole("the leak in nL/day", nl_per_day)
        self._set_flow("leak", nl_per_day, self._leak_out)

    def run_free(self, nl_per_day: int) -> None:
        """Let the pump flow by itself, without strokes; 0 ends it."""
        check_whole("the free flow in nL/day", nl_per_day)
        self._set_flow("free flow", nl_per_day, self._run_out)

    def draw_back(self, volume_nl: int) -> None:
        """Let CSF in through the tip, and as much of the line's content into the reservoir.

        Through a catheter that is blocked or has come off, none comes.
        """
        check_whole("the volume that is drawn back in nL", volume_nl)
        self._settle()
        if self.line.opening_hpa != OPEN or not self.line.is_connected:
            return
        fluid, volume_pl = self.stock.fluid_of_one(CSF), volume_nl * PL_PER_NL
        self.stock.supply(fluid, volume_pl)
        self.stock.take_back(self.line.draw_back(fluid, volume_pl))
        self.note("drawn back", volume_nl)
        self._change()

    def deform(self, lost_nl: int) -> None:
        """Take capacity from the reservoir for ever, as great pressure around the pump does."""
        check_whole("the capacity that is lost in nL", lost_nl)
        self.stock.capacity_pl = max(0, self.stock.capacity_pl - lost_nl * PL_PER_NL)
        self.note("deformed", lost_nl)

    def block(self, opening_hpa: int = FAR) -> None:
        """Block the catheter, for good or as a kink that opens at a pressure; `OPEN` ends it.

        What is stored behind the block goes out at once when it ends (PC-26).
        """
        check_whole("the pressure that opens the catheter in hPa", opening_hpa, least=OPEN)
        self._settle()
        self.line.opening_hpa = opening_hpa
        self._let_go()

    def leak_at_connector(self, share_pcm: int) -> None:
        """Let this share of the flow be lost at the connector (H24)."""
        check_share("the share that is lost at the connector", share_pcm)
        self._settle()
        self.line.leak_pcm = share_pcm
        self._let_go()

    def disconnect(self, *, is_off: bool = True) -> None:
        """Take the catheter off the pump, or put it back on; the pocket gets the flow (H24)."""
        self._settle()
        self.line.is_connected = not is_off
        self._let_go()

    def move_tip(self, place: Place = Place.TISSUE) -> None:
        """Let the tip lie somewhere else; only in the CSF does the drug work (H24)."""
        self._settle()
        self.line.tip = place

    def misfill(self, share_pcm: int) -> None:
        """Let this share of the next refill go into the pocket (H16)."""
        check_share("the share of the refill that goes astray", share_pcm)
        self.stock.astray_pcm = share_pcm

    def overfill(self, more_nl: int) -> None:
        """Let the next refill be more than is told by this (H22)."""
        check_whole("what is filled too much in nL", more_nl)
        self.stock.too_much_nl = more_nl

    def dip_battery(self, fall_mv: int) -> None:
        """Let the battery's voltage be lower by so much; too low, and the motor stands."""
        check_whole("the fall of the battery's voltage in mV", fall_mv)
        self.battery.dip_mv = fall_mv
        self._check_battery()

    def drain_battery(self, share_pcm: int) -> None:
        """Take a share of the battery's whole life, as a film inside it does."""
        check_share("the share of the battery's life that is lost", share_pcm)
        self.battery.lose(share_pcm)
        self._check_battery()

    # -- inside ---------------------------------------------------------------------------------

    def _let_go(self) -> None:
        if self.line.stored_pl and not self.line.is_blocked:
            self.note("released", self.line.release(self._now_s) // PL_PER_NL)
        self._change()

    def _set_dry(self, reason: str, *, is_dry: bool) -> None:
        (self._dry.add if is_dry else self._dry.discard)(reason)
        self._change()

    def _set_flow(self, name: str, nl_per_day: int, move: Callable[[int], None]) -> None:
        self._settle()
        self._flows.pop(name, None)
        if nl_per_day:
            self._flows[name] = Flow(nl_per_day, move)
        self._change()

    def _leak_out(self, volume_pl: int) -> None:
        self.stock.lose(volume_pl, self.line.gone[Place.POCKET])
