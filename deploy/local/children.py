"""Child processes of the demo: started in sessions of their own, found again after a crash, ended in order."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

GRACE = 20.0


class Child:
    """One process, by name; its pid is kept so that the next start ends a copy that a crash left over."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._pidfile = folder / f"{name}.pid"
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, module: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
        """Start `python -m module`; a signal at the terminal reaches only the parent, which ends it in order."""
        self._end_leftover(module)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        self._pidfile.write_text(str(self._process.pid), encoding="ascii")

    def has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, for a message that says why it did not start."""
        if not self._log.exists():
            return ""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """Ask it to end, wait, and end it."""
        if self._process and self._process.poll() is None:
            _end(psutil.Process(self._process.pid))
            self._process.wait(GRACE)
        self._pidfile.unlink(missing_ok=True)

    def _end_leftover(self, module: str) -> None:
        if not self._pidfile.exists():
            return
        try:
            leftover = psutil.Process(int(self._pidfile.read_text(encoding="ascii")))
            if module in leftover.cmdline():
                _end(leftover)
        except (psutil.Error, ValueError):
            pass
        self._pidfile.unlink(missing_ok=True)


def _end(process: psutil.Process) -> None:
    """SIGTERM to the process, then SIGKILL to what is left of it and its children."""
    family = [process, *process.children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    _gone, alive = psutil.wait_procs(family, timeout=GRACE)
    for left in alive:
        left.kill()
