"""The operator's hands on a service's messages: `python -m shared.messaging.operate <service> --help`."""

import importlib
import importlib.util
from datetime import UTC, datetime
from uuid import UUID

import click
from sqlalchemy import func, select

from shared.messaging import outbox, parked
from shared.messaging.outbox import OutboxRow
from shared.messaging.timers import TimerRow
from shared.messaging.topology import NotProbed, declare, set_up
from shared.messaging.transports import BrokerGone
from shared.messaging.worker import Worker

MANY = click.argument("ids", nargs=-1, type=click.UUID)


def worker_of(service: str) -> Worker:
    """The service's worker, made from the environment and not started; raises click.UsageError."""
    module = f"services.{service}.worker"
    if not service.isidentifier() or importlib.util.find_spec(f"services.{service}") is None:
        raise click.UsageError(f"there is no service {service!r}")
    worker: Worker = importlib.import_module(module).create_worker()
    return worker


@click.group()
@click.argument("service")
@click.pass_context
def main(context: click.Context, service: str) -> None:
    """Look after the events and timers of SERVICE, whose settings come from the environment."""
    context.obj = context.obj or worker_of(service)


@main.group("parked")
def parked_group() -> None:
    """What failed too often: events, timers, and messages that were no event."""


@parked_group.command("list")
@click.pass_obj
def list_parked(worker: Worker) -> None:
    """What waits for an operator, the oldest first."""
    with worker.service.database.transaction() as session:
        found = parked.list_parked(session)
    for it in found:
        told = f"x{it.attempts}  {it.error.partition(chr(10))[0][:100]}"
        click.echo(f"{it.id}  {it.since:%Y-%m-%d %H:%M}  {it.what:<10} {it.name} {it.subject}  x{it.attempts}  {told}")
    click.echo(f"{len(found)} parked")


@parked_group.command("show")
@click.argument("id_", metavar="ID", type=click.UUID)
@click.pass_obj
def show_parked(worker: Worker, id_: UUID) -> None:
    """The whole of one: its text, as it came."""
    with worker.service.database.transaction() as session:
        try:
            click.echo(parked.show(session, id_))
        except parked.NotParked as error:
            raise click.ClickException(str(error)) from error


@parked_group.command("replay")
@MANY
@click.option("--all", "everything", is_flag=True, help="all that is parked")
@click.pass_obj
def replay_parked(worker: Worker, ids: tuple[UUID, ...], everything: bool) -> None:
    """Have IDS tried anew; what is not an event yet stays."""
    if everything:
        with worker.service.database.transaction() as session:
            ids = tuple(it.id for it in parked.list_parked(session))
    for id_ in ids:
        try:
            parked.replay(worker.service.database, worker.inbox, [id_])
        except (parked.NotParked, parked.Unreadable) as error:
            raise click.ClickException(f"{id_}: {error}") from error
        click.echo(f"{id_}: to be tried anew")


@parked_group.command("discard")
@MANY
@click.pass_obj
def discard_parked(worker: Worker, ids: tuple[UUID, ...]) -> None:
    """Give IDS up for good."""
    with worker.service.database.transaction() as session:
        try:
            parked.discard(session, ids)
        except parked.NotParked as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{len(ids)} discarded")


@main.command("timers")
@click.option("--limit", default=50, show_default=True)
@click.pass_obj
def list_timers(worker: Worker, limit: int) -> None:
    """Timers that wait, the next one first."""
    with worker.service.database.transaction() as session:
        for row in session.scalars(select(TimerRow).order_by(TimerRow.due_at).limit(limit)):
            state = "running" if row.is_running else row.status
            click.echo(
                f"{row.id}  {row.due_at:%Y-%m-%d %H:%M:%S}  {state:<8} {row.kind} {row.subject}  x{row.attempts}"
            )


@main.group("outbox")
def outbox_group() -> None:
    """What this service publishes."""


@outbox_group.command("list")
@click.pass_obj
def list_outbox(worker: Worker) -> None:
    """How many events wait to be published, by type and reason."""
    counted = (
        select(OutboxRow.type, func.coalesce(OutboxRow.error, "in line"), func.count(), func.min(OutboxRow.queued_at))
        .where(OutboxRow.published_at.is_(None))
        .group_by(OutboxRow.type, OutboxRow.error)
    )
    with worker.service.database.transaction() as session:
        for kind, error, count, oldest in session.execute(counted):
            click.echo(f"{count:>7}  {kind}  since {oldest:%Y-%m-%d %H:%M:%S}  {error}")


@outbox_group.command("replay")
@click.option("--since", required=True, type=click.DateTime(), help="real time, UTC")
@click.pass_obj
def replay_outbox(worker: Worker, since: datetime) -> None:
    """Publish every kept event made since then once more; consumers drop what they know."""
    with worker.service.database.transaction() as session:
        count = outbox.replay(session, since.replace(tzinfo=since.tzinfo or UTC))
    click.echo(f"{count} events queued")


@main.command("republish")
@click.pass_obj
def republish(worker: Worker) -> None:
    """Emit the service's current facts anew, for a consumer younger than the outbox."""
    if worker.republish is None:
        raise click.ClickException("this service has no facts to republish")
    with worker.service.database.transaction() as session:
        count = sum(1 for _ in worker.republish(session))
    click.echo(f"{count} events queued")


@main.group("topology")
def topology_group() -> None:
    """The service's queue at the broker."""


@topology_group.command("declare")
@click.pass_obj
def declare_topology(worker: Worker) -> None:
    """Make exchange, queue and bindings where they are missing."""
    with worker.transport.connection() as connection:
        click.echo(f"{declare(connection, worker.subscription).name}: declared")


@topology_group.command("probe")
@click.pass_obj
def probe_topology(worker: Worker) -> None:
    """Declare, then send a probe through the exchange and read the queue."""
    try:
        set_up(worker.transport, worker.subscription)
    except (NotProbed, BrokerGone, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo("the queue took a probe and gave it back")


if __name__ == "__main__":
    main()
