"""Support and billing over plain mail."""

__version__ = "0.1.0"
