"""Two emulators with the same seed send the same bytes, but for request ids, signatures and their own address."""

import re

import pytest

VOLATILE = (
    re.compile(r'"request_id":"[^"]*"'),
    re.compile(r'"expiry_time":"[^"]*"'),
    re.compile(r"\?X-Amz[^\")]*"),
    re.compile(r"http://127\.0\.0\.1:\d+"),
    re.compile(r'"(next_cursor|next_url)":"[^"]*"'),
)


def bytes_of(api):
    """Every search page, schema, query and body of a workspace, in one text."""
    held = []

    def read(method, path, **options):
        answer = api.http.request(method, path, **options)
        held.append(answer.text)
        return answer.json()

    found = read("POST", "/search", json={})["results"]
    for item in found[:40]:
        if item["object"] == "data_source":
            read("GET", f"/data_sources/{item['id']}")
            read("POST", f"/data_sources/{item['id']}/query", json={})
        else:
            read("GET", f"/blocks/{item['id']}/children")
            read("GET", f"/pages/{item['id']}/markdown")
    text = "\n".join(held)
    for pattern in VOLATILE:
        text = pattern.sub("", text)
    return text


@pytest.mark.parametrize("world", ["demo", "generated"])
def test_the_same_seed_gives_the_same_bytes(start, connect, world):
    first, second = (bytes_of(connect(start(world=world, seed=5).url)) for _ in range(2))
    assert first == second
    assert len(first) > 50_000


def test_another_seed_gives_another_generated_world(start, connect):
    first, second = (bytes_of(connect(start(world="generated", seed=seed).url)) for seed in (1, 2))
    assert first != second
