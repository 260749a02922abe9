"""docker-compose.yml without containers: each service's own command with its own environment, as processes."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError

import psycopg
import yaml

from deploy.environment import fresh_environment
from tests.browser.ports import free_ports
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("catalog", "orders", "storefront")
ADMIN = "host=127.0.0.1 user=postgres dbname=postgres"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
BIN = Path(sys.executable).parent


class Installation:
    """What `docker compose up` would run, on 127.0.0.1, with the servers of this machine."""

    def __init__(self, folder: Path, sandbox_url: str, webhook_secret: str, api_key: str) -> None:
        self._folder = folder
        names = [f"{service}-{role}" for service in SERVICES for role in ("web", "worker")]
        self.ports = dict(zip([*names, "front"], free_ports(len(names) + 1), strict=True))
        self.url = f"http://127.0.0.1:{self.ports['front']}"
        self.exchange = f"test-{os.getpid()}.events"
        self.variables = fresh_environment() | {
            "ENVIRONMENT": "test",
            "PUBLIC_URL": self.url,
            "STORAGE_URL": f"file://{folder}/files",
            "MAIL_FOLDER": f"{folder}/mail",
            "STRIPE_API_KEY": api_key,
            "STRIPE_API_BASE": sandbox_url,
            "STRIPE_WEBHOOK_SECRET": webhook_secret,
            "PAYMENT_PAGE_ORIGINS": f'["{sandbox_url}"]',
        }
        self._compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self._make_databases()
        for service in SERVICES:
            self._run(f"{service}-setup").wait(120)
            assert self._running.pop(f"{service}-setup").returncode == 0, self.last_words(f"{service}-setup")
        for name in self.ports:
            self.run(name)
        for name, port in self.ports.items():
            path = "/" if name == "front" else "/health/ready"
            wait_for(lambda port=port, path=path: _answers(f"http://127.0.0.1:{port}{path}"), name, 60)

    def run(self, name: str) -> None:
        """Start one of compose's services, again after it was killed."""
        self._start_nginx() if name == "front" else self._run(name)

    def kill(self, name: str) -> None:
        """kill -9 the process, and what it started, at once."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        for process in self._running.values():
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self._drop_databases()

    def last_words(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text("utf-8", errors="replace")[-3000:]

    def _run(self, name: str) -> subprocess.Popen[bytes]:
        entry = self._compose[name]
        command = [self._fill(str(word)) for word in entry["command"]]
        program = str(BIN / command[0])
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [program, *command[1:]],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "HOME": str(self._folder)} | self._environment(name, entry),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._running[name]

    def _environment(self, name: str, entry: dict[str, Any]) -> dict[str, str]:
        """The service's own environment, with the containers' names led to this machine."""
        filled = {key: self._fill(str(value)) for key, value in entry["environment"].items()}
        filled["DATABASE_URL"] = filled["DATABASE_URL"].replace("@postgres:", "@127.0.0.1:")
        filled["BROKER_URL"] = "amqp://guest:guest@127.0.0.1:5672//"
        filled["BROKER_EXCHANGE"] = self.exchange
        if name.endswith("-web"):
            filled["BIND"] = f"127.0.0.1:{self.ports[name]}"
            filled["WEB_WORKERS"] = "2"
        if name.endswith("-worker"):
            filled["WORKER_PORT"] = str(self.ports[name])
            filled["WORKER_HOST"] = "127.0.0.1"
        for service in ("catalog", "orders"):
            if f"{service.upper()}_URL" in filled:
                filled[f"{service.upper()}_URL"] = f"http://127.0.0.1:{self.ports[f'{service}-web']}"
        return filled

    def _fill(self, text: str) -> str:
        """Variables as compose fills them: `${NAME}`, `${NAME:-default}`, `${NAME:?}`."""

        def value(found: re.Match[str]) -> str:
            given = self.variables.get(found[1], "")
            if found[2] == "?" and not given:
                raise KeyError(found[1])
            return given or (found[3] if found[2] == "-" else "")

        return VARIABLE.sub(value, text)

    def _start_nginx(self) -> None:
        folder = self._folder / "nginx"
        folder.mkdir(exist_ok=True)
        addresses = {f"{one.upper()}_ADDRESS": f"127.0.0.1:{self.ports[f'{one}-web']}" for one in SERVICES}
        addresses["FRONT_LISTEN"] = f"127.0.0.1:{self.ports['front']}"
        site = (ROOT / "deploy" / "front" / "default.conf.template").read_text("utf-8")
        for key, value in addresses.items():
            site = site.replace(f"${{{key}}}", value)
        site = site.replace("/dev/stdout", f"{folder}/access.log")
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = (
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary}\n{site}\n}}"
        )
        (folder / "nginx.conf").write_text(whole, "utf-8")
        self._running["front"] = subprocess.Popen(
            ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")],
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )

    def _make_databases(self) -> None:
        """By the script that the postgres image runs."""
        self._drop_databases()
        passwords = {key: value for key, value in self.variables.items() if key.endswith("_DATABASE_PASSWORD")}
        environment = os.environ | passwords | {"POSTGRES_USER": "postgres", "PGHOST": "127.0.0.1"}
        script = ROOT / "deploy" / "postgres" / "10-services.sh"
        subprocess.run([script], env=environment, check=True, capture_output=True)

    def _drop_databases(self) -> None:
        with psycopg.connect(ADMIN, autocommit=True) as connection:
            for service in SERVICES:
                connection.execute(f"DROP DATABASE IF EXISTS huafang_{service} WITH (FORCE)".encode())
                connection.execute(f"DROP ROLE IF EXISTS huafang_{service}".encode())


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except (URLError, OSError):
        return False
    return True
