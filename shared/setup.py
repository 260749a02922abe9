"""`python -m shared.setup <service>`: what is done before a service takes traffic, again at each deployment.

The database is migrated; the service's queue is declared and has to give back a probe.
"""

import click

from shared.messaging.operate import worker_of
from shared.messaging.topology import NotProbed, set_up
from shared.messaging.transports import BrokerGone
from shared.migrations import upgrade


@click.command()
@click.argument("service")
def main(service: str) -> None:
    """Migrate SERVICE's database, then declare and probe its queue; settings come from the environment."""
    worker = worker_of(service)
    upgrade(service, worker.service.database.url)
    click.echo(f"{service}: database up to date")
    try:
        set_up(worker.transport, worker.subscription)
    except (NotProbed, BrokerGone, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{service}: queue declared and probed")


if __name__ == "__main__":
    main()
