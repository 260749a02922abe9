"""Ports of this machine that nobody uses."""

import socket


def free_ports(count: int) -> range:
    """`count` free ports in a row."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        found = range(first, first + count)
        if found[-1] < 65_536 and all(_is_free(port) for port in found):
            return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
