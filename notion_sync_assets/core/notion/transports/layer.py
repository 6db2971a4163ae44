"""What every layer shares: an inner transport that is closed with it.

Belongs here: the base class. Does not belong here: any policy.
"""

import httpx


class TransportLayer(httpx.AsyncBaseTransport):
    """A transport around another one."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
