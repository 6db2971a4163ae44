"""One transfer through cut connections, old signatures and odd answers."""

import gzip
import hashlib

import httpx
import pytest

from notion_sync_assets.core.notion.errors import TransientNotionError
from notion_sync_assets.core.notion.file_errors import FileTooLargeError, FileUnavailableError
from notion_sync_assets.core.notion.file_policy import FilePolicy
from notion_sync_assets.core.notion.file_transfer import Received, Transfer
from notion_sync_assets.core.notion.file_wire import FileWire

ADDRESS = "https://prod-files-secure.s3.us-west-2.amazonaws.com/space/file/a.bin?X-Amz-Signature=1"
MIB = 1024 * 1024
LENGTH = 3 * MIB
CONTENT = bytes(range(256)) * (LENGTH // 256)
ETAG = {"ETag": '"v1"', "Content-Type": "image/png"}


class Broken(httpx.AsyncByteStream):
    """A body that ends with an error of the connection."""

    def __init__(self, content, error):
        self.content = content
        self.error = error

    async def __aiter__(self):
        yield self.content
        raise self.error


class Answers(httpx.AsyncBaseTransport):
    """Gives one prepared answer, or error, after the other, and keeps the requests."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    async def handle_async_request(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def ranges(self):
        return [request.headers.get("range") for request in self.requests]


def whole(content=CONTENT, **headers):
    return httpx.Response(200, headers=ETAG | headers, content=content)


def cut(content, error=None, *, length=LENGTH, etag='"v1"'):
    headers = {"Content-Length": str(length)} | ({"ETag": etag} if etag else {})
    return httpx.Response(200, headers=headers, stream=Broken(content, error or httpx.ReadError("reset")))


def rest(start, *, etag='"v1"', total=LENGTH):
    headers = {
        "ETag": etag,
        "Content-Range": f"bytes {start}-{total - 1}/{total}",
        "Content-Type": "image/png",
    }
    return httpx.Response(206, headers=headers, content=CONTENT[start:])


@pytest.fixture
def transferred(tmp_path):
    """Run a transfer over prepared answers; gives what was received, and the bytes in the file."""

    async def run(answers, *, fresh=(), max_bytes=0, attempts=5, waits=None):
        signatures = iter(fresh)

        async def refresh():
            return next(signatures)

        async def sleep(seconds):
            waits.append(seconds) if waits is not None else None

        wire = FileWire(FilePolicy("https://api.notion.com"), concurrency=1, transport=answers)
        with (tmp_path / "target").open("wb", buffering=0) as target:
            transfer = Transfer(wire, ADDRESS, target, refresh=refresh, max_bytes=max_bytes)
            try:
                received = await transfer.run(attempts=attempts, sleep=sleep)
            finally:
                await wire.aclose()
        return received, (tmp_path / "target").read_bytes()

    return run


def is_whole(result):
    received, content = result
    return content == CONTENT and received.sha256 == hashlib.sha256(CONTENT).hexdigest()


async def test_a_whole_answer_is_received_at_once(transferred):
    answers = Answers(whole())
    received, content = await transferred(answers)
    assert received == Received(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "image/png")
    assert content == CONTENT
    assert answers.ranges == [None]
    assert answers.requests[0].headers["accept-encoding"] == "identity"


async def test_a_cut_transfer_goes_on_where_it_stopped(transferred):
    answers = Answers(cut(CONTENT[: 2 * MIB]), rest(2 * MIB))
    assert is_whole(await transferred(answers))
    assert answers.ranges == [None, f"bytes={2 * MIB}-"]
    assert answers.requests[1].headers["if-range"] == '"v1"'


async def test_a_continuation_may_leave_the_whole_length_open(transferred):
    open_end = rest(2 * MIB)
    open_end.headers["Content-Range"] = f"bytes {2 * MIB}-{LENGTH - 1}/*"
    assert is_whole(await transferred(Answers(cut(CONTENT[: 2 * MIB]), open_end)))


@pytest.mark.parametrize("etag", [None, 'W/"v1"'])
async def test_without_a_strong_etag_it_starts_again(transferred, etag):
    answers = Answers(cut(CONTENT[: 2 * MIB], etag=etag), whole())
    assert is_whole(await transferred(answers))
    assert answers.ranges == [None, None]


async def test_a_file_that_changed_meanwhile_is_taken_from_the_start(transferred):
    answers = Answers(cut(b"old" * MIB), whole(ETag='"v2"'))
    assert is_whole(await transferred(answers))


@pytest.mark.parametrize(
    "wrong",
    [rest(2 * MIB, etag='"v2"'), rest(MIB), httpx.Response(206, headers=ETAG), httpx.Response(416)],
    ids=["another ETag", "another range", "no range", "no such range"],
)
async def test_a_continuation_that_does_not_fit_is_not_used(transferred, wrong):
    answers = Answers(cut(CONTENT[: 2 * MIB]), wrong, whole())
    assert is_whole(await transferred(answers))
    assert answers.ranges == [None, f"bytes={2 * MIB}-", None]


@pytest.mark.parametrize("length", [LENGTH + 1, LENGTH - 1], ids=["short", "long"])
async def test_a_body_of_another_length_than_announced_is_not_taken_for_the_file(transferred, length):
    wrong = httpx.Response(200, headers={"Content-Length": str(length)}, stream=httpx.ByteStream(CONTENT))
    assert is_whole(await transferred(Answers(wrong, whole())))


@pytest.mark.parametrize(
    "failure",
    [
        *(httpx.Response(status) for status in (408, 429, 500, 502, 503, 504)),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("garbage"),
    ],
    ids=str,
)
async def test_what_may_pass_is_tried_again(transferred, failure):
    assert is_whole(await transferred(Answers(failure, whole())))


async def test_it_gives_up_after_the_last_attempt_of_the_second_round(transferred):
    waits = []
    answers = Answers(*(httpx.Response(503) for _ in range(6)))
    with pytest.raises(TransientNotionError, match="failed 6 times, at last: status 503") as caught:
        await transferred(answers, fresh=[ADDRESS], attempts=3, waits=waits)
    assert caught.value.status == 503
    assert len(answers.requests) == 6
    assert len(waits) == 4


async def test_what_failed_in_an_outage_goes_on_after_it_with_a_renewed_address(transferred):
    renewed = f"{ADDRESS}&again=1"
    answers = Answers(cut(CONTENT[: 2 * MIB]), httpx.ConnectError("no network"), rest(2 * MIB))
    assert is_whole(await transferred(answers, fresh=[renewed], attempts=2))
    assert [str(request.url) for request in answers.requests] == [ADDRESS, ADDRESS, renewed]
    assert answers.ranges == [None, f"bytes={2 * MIB}-", f"bytes={2 * MIB}-"]


async def test_retry_after_is_waited_for(transferred):
    waits = []
    await transferred(Answers(httpx.Response(503, headers={"Retry-After": "17"}), whole()), waits=waits)
    assert waits == [17.0]


@pytest.mark.parametrize("status", [404, 410, 400, 405, 451])
async def test_what_is_gone_is_not_tried_again(transferred, status):
    answers = Answers(httpx.Response(status))
    with pytest.raises(FileUnavailableError) as caught:
        await transferred(answers)
    assert caught.value.status == status
    assert len(answers.requests) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(403),
        httpx.Response(401),
        httpx.Response(400, content=b"<Error><Code>ExpiredToken</Code></Error>"),
    ],
    ids=str,
)
async def test_an_expired_signature_is_renewed(transferred, refusal):
    answers = Answers(refusal, whole())
    waits = []
    assert is_whole(await transferred(answers, fresh=[f"{ADDRESS}2"], waits=waits))
    assert str(answers.requests[1].url) == f"{ADDRESS}2"
    assert waits == []


async def test_a_signature_that_expires_half_way_costs_nothing(transferred):
    answers = Answers(cut(CONTENT[: 2 * MIB]), httpx.Response(403), rest(2 * MIB))
    assert is_whole(await transferred(answers, fresh=[f"{ADDRESS}2"]))
    assert answers.ranges == [None, f"bytes={2 * MIB}-", f"bytes={2 * MIB}-"]


async def test_signatures_are_renewed_three_times_at_most(transferred):
    answers = Answers(*(httpx.Response(403) for _ in range(4)))
    with pytest.raises(FileUnavailableError, match="even with a fresh signature") as caught:
        await transferred(answers, fresh=[ADDRESS] * 3)
    assert caught.value.status == 403
    assert len(answers.requests) == 4


@pytest.mark.parametrize("fresh", [None, ADDRESS.replace("a.bin", "b.bin")], ids=["removed", "replaced"])
async def test_a_file_removed_or_replaced_meanwhile_is_unavailable(transferred, fresh):
    with pytest.raises(FileUnavailableError, match="removed or replaced"):
        await transferred(Answers(httpx.Response(403)), fresh=[fresh])


async def test_the_limit_holds_when_no_length_is_announced(transferred):
    async def body():
        for _ in range(3):
            yield bytes(MIB)

    with pytest.raises(FileTooLargeError):
        await transferred(Answers(httpx.Response(200, content=body())), max_bytes=2 * MIB)


async def test_a_file_that_comes_compressed_is_stored_as_it_is_meant(transferred):
    answer = httpx.Response(
        200,
        headers={"Content-Encoding": "gzip", "ETag": '"v1"'},
        stream=httpx.ByteStream(gzip.compress(CONTENT)),
    )
    assert is_whole(await transferred(Answers(answer)))
