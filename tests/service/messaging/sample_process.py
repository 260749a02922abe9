"""The sample services as one process of their own, for tests that kill it: `alpha` publishes, `beta` hears."""

import json
import os
import signal
import threading
from datetime import timedelta

from shared.database import Database
from shared.messaging.backoff import Backoff
from tests.service.messaging.sample import consumer, publisher

SOON = Backoff(tries=5, first=timedelta(milliseconds=200), longest=timedelta(milliseconds=200))
MAKE = {"alpha": publisher, "beta": consumer}


def main() -> None:
    told = json.loads(os.environ["SAMPLE"])
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    databases = {name: Database(url, name=name) for name, url in told["databases"].items()}
    workers = [MAKE[name](name, database, told["broker"], backoff=SOON) for name, database in databases.items()]
    print("started", flush=True)  # before the work: what waits may kill this process at once
    for worker in workers:
        worker.start()
    asked.wait()
    for worker in workers:
        worker.stop()
        worker.service.database.close()


if __name__ == "__main__":
    main()
