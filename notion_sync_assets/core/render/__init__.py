"""Rendering: from committed documents and the link table to files people open, without a call to Notion.

Here: names, the link table, the overlay, one exporter per format, and publishing their output. Not here: what a
document is (``core.documents``), the DuckDB catalog (``core.catalog``). In reading order: ``links`` →
``link_slice`` → ``overlay`` → ``json_pages`` · ``csv_table`` · ``parquet_tables`` → ``formats`` → ``publish``.
"""
