"""gunicorn, the same for every service's web process; the environment tunes it."""

import multiprocessing
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND", "127.0.0.1:8080")
workers = int(os.environ.get("WEB_WORKERS", min(4, multiprocessing.cpu_count())))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
limit_request_fields = 100
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None  # each answer is logged as JSON by the application
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # heartbeats must not wait for a disk

os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="huafang-metrics-"))


def child_exit(_server: Any, worker: Any) -> None:
    """Fold a finished worker's metrics into those of the living ones."""
    from prometheus_client import multiprocess  # noqa: PLC0415  # reads the directory set above

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
