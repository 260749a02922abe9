"""`python -m shared.setup <service>`: migrate, then declare the service's queue and probe it.

Run before a service takes traffic: a queue that is declared and used at once can be lost with what it holds.
"""

import os

import click

from shared.messaging.operate import worker_of
from shared.messaging.topology import set_up
from shared.migrations import upgrade


@click.command()
@click.argument("service")
def main(service: str) -> None:
    """Make SERVICE ready, with the settings of the environment."""
    upgrade(service, os.environ["DATABASE_URL"])
    worker = worker_of(service)
    set_up(worker.transport, worker.subscription)
    click.echo(f"{service}: database up to date, queue ready")


if __name__ == "__main__":
    main()
