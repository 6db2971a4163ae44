"""What an export costs in figures that no machine changes: requests, events, files and bytes; and memory with room."""
