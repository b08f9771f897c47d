"""A wire between a client and a server that can be cut at a word: what was said arrives, the answer does not."""

import contextlib
import socket
import threading


class Wire:
    """Listens on a port of its own and passes everything on to another. `cut_at`: bytes of the client's after which, once they have
    been passed on and answered, the connection ends without the answer. `cuts` counts."""

    def __init__(self, port: int) -> None:
        self.to, self.cut_at, self.cuts = port, b"", 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.to), 10)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                cut = threading.Event()
                threading.Thread(target=self._up, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self._down, args=(client, server, cut), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := client.recv(65536):
                if self.cut_at and self.cut_at in said:
                    cut.set()
                server.sendall(said)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _down(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(65536):
                if cut.is_set():
                    self.cuts += 1
                    break
                client.sendall(answer)
        for each in (client, server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
