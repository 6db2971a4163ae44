"""The policies of a call, one httpx transport each; `stack` says in which order."""
