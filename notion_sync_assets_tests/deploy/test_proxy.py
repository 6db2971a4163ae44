"""The proxy of the deployment, run for real: nobody gets to the webserver without a log-in, webhooks get through."""

import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from notion_sync_assets.serve.app import WEBHOOK_PATH
from notion_sync_assets_tests.system.test_webserver import free_port

pytestmark = pytest.mark.system

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "proxy" / "nginx.conf"
OPERATOR = ("operator", "operators-password")
VIEWER = ("viewer", "viewers-password")
UPSTREAMS = ("webserver:3000", "viewer:3000", "serve:8080")


@contextmanager
def upstream(name, seen):
    """A service behind the proxy that says its name and notes the headers it gets."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(dict(self.headers))
            body = f"{name} {self.path}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def password(pair):
    name, word = pair
    made = subprocess.run(
        ["openssl", "passwd", "-apr1", word], capture_output=True, text=True, check=True
    ).stdout.strip()
    return f"{name}:{made}\n"


def prepared(folder, ports):
    """The configuration as it is in the container, with this machine's places and ports."""
    (folder / "operators.htpasswd").write_text(password(OPERATOR))
    (folder / "viewers.htpasswd").write_text(password(VIEWER))
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout tls.key -out tls.crt"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    text = CONFIGURATION.read_text().replace("/tmp/", f"{folder}/").replace("/etc/nginx/", f"{folder}/")
    for name, port in ports.items():
        text = text.replace(name, f"127.0.0.1:{port}")
    (folder / "nginx.conf").write_text(f"user root;\n{text}")
    return folder / "nginx.conf"


@pytest.fixture(scope="module")
def seen():
    return []


@pytest.fixture(scope="module")
def proxy(tool, tmp_path_factory, seen):
    """Addresses of the operators' and the viewers' door."""
    folder = tmp_path_factory.mktemp("proxy")
    doors = {"8443": free_port(), "8444": free_port()}
    with ExitStack() as stack:
        ports = {name: stack.enter_context(upstream(name.split(":")[0], seen)) for name in UPSTREAMS}
        file = prepared(folder, ports)
        text = file.read_text()
        for documented, port in doors.items():
            text = text.replace(f"listen {documented}", f"listen 127.0.0.1:{port}")
        file.write_text(text)
        process = subprocess.Popen([tool("nginx"), "-c", str(file), "-p", str(folder), "-g", "daemon off;"])
        stack.callback(process.wait, 30)
        stack.callback(process.terminate)
        with httpx.Client(verify=False) as client:
            wait_for(client, f"https://127.0.0.1:{doors['8443']}/")
            yield client, *(f"https://127.0.0.1:{port}" for port in doors.values())


def wait_for(client, address):
    end = time.monotonic() + 30
    while True:
        try:
            return client.get(address)
        except httpx.TransportError:
            assert time.monotonic() < end, "the proxy did not start"
            time.sleep(0.1)


@pytest.mark.parametrize("path", ["/", "/graphql", "/metrics", "/webhooks/notion2", "/webhooks"])
def test_nobody_gets_in_without_a_log_in(proxy, seen, path):
    client, operators, viewers = proxy
    seen.clear()
    wrong = httpx.BasicAuth("operator", "wrong")
    found = [
        client.get(f"{door}{path}", auth=auth).status_code
        for door in (operators, viewers)
        for auth in (None, wrong)
    ]
    assert (set(found), seen) == ({401}, [])


def test_operators_reach_the_webserver_and_viewers_the_one_that_only_reads(proxy):
    client, operators, viewers = proxy
    assert client.get(f"{operators}/runs", auth=OPERATOR).text == "webserver /runs"
    assert client.get(f"{viewers}/runs", auth=VIEWER).text == "viewer /runs"
    assert client.get(f"{operators}/runs", auth=VIEWER).status_code == 401


def test_the_password_stays_at_the_proxy_and_web_sockets_get_through(proxy, seen):
    client, operators, _viewers = proxy
    seen.clear()
    client.get(
        f"{operators}/graphql", auth=OPERATOR, headers={"Upgrade": "websocket", "Connection": "Upgrade"}
    )
    (headers,) = seen
    assert "Authorization" not in headers
    assert (headers["Upgrade"], headers["Connection"]) == ("websocket", "upgrade")


def test_notion_reaches_the_webhook_endpoint_and_no_more_than_a_megabyte_does(proxy):
    client, operators, viewers = proxy
    assert client.post(f"{operators}{WEBHOOK_PATH}", content=b"{}").text == f"serve {WEBHOOK_PATH}"
    assert client.post(f"{operators}{WEBHOOK_PATH}", content=b"x" * 1_100_000).status_code == 413
    assert client.post(f"{viewers}{WEBHOOK_PATH}", content=b"{}").status_code == 401
