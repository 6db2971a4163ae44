"""What the pages of a workload take: content, single reads, files.

Here: joining what is known of pages with what a sample tells of the others. Not here: requests that are not about
pages (``forecast``), the arithmetic of a sample (``estimate``).
"""

import math
from dataclasses import dataclass

from notion_sync_assets.core.sync.estimate import Estimate, extrapolate, scale_up, total
from notion_sync_assets.core.sync.sampling import STRATA, Sample, Stratum
from notion_sync_assets.core.sync.source_heads import Heads
from notion_sync_assets.core.sync.workload import Workload

SEARCH_LACKS = 0.05
"""Share of the pages that search may leave out (notion_api.md §12 gives no number); part of the upper bounds."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What the pages of a workload take. ``missed``: the share of pages that search left out, as the sample has it."""

    work: Workload
    heads: Heads
    sample: Sample
    missed: float

    def pages(self) -> Estimate:
        """Pages whose content is read."""
        extra = total([self._unseen(kind) for kind in STRATA])
        return Estimate.exactly(self.work.to_read) + extra + self.heads.new_templates

    def lists(self) -> Estimate:
        """Requests for block lists: new pages by the sample, all others by their last document."""
        changed, again = self.work.changed, self.work.again
        likely = Estimate(
            changed.pages, changed.lists, changed.lists + max(changed.pages, changed.lists // 2)
        )
        parts = [likely, Estimate.exactly(again.lists)]
        for kind in STRATA:
            of_kind = self._lists(kind, self.work.candidates[kind].population)
            parts += [of_kind, self._of_more(of_kind, kind, self._unseen(kind))]
        rows = self._lists("row", self.work.candidates["row"].population)
        return total([*parts, self._of_more(rows, "row", self.heads.new_templates)])

    def single_reads(self) -> Estimate:
        """Pages read one by one: templates, and pages of trees that search left out."""
        work = self.work
        gone = Estimate(0, work.trashed_rows, work.missing_rows)
        return self.heads.templates + self._unseen("nested") + Estimate.exactly(work.missing_pages) + gone

    def files(self) -> Estimate:
        """Hosted files of the pages that are read."""
        known = Estimate.exactly(self.work.files + self.work.again.files)
        changed = Estimate(0, self.work.changed.files, 2 * self.work.changed.files)
        parts = (
            extrapolate(
                [page.files for page in self.sample.of(kind)], self.work.candidates[kind].population, least=0
            )
            for kind in STRATA
            if self.sample.of(kind)
        )
        return total([known, changed, *parts])

    def block_comments(self) -> Estimate:
        """Requests for the comments on every block of the pages that are read."""
        known = Estimate.exactly(self.work.changed.blocks + self.work.again.blocks)
        parts = (
            extrapolate(
                [page.blocks for page in self.sample.of(kind)], self.work.candidates[kind].population, least=0
            )
            for kind in STRATA
            if self.sample.of(kind)
        )
        return total([known, *parts])

    def scaled(self, found: int) -> Estimate:
        """Return how many rare things there are on all new pages, by what the sample holds."""
        return scale_up(found, len(self.sample.pages), self.work.new)

    def _lists(self, kind: Stratum, population: int) -> Estimate:
        costs = [page.lists * self.sample.surplus for page in self.sample.of(kind)]
        return extrapolate(costs, population, least=0 if kind == "nested" else 1)

    def _unseen(self, kind: Stratum) -> Estimate:
        population = self.work.candidates[kind].population
        if kind == "root" or not population:
            return Estimate()
        return Estimate(
            0, round(population * self.missed), math.ceil(population * (self.missed + SEARCH_LACKS)) + 1
        )

    def _of_more(self, known: Estimate, kind: Stratum, more: Estimate) -> Estimate:
        """Return what further pages take, as much each as those of their kind."""
        population = self.work.candidates[kind].population
        if not population:
            return Estimate(0, more.expected, 3 * more.high)
        return Estimate(
            math.floor(more.low * known.low / population),
            round(more.expected * known.expected / population),
            math.ceil(more.high * known.high / population),
        )
