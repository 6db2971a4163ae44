"""A complete, current, versioned copy of a Notion workspace as Dagster assets.

Only the version is here. Nothing is imported or re-exported, because every entry point (command line, Dagster
code location, emulator) starts by importing this package and each needs a different part of it.
"""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Look the version up when it is asked for: `pyproject.toml`, as installed, is its only source."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("notion-sync-assets")
