"""A server may write ids as it likes: what is read has one form."""

import json

import httpx
import pytest

from notion_sync_assets.core.notion.transports.body import read_response

DASHED = "0b6a1f2e-1c7d-4f3a-9e21-5d8f0c3b7a64"
FORMS = [DASHED, DASHED.replace("-", ""), DASHED.upper(), DASHED.replace("-", "").upper()]


def answer(form):
    return {
        "id": form,
        "parent": {"type": "page_id", "page_id": form},
        "properties": {"Rel": {"id": "a%3Bb", "relation": [{"id": form}]}},
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
async def test_ids_are_dashed_and_in_lower_case_wherever_they_stand(form, separators):
    content = json.dumps(answer(form), separators=separators).encode()
    assert (await read_response(httpx.Response(200, content=content))).json() == answer(DASHED)


async def test_words_that_look_like_ids_stay_as_they_are():
    told = {"id": FORMS[1], "plain_text": FORMS[1], "name": FORMS[2], "note": [FORMS[1]]}
    content = json.dumps(told).encode()
    assert (await read_response(httpx.Response(200, content=content))).json() == {**told, "id": DASHED}
