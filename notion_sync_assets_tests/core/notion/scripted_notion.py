"""A Notion of prepared answers, for tests of what reads single pages. Answers that are errors are raised."""

from collections import defaultdict


class ScriptedNotion:
    """``answers[method][id]``: a list of results, an object, or an exception; calls are counted in ``calls``."""

    def __init__(self, **answers):
        self.answers = defaultdict(dict, answers)
        self.calls = []

    def __getattr__(self, method):
        async def call(identifier, *rest):
            key = (identifier, rest[0]) if method == "page_property" else identifier
            self.calls.append((method, key))
            found = self.answers[method].get(key, [])
            if isinstance(found, Exception):
                raise found
            if isinstance(found, list):
                return {"results": found, "has_more": False, "next_cursor": None}
            return found

        return call
