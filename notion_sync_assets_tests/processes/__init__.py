"""Exports as processes of their own: killed, doubled, interrupted, on a terminal."""
