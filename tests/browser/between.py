"""A line to the server that can lose the answer to a message: the request arrives, and the browser never hears of it."""

import contextlib
import socket
import socketserver
import threading
from typing import Self


class Between(socketserver.ThreadingTCPServer):
    """Listens on a port of its own and passes everything on; with `loses_answers`, what is said to a message that was sent is cut off."""

    def __init__(self, to: int) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.to, self.loses_answers = to, False
        self.port: int = self.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *what: object) -> None:
        self.shutdown()
        self.server_close()


class Line(socketserver.BaseRequestHandler):
    """One connection of the browser's, and its own to the server."""

    def handle(self) -> None:
        self.doomed = False
        with socket.create_connection(("127.0.0.1", self.server.to)) as server:
            answering = threading.Thread(target=self._answer, args=(server,))
            answering.start()
            with contextlib.suppress(OSError):
                while said := self.request.recv(65536):
                    first = said.split(b"\r\n", 1)[0]
                    self.doomed |= self.server.loses_answers and first.startswith(b"POST ") and b"/posts " in first
                    server.sendall(said)
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            answering.join()

    def _answer(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := server.recv(65536):
                if self.doomed:
                    break
                self.request.sendall(said)
        with contextlib.suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)
