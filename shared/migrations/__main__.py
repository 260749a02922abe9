"""`python -m shared.migrations <service>|all [--url URL]`: bring databases up to date."""

import os

import click

from shared.migrations import UnknownService, migrated_services, upgrade


@click.command()
@click.argument("service")
@click.option("--url", help="the database; {service} in it, needed for all, stands for the name")
def main(service: str, url: str | None) -> None:
    """Migrate SERVICE, or all of them. Without --url the address is <SERVICE>_DATABASE_URL or DATABASE_URL."""
    for name in migrated_services() if service == "all" else [service]:
        own = os.environ.get(f"{name.upper()}_DATABASE_URL")
        address = url or own or os.environ.get("DATABASE_URL")
        if not address or (service == "all" and "{service}" not in address and address != own):
            raise click.UsageError(f"say where the database of {name} is: --url or {name.upper()}_DATABASE_URL")
        try:
            upgrade(name, address.replace("{service}", name))
        except UnknownService as error:
            raise click.UsageError(str(error)) from error
        click.echo(f"{name}: up to date")


if __name__ == "__main__":
    main()
