"""Metrics of runs: counted in the process of each run, added up by whoever answers ``/metrics`` (docs/adr/0012)."""
