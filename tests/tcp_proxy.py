"""A TCP proxy that can be cut, silenced and mended: a broken network on one machine."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class TcpProxy:
    """Passes bytes between a port of its own and `target`. While cut it refuses; while silent it swallows."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._passing = threading.Event()
        self._passing.set()
        self._open = True
        self._is_cut = False
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Drop every connection, and each new one at once."""
        self._is_cut = True
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def silence(self) -> None:
        """Keep connections open and pass nothing, as a network does that lost its route."""
        self._passing.clear()

    def mend(self) -> None:
        self._is_cut = False
        self._passing.set()

    def close(self) -> None:
        self._open = False
        self.mend()
        self.cut()
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        self._listener.settimeout(0.1)
        while self._open:
            try:
                near, _ = self._listener.accept()
            except OSError:
                continue
            if self._is_cut:
                near.close()
                continue
            near.settimeout(None)
            far = socket.create_connection(self._target)
            with self._lock:
                self._pairs.append((near, far))
            thread = threading.Thread(target=self._carry, args=(near, far), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with near, far, suppress(OSError):
            while self._open:
                for end in select.select([near, far], [], [], 0.2)[0]:
                    data = end.recv(65536)
                    self._passing.wait()
                    if not data:
                        return
                    other[end].sendall(data)
        with self._lock:
            self._pairs.remove((near, far))


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[TcpProxy]:
    proxy = TcpProxy(host, port)
    yield proxy
    proxy.close()
