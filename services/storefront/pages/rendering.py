"""What templates can say: money, dates, both languages, icons, and the frame of every page."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import flask_babel
from flask import Flask, request, session, url_for
from heroicons.jinja import heroicon_outline
from markupsafe import Markup

from services.storefront.domain.person import CHINESE
from services.storefront.languages import TAGS, present_language
from services.storefront.pages import vocabulary
from services.storefront.pages.models import (
    base_model_name,
    base_model_options,
    generation_facts,
    lora_facts,
    trigger_words,
)
from services.storefront.pages.pictures import picture_shape, picture_url
from services.storefront.pages.problems import file_problem, missing_words
from services.storefront.pages.terms import as_html
from services.storefront.pages.words import gettext as _
from shared.clock import Clock
from shared.ids import new_id
from shared.money import format_yuan

THEMES = ("auto", "light", "dark")


def dress(app: Flask, clock: Clock) -> None:
    """Give templates their filters and globals."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        yuan=format_yuan,
        money=money,
        text=text,
        day=day,
        moment=lambda value: moment(value, clock),
        size=size,
        markdown=as_html,
    )
    environment.globals.update(
        TAGS=TAGS,
        icon=icon,
        page_with=page_with,
        facet_link=facet_link,
        new_key=lambda: str(new_id()),
        static=static,
        picture_url=picture_url,
        picture_shape=picture_shape,
        trigger_words=trigger_words,
        lora_facts=lora_facts,
        generation_facts=generation_facts,
        file_problem=file_problem,
        missing_words=missing_words,
        base_model_name=base_model_name,
        base_model_options=base_model_options,
        **vocabulary.FOR_TEMPLATES,
    )
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """What the page's head, header and footer show, without asking any service."""
    theme = request.cookies.get("theme", "auto")
    return {
        "language": present_language(),
        "theme": theme if theme in THEMES else "auto",
        "cart_count": session.get("cart_count", 0) if session else 0,
        "here": request.full_path.rstrip("?"),
    }


def static(name: str) -> str:
    """The address of a file in static/, which changes when the file does."""
    return url_for("static", filename=name)


def icon(name: str, size: int = 20) -> Markup:
    """An outline icon, 1.5 px stroke, for the eye only: the words beside it carry the meaning."""
    return Markup(heroicon_outline(name, size=size, **{"aria-hidden": "true", "class": "icon"}))  # noqa: S704


def money(fen: int | None) -> Markup:
    """An amount as `¥1,299.00`, a minus sign before what leaves."""
    if fen is None:
        return Markup("–")
    leaves = " money--out" if fen < 0 else ""
    return Markup('<span class="money{}">{}</span>').format(leaves, format_yuan(fen).replace("-", "−"))


def text(value: Any) -> str:
    """A text kept in both languages, in the reader's; Chinese where the other is missing."""
    if isinstance(value, Mapping):
        return str(value.get(present_language()) or value.get(CHINESE) or next(iter(value.values()), ""))
    return "" if value is None else str(value)


def as_time(value: Any) -> datetime | None:
    """An RFC 3339 text or a datetime as an aware datetime."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return None


def day(value: Any) -> str:
    """`2026年11月24日` or `24 Nov 2026`, in Shanghai's time."""
    when = as_time(value)
    if when is None:
        return ""
    pattern = "y年M月d日" if present_language() == CHINESE else "d MMM y"
    return str(flask_babel.format_date(when, pattern))


def moment(value: Any, clock: Clock) -> Markup:
    """A <time>: how long ago under a day, else the day and the minute."""
    when = as_time(value)
    if when is None:
        return Markup("")
    full = f"{day(when)} {flask_babel.format_datetime(when, 'HH:mm')}"
    ago = clock.now() - when
    shown = _ago(ago) if timedelta() <= ago < timedelta(days=1) else full
    return Markup('<time datetime="{}" title="{}">{}</time>').format(when.astimezone(UTC).isoformat(), full, shown)


def _ago(ago: timedelta) -> str:
    minutes = int(ago.total_seconds()) // 60
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return _("%(count)s 分钟前", count=minutes)
    return _("%(count)s 小时前", count=minutes // 60)


def size(count: int | None) -> str:
    """Bytes as people read them: 36.1 MB."""
    if count is None:
        return ""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.2f} GB"


def page_with(**changes: Any) -> str:
    """This page's address with some of its query changed; None or an empty text takes a name out."""
    query = request.args.to_dict(flat=False)
    query.pop("cursor", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, "", []):
            query[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return request.path + ("?" + urlencode(query, doseq=True) if query else "")


def facet_link(name: str, option: Mapping[str, Any]) -> str:
    """The address that chooses a facet's value, or gives it up; permissions add up, the others replace."""
    value = option["value"]
    if name != "permission":
        return page_with(**{name: None if option["chosen"] else value})
    chosen = [one for one in request.args.getlist(name) if one != value]
    return page_with(permission=chosen if option["chosen"] else [*chosen, value])
