"""What catalog is made of."""

from flask import Flask

from services.catalog.api import (
    access,
    browse,
    creators,
    downloads,
    entitlements,
    library,
    pictures,
    reviews,
    take_downs,
    terms,
    traces,
    uploads,
)
from services.catalog.settings import CatalogSettings
from shared.application import create_application
from shared.clock import Clock
from shared.service import build_service

BLUEPRINTS = [
    browse.blueprint,
    pictures.blueprint,
    terms.blueprint,
    access.blueprint,
    library.blueprint,
    downloads.blueprint,
    uploads.blueprint,
    creators.blueprint,
    reviews.blueprint,
    entitlements.blueprint,
    take_downs.blueprint,
    traces.blueprint,
]


def create_app(settings: CatalogSettings | None = None, clock: Clock | None = None) -> Flask:
    """The service's HTTP side; settings come from the environment unless given."""
    service = build_service("catalog", settings or CatalogSettings(), clock)
    return create_application(service, "Catalog", BLUEPRINTS)
