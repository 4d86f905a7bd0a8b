"""The implant: controller, monitor, ledger, log and alarms of the virtual pump.

Standard library only, whole numbers only; clock, storage and hardware are handed in.
"""
