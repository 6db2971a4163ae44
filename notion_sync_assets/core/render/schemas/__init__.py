"""JSON Schema of the files in the format JSON, one file per kind and version.

Here: `page-<version>.schema.json` and `data-source-<version>.schema.json`, data only. Not here: what writes those files
(``json_pages``), which holds the version. A change that a reader of the old files would trip over gets a new version.
"""
