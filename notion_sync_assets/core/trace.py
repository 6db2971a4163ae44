"""What an export does, line by line: requests, pages, scopes; shown by ``--verbose``.

Here: the logger of these lines. Not here: messages that somebody should act on, which the modules' own loggers take. It
stands beside the package's loggers, since Dagster keeps every line of those as an event.
"""

import logging
from typing import Final

TRACE: Final = "notion_sync_trace"
trace: Final = logging.getLogger(TRACE)
