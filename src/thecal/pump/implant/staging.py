"""A new program: what the pump checks itself before it lets one take effect (PC-82, PC-83)."""

from __future__ import annotations

from typing import NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import volume_words
from thecal.pump.implant.codec import (
    decode_limits,
    decode_program,
    digest,
    encode_limits,
    encode_program,
)
from thecal.pump.implant.profile import Profile
from thecal.pump.implant.values import Limits, SafeAction, Setting
from thecal.pump.program import Program


class Staged(NamedTuple):
    """A program that waits for its commit, as the pump has understood it (PC-83)."""

    setting: Setting
    digest: bytes
    staged_s: int
    program_bytes: bytes
    limits_bytes: bytes

    @property
    def program(self) -> Program:
        """The decoded program."""
        return self.setting.program

    @property
    def limits(self) -> Limits:
        """The decoded limits."""
        return self.setting.limits

    def encoded(self) -> tuple[bytes, bytes]:
        """Return program and limits in bytes again, from what was decoded."""
        return encode_program(self.program), encode_limits(self.limits)


def staged_from(program_bytes: bytes, limits_bytes: bytes, now_s: int, profile: Profile) -> Staged:
    """Return a program as the pump understands its bytes.

    Raises
    ------
    InputError
        When the bytes are no program or no limits, a flow is above the pump's highest, or the
        low-reservoir alarm would come too late or at once (PC-29, H15).
    """
    limits = decode_limits(limits_bytes)
    setting = Setting(profile.hardware, decode_program(program_bytes), limits)
    least_nl = 0 if limits.safe_action == SafeAction.STOP else profile.least_low_nl
    most_nl = profile.hardware.reservoir_nl - profile.hardware.residual_nl
    if not least_nl <= limits.low_reservoir_nl < most_nl:
        raise InputError(
            f"the low-reservoir alarm is set to {volume_words(limits.low_reservoir_nl)}, but must "
            f"be from {volume_words(least_nl)} to below {volume_words(most_nl)}, because some "
            "patients feel withdrawal before the reservoir is empty"
        )
    named = digest(program_bytes, limits_bytes)
    return Staged(setting, named, now_s, program_bytes, limits_bytes)
