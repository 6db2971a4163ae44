"""Benchmarks: figures from commands anyone can run; `python -m benchmarks` writes them as JSON."""
