"""Builds each part once from the settings; the flows come out as plain functions of a row id and an instant."""

from mailgate.wiring.parts import Parts, build

__all__ = ["Parts", "build"]
