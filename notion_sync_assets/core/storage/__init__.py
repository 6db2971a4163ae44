"""Where bytes live: the storage seam, the layout of the export root, atomic writes, the document store."""
