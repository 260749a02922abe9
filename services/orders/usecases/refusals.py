"""Why something cannot be bought, as the buyer is told."""

from services.orders.domain.carts import Cart
from shared.problems import Conflict, Invalid


class OfferUnknown(Conflict):
    """Not heard of yet, or private to somebody else: the answer does not tell which."""

    slug, title = "offer-unknown", "This is not for sale here, or not yet"


class OfferWithdrawn(Conflict):
    slug, title = "offer-withdrawn", "This is not for sale any more"


class AlreadyBought(Conflict):
    """`status` tells whether it is paid or waits in an open order (`order_id`, `number`)."""

    slug, title = "already-bought", "You have this already, or it waits in an open order"


class PriceChanged(Conflict):
    """`cart` is what the lines are now; the API adds it to the answer."""

    slug, title = "price-changed", "What you were shown has changed; please look again"

    def __init__(self, cart: Cart) -> None:
        super().__init__()
        self.cart = cart


class TooMany(Invalid):
    slug, title = "too-many", "More than can be bought at once"


class CartFull(Invalid):
    slug, title = "cart-full", "The cart holds no more lines"


class TermsNotAccepted(Invalid):
    """`missing` lists the key and version of the terms that must be accepted."""

    slug, title = "terms-not-accepted", "Terms of this purchase were not accepted"


class LineUncovered(Invalid):
    """A line needs another one with it, such as freight, or a covering line does not fit the others."""

    slug, title = "line-uncovered", "A line of this order needs another one with it"


class AmountNotPayable(Invalid):
    """Money in fen: `total`, `minimum`, `maximum`."""

    slug, title = "amount-not-payable", "An order of this amount cannot be paid"


class MixedCurrencies(Invalid):
    slug, title = "mixed-currencies", "An order has one currency"
