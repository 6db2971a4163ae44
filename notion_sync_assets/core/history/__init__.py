"""What the workspace was: reading events across commits, versions of pages, differences, retention, rollback, purge."""
