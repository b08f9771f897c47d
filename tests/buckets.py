"""An S3 server of our own: moto in a process beside us, which can be paused and killed like any other."""

import http.client
import os
import signal
import subprocess
import sys
import time
import uuid

from tests.running import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


class S3:
    """The server. Buckets live in its memory."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAINSTAY_"))}
        self.process = subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while self._ask("GET", "/moto-api/") != 200:
            assert self.process.poll() is None, "moto ended"
            assert time.monotonic() < until, "moto does not answer"
            time.sleep(0.1)

    def bucket(self, prefix: str = "/files") -> str:
        """The URL of a new bucket, as in MAINSTAY_STORAGE_URL."""
        name = f"mainstay-{uuid.uuid4().hex[:12]}"
        assert self._ask("PUT", f"/{name}") == 200
        return self.url(name + prefix)

    def url(self, name: str, port: int = 0) -> str:
        return f"s3://{name}?endpoint=http://127.0.0.1:{port or self.port}"

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.go_on()
        self.process.kill()
        self.process.wait(10)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()
