"""Campaigns against the implant: worlds, faults, cuts and tamperings, each replayed from a seed."""
