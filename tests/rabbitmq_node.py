"""A RabbitMQ node of a test's own, with its own ports, data and cookie; the standing broker is never touched."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from kombu import Connection

from tests.waiting import wait_for


def _sbin() -> Path | None:
    """The release's own scripts: the wrapper on PATH insists on the system's user and folders."""
    wrapper = shutil.which("rabbitmq-server")
    sbin = Path(wrapper).parent.parent / "lib" / "rabbitmq" / "bin" if wrapper else None
    return sbin if sbin and (sbin / "rabbitmq-server").exists() else None


class RabbitNode:
    """One node; `kill` is a `kill -9` of it, `wipe` forgets all that it kept."""

    def __init__(self, folder: Path) -> None:
        sbin = _sbin()
        assert sbin is not None, "RabbitMQ is not installed"
        self._sbin = sbin
        self._folder = folder
        self._log = folder / "output.log"
        self.port, dist, epmd = _free_ports(3)
        (folder / "home").mkdir(parents=True)
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        # Started here, and not by the node as a daemon that nobody would end.
        self._epmd = subprocess.Popen(["epmd", "-address", "127.0.0.1", "-port", str(epmd)])
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "RABBITMQ_NODENAME": f"test-{uuid4().hex[:8]}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(dist),
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._sbin / "rabbitmq-server"],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self._answers, "the node answers", seconds=60)

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def wipe(self) -> None:
        shutil.rmtree(self._folder / "data")

    def control(self, *arguments: str) -> None:
        subprocess.run(
            [self._sbin / "rabbitmqctl", *arguments],
            env=self._environment,
            cwd=self._folder,
            check=True,
            capture_output=True,
            timeout=60,
        )

    def remove(self) -> None:
        if self._process is not None:
            self.kill()
        self._epmd.kill()
        self._epmd.wait()

    def _answers(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=2) as connection:
                connection.connect()
        except (OSError, *Connection(self.url).connection_errors):
            return False
        return True


@contextmanager
def own_node(folder: Path) -> Iterator[RabbitNode]:
    node = RabbitNode(folder)
    try:
        node.start()
        yield node
    finally:
        node.remove()


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(listener.getsockname()[1]) for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
