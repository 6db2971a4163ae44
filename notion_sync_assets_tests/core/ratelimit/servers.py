"""Servers as a limiter meets them, reduced to what they count; times are virtual seconds."""

import asyncio
import random
from collections import Counter, deque
from dataclasses import dataclass, field

from notion_sync_assets_tests.core.ratelimit.virtual_time import clock


class FixedWindows:
    """Counts in windows that begin at a phase the client cannot know."""

    def __init__(self, limit, window_s, phase):
        self.limit, self.window_s, self.phase = limit, window_s, phase
        self.accepted = Counter()

    def refuses_for(self, now):
        number, into = divmod(now - self.phase, self.window_s)
        if self.accepted[number] >= self.limit:
            return self.window_s - into
        self.accepted[number] += 1
        return None

    def utilisation(self):
        """Accepted over allowed in full windows: the first and the last do not count."""
        numbers = range(int(min(self.accepted)) + 1, int(max(self.accepted)))
        return sum(self.accepted[number] for number in numbers) / (self.limit * len(numbers))


class SlidingWindow:
    """Counts what it accepted within the last window, at every moment."""

    def __init__(self, limit, window_s):
        self.limit, self.window_s = limit, window_s
        self.recent = deque()

    def refuses_for(self, now):
        while self.recent and self.recent[0] <= now - self.window_s:
            self.recent.popleft()
        if len(self.recent) >= self.limit:
            return self.recent[0] + self.window_s - now
        self.recent.append(now)
        return None


class TokenBucket:
    """Allows `rate` a second on average and hardly a burst."""

    def __init__(self, rate, burst):
        self.rate, self.burst = rate, burst
        self.tokens, self.at = float(burst), 0.0

    def refuses_for(self, now):
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return 1.0
        self.tokens -= 1
        return None


class Moody:
    """Refuses by chance, at any rate."""

    def __init__(self, odds, seed):
        self.odds, self.chance = odds, random.Random(seed)

    def refuses_for(self, now):  # noqa: ARG002 - it does not count
        return 1.0 if self.chance.random() < self.odds else None


@dataclass
class Crawl:
    """Workers that send `requests` in total as fast as the limiter lets them."""

    limiter: object
    server: object
    concurrency: int = 8
    latency: tuple = (0.05, 0.3)
    seed: int = 0
    accepted: int = 0
    refused: int = 0
    sent_at: list = field(default_factory=list)

    async def run(self, requests=None, until=None):
        chance = random.Random(self.seed)
        await asyncio.gather(*(self._worker(chance, requests, until) for _ in range(self.concurrency)))

    async def _worker(self, chance, requests, until):
        while (requests is None or self.accepted < requests) and (until is None or clock() < until):
            await self._request(chance)

    async def _request(self, chance):
        permit = await self.limiter.acquire()
        self.sent_at.append(clock())
        await asyncio.sleep(chance.uniform(*self.latency) / 2)
        wait = self.server.refuses_for(clock())
        await asyncio.sleep(chance.uniform(*self.latency) / 2)
        permit.done(accepted=wait is None)
        if wait is None:
            self.accepted += 1
            return
        self.refused += 1
        self.limiter.penalize(wait, "public_api_request_rate_limit", sent_at=permit.sent_at)
