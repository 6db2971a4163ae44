"""The engine: crawl, commit, render, catalog. Nothing here knows Dagster, the command line or the environment.

The data goes one way: ``notion`` (calls) → ``sync`` (listing, plan, documents, commit) → ``render`` and
``catalog``. ``storage`` holds the bytes; ``identifiers``, ``canonical`` and ``documents`` are the shared words.
"""
