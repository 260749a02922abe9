"""Every page, by blueprint."""

from services.storefront.pages import (
    account,
    browse,
    cart,
    checkout,
    creator,
    creator_files,
    desk,
    desk_traces,
    help,
    home,
    library,
    orders,
    preferences,
    product,
    registered,
    terms,
    well_known,
)

ALL_PAGES = [
    page.blueprint
    for page in (
        home,
        browse,
        product,
        cart,
        checkout,
        orders,
        library,
        account,
        registered,
        creator,
        creator_files,
        desk,
        desk_traces,
        preferences,
        terms,
        help,
        well_known,
    )
]
