"""``notion-sync serve``: the HTTP server for webhooks, metrics and health. It never calls Notion to answer a request."""
