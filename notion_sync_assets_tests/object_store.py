"""A real S3-compatible server on loopback (moto's), in this process: buckets by HTTP, and what was asked of it.

Here: starting it and reading it with nothing of the product. Not here: the product's storage (``core.storage``).
Requests are served one at a time, so that a conditional put is as atomic as the real one.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import s3fs
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

CREDENTIALS = {"key": "AKIAIOSFODNN7EXAMPLE", "secret": "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY"}


@dataclass
class ObjectStore:
    """A running server. ``log``: method and path of every request so far."""

    url: str
    fs: s3fs.S3FileSystem
    log: list[tuple[str, str]] = field(default_factory=list)

    @property
    def options(self) -> dict[str, Any]:
        """What ``output.storage_options`` must hold."""
        return {"endpoint_url": self.url, **CREDENTIALS}

    def bucket(self) -> str:
        """The URL of a new bucket."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.fs.mkdir(name)
        return f"s3://{name}"

    def objects(self, url: str) -> dict[str, bytes]:
        """Path below a URL and content of every object there."""
        root = url.removeprefix("s3://")
        return {path.removeprefix(f"{root}/"): self.fs.cat_file(path) for path in self.fs.find(root)}

    def names(self, url: str) -> list[str]:
        """Paths below a URL, sorted."""
        root = url.removeprefix("s3://")
        return sorted(path.removeprefix(f"{root}/") for path in self.fs.find(root))

    def content_type(self, url: str, path: str) -> str:
        """The content type a browser is told."""
        return str(self.fs.info(f"{url.removeprefix('s3://')}/{path}")["ContentType"])


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def running_object_store() -> Iterator[ObjectStore]:
    """Serve until the end of the block."""
    logging.getLogger("moto").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    one_at_a_time = threading.Lock()
    log: list[tuple[str, str]] = []

    def served(environ: dict[str, Any], start_response: Any) -> Any:
        with one_at_a_time:
            log.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
            return application(environ, start_response)

    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    fs = s3fs.S3FileSystem(
        endpoint_url=url, **CREDENTIALS, use_listings_cache=False, skip_instance_cache=True
    )
    try:
        yield ObjectStore(url, fs, log)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
