"""Webhooks: what Notion tells of changes, kept durably until a run has looked (notion_api.md §14)."""
