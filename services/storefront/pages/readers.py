"""Who reads a page, and the services asked in their name."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import requests
from flask import abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from services.storefront.clients.catalog import Catalog
from services.storefront.clients.catalog_creators import CreatorCatalog
from services.storefront.clients.catalog_operators import OperatorCatalog
from services.storefront.clients.orders import Orders
from services.storefront.clients.service_client import ServiceClient
from services.storefront.domain.person import Person
from services.storefront.settings import StorefrontSettings
from shared.auth import GUEST, Reader, TokenSigner
from shared.ids import new_id
from shared.service import this_service

Params = ParamSpec("Params")
View = Callable[Params, ResponseReturnValue]
Answer = TypeVar("Answer")


def person() -> Person | None:
    """The person signed in on this browser, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def reader(as_guest: bool = False) -> Reader | None:
    """Who the services are told is asking. A visitor becomes a guest with an id only once a cart needs one."""
    known = person()
    if known is not None:
        return Reader(known.id, known.role_names)
    if as_guest and "guest_id" not in session:
        session["guest_id"] = str(new_id())
    return Reader(UUID(session["guest_id"]), frozenset({GUEST})) if "guest_id" in session else None


def catalog() -> Catalog:
    return Catalog(_client("catalog", None if person() is None else reader()))


def creator_catalog() -> CreatorCatalog:
    return CreatorCatalog(_client("catalog", reader()))


def operator_catalog() -> OperatorCatalog:
    return OperatorCatalog(_client("catalog", reader()))


def orders(as_guest: bool = False) -> Orders:
    return Orders(_client("orders", reader(as_guest)))


def signer() -> TokenSigner:
    signs: TokenSigner = current_app.extensions["huafang-signer"]
    return signs


def _client(name: str, asking: Reader | None) -> ServiceClient:
    settings = this_service().settings
    assert isinstance(settings, StorefrontSettings)
    if "http" not in g:
        g.http = requests.Session()
        g.http.trust_env = False
    timeout = (settings.connect_seconds, settings.read_seconds)
    url = settings.catalog_url if name == "catalog" else settings.orders_url
    return ServiceClient(name, url, signer(), g.http, timeout, asking)


def guest_token() -> str:
    """The proof for orders that a guest's cart is this browser's."""
    return signer().sign("orders", Reader(UUID(session["guest_id"]), frozenset({GUEST})))


def signed_in(view: View[Params]) -> View[Params]:
    """Send a visitor to the sign-in page and back again."""

    @wraps(view)
    def checked(*args: Params.args, **kwargs: Params.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if person() else _to_sign_in()

    return checked


def for_creators(view: View[Params]) -> View[Params]:
    """Offer somebody who is no creator yet to become one."""

    @wraps(view)
    def checked(*args: Params.args, **kwargs: Params.kwargs) -> ResponseReturnValue:
        known = person()
        if known is None:
            return _to_sign_in()
        return view(*args, **kwargs) if known.is_creator else redirect(url_for("account.become_creator"), 303)

    return checked


def for_operators(view: View[Params]) -> View[Params]:
    """Hide the desk from everybody else (404): what one may not see does not exist."""

    @wraps(view)
    def checked(*args: Params.args, **kwargs: Params.kwargs) -> ResponseReturnValue:
        known = person()
        if known is None:
            return _to_sign_in()
        if not known.is_operator:
            abort(404)
        return view(*args, **kwargs)

    return checked


def _to_sign_in() -> ResponseReturnValue:
    return redirect(url_for("security.login", next=request.full_path.rstrip("?") if _is_page() else _came_from()), 303)


def _is_page() -> bool:
    return request.method in ("GET", "HEAD")


def _came_from() -> str:
    """The page a form stood on, for a visitor who must sign in first; never another site's."""
    referrer = urlsplit(request.referrer or "")
    return referrer.path if referrer.netloc == request.host and referrer.path.startswith("/") else "/"
