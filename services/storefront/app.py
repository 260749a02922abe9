"""The pages of the shop, the accounts behind them, and the keys that sign the services' tokens."""

from pathlib import Path

from flask import Flask

from services.storefront.languages import start_languages
from services.storefront.pages import ALL_PAGES, demo_mail, preferences
from services.storefront.pages.errors import show_errors
from services.storefront.pages.guest_cart import merge_guest_carts
from services.storefront.pages.http_rules import keep_http_rules
from services.storefront.pages.rendering import dress
from services.storefront.pages.sign_in.start import start_accounts
from services.storefront.pages.static_files import serve_static
from services.storefront.settings import StorefrontSettings
from shared.application import create_application
from shared.auth import TokenSigner
from shared.clock import Clock
from shared.service import build_service

HERE = Path(__file__).parent


def create_app(settings: StorefrontSettings | None = None, clock: Clock | None = None) -> Flask:
    """The storefront; settings come from the environment unless given."""
    settings = settings or StorefrontSettings()
    service = build_service("storefront", settings, clock)
    app = create_application(service, "Storefront", [])
    app.template_folder = str(HERE / "templates")
    app.extensions["huafang-signer"] = TokenSigner(settings.private_jwk())
    start_languages(app)
    serve_static(app, HERE / "static")
    keep_http_rules(app, settings)
    csrf = start_accounts(app, settings)
    # A language or a shade is nothing to protect, and needs no session; Origin is checked all the same.
    csrf.exempt(preferences.blueprint)
    dress(app, service.clock)
    show_errors(app)
    merge_guest_carts(app)
    for blueprint in ALL_PAGES:
        app.register_blueprint(blueprint)
    if settings.environment == "demo":
        app.register_blueprint(demo_mail.blueprint)
    return app
