"""Other people's exporters on the same emulated workspace in the same run; `python -m benchmarks.peers`."""
