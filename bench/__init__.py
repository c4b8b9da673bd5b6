"""Benchmarks: `python -m bench`. Ours and a bare peer take turns on the same machine; what counts is their ratio."""
