"""A folder in a real browser: from the disk or over HTTP, with a record of everything that should not happen.

Here: starting Chromium quietly, serving a folder, tabs that listen. Not here: what a site holds (``test_site_*``).
"""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, expect, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 60_000
"""Milliseconds a page may take on a busy machine; no test tells anything by it."""


@contextmanager
def running_chromium(program: str) -> Iterator[Browser]:
    """Hand out a headless browser that asks nobody for anything of its own accord."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


class Silent(SimpleHTTPRequestHandler):
    def do_GET(self):
        """Browsers ask for an icon beside a text file, too."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_arguments):
        """Say nothing."""


@contextmanager
def served(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Tab:
    """A tab and everything in it that should not happen."""

    def __init__(self, browser, base):
        self.base = base
        self.wrong = []
        self.page = browser.new_page(viewport={"width": 1100, "height": 800}, color_scheme="light")
        self.page.set_default_timeout(PATIENCE)
        # Expectations have a time limit of their own: 5 s, whatever the page's is.
        expect.set_options(timeout=PATIENCE)
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def _failed(self, request):
        # What was still loading when the reader went on is ended by the browser.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed {request.url} {request.failure}")

    def _request(self, request):
        if not request.url.startswith(f"{self.base}/"):
            self.wrong.append(f"asked for {request.url}")

    def _response(self, response):
        if response.status >= 400:
            self.wrong.append(f"{response.status} {response.url}")
