"""Fill a small shop that looks real: accounts, products and their files, through the services' own doors.

Every start calls it: what is there already stays, what is missing is made.
"""

import threading
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.demo.accounts import make_accounts
from deploy.demo.files import DemoFiles, write_all
from deploy.demo.packs import iter_products
from deploy.demo.products import DemoKind, DemoProduct, Outcome
from deploy.demo.studio import Refused, Studio
from deploy.local.configuration import Demo

SETTLED = ("ready", "refused", "held")


def fill(demo: Demo, console: Console, asked_to_stop: threading.Event) -> None:
    """Make accounts and every product that is not there yet; goes on where an earlier start was stopped."""
    people = make_accounts(demo)
    api = f"{demo.url}/api/catalog"
    studios = {email: Studio(api, demo.signer, person_id) for email, person_id in people.items()}
    known = _known(studios)
    missing = [product for product in iter_products() if product.title_zh not in known]
    if not missing:
        return
    files = _draw(demo, console, missing)
    with _bar(console, "shop", len(missing)) as advance:
        for product in missing:
            if asked_to_stop.is_set():
                return
            advance(product.title_zh)
            known[product.title_zh] = _make(studios[product.author.email], product, files[product.key], known)
    console.print(f"[green]✓[/] {len(known)} demo products")


def _known(studios: dict[str, Studio]) -> dict[str, str]:
    """Ids of the products that are complete, by title; a half-made draft is not, and is made anew."""
    return {
        product["title"]["zh"]: product["id"]
        for studio in studios.values()
        for product in _products(studio)
        if product["state"] != "draft" or _is_blocked(product)
    }


def _products(studio: Studio) -> list[dict[str, Any]]:
    try:
        return studio.products()
    except Refused:
        return []


def _is_blocked(product: dict[str, Any]) -> bool:
    return not product["missing"]


def _draw(demo: Demo, console: Console, missing: list[DemoProduct]) -> dict[str, DemoFiles]:
    with _bar(console, "pictures and files", sum(_pieces(product) for product in missing)) as advance:
        return write_all(demo.data / "demo", lambda progress: advance(progress.title_zh, progress.done), missing)


def _pieces(product: DemoProduct) -> int:
    return len(product.samples) + (0 if product.kind is DemoKind.BUNDLE else len(product.versions))


class _bar:  # noqa: N801  # used as a verb: with _bar(...) as advance
    """A progress bar with a figure and what is being done."""

    def __init__(self, console: Console, what: str, total: int) -> None:
        columns = (TextColumn(f"  {what}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("", total=total)

    def __enter__(self) -> Any:
        self._progress.start()

        def advance(description: str, done: int | None = None) -> None:
            if done is None:
                self._progress.update(self._task, description=description, advance=1)
            else:
                self._progress.update(self._task, description=description, completed=done)

        return advance

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _make(studio: Studio, product: DemoProduct, files: DemoFiles, known: dict[str, str]) -> str:
    body = {"kind": product.kind.value, "title": {"zh": product.title_zh, "en": product.title_en}}
    made = studio.call("POST", "/products", body)
    _describe(studio, made["id"], product, known)
    for path in files.pictures:
        upload_id = studio.upload(path, "picture")
        studio.call("POST", f"/products/{made['id']}/pictures", {"upload_id": upload_id})
    for number, version in enumerate(product.versions):
        if number:
            if product.outcome is not Outcome.SOLD:
                break
            note = {"zh": version.note_zh, "en": version.note_en}
            studio.call("POST", f"/products/{made['id']}/versions", {"label": version.label, "note": note})
        _add_version(studio, made["id"], product, files, number)
        _publish(studio, made["id"], product, number)
    if product.outcome is Outcome.WITHDRAWN:
        studio.call("POST", f"/products/{made['id']}/withdrawal", {"reason": "演示：这一款已经下架"})
    return str(made["id"])


def _describe(studio: Studio, product_id: str, product: DemoProduct, known: dict[str, str]) -> None:
    text = {
        "zh": f"{product.summary_zh}\n\n{product.notes_zh}",
        "en": f"{product.summary_en}\n\n{product.notes_en}",
    }
    body: dict[str, Any] = {
        "text": text,
        "tags": list(product.tags),
        "price": product.price,
        "permissions": product.permissions.as_dict(),
    }
    if product.members:
        titles = {one.key: one.title_zh for one in iter_products()}
        body["parts"] = [known[titles[key]] for key in product.members]
    studio.call("PATCH", f"/products/{product_id}", body)


def _add_version(studio: Studio, product_id: str, product: DemoProduct, files: DemoFiles, number: int) -> None:
    version = studio.call("GET", f"/my/products/{product_id}")["versions"][-1]
    told = product.versions[number]
    change: dict[str, Any] = {"label": told.label, "note": {"zh": told.note_zh, "en": told.note_en}}
    if product.base_model:
        change["base_model"] = product.base_model
    studio.call("PATCH", f"/versions/{version['id']}", change)
    if product.kind is not DemoKind.BUNDLE:
        upload_id = studio.upload(files.versions[number], "file")
        studio.call("POST", f"/versions/{version['id']}/files", {"upload_id": upload_id})
    checked = studio.wait_until(product_id, lambda one: all(sub["state"] in SETTLED for sub in _subjects(one)))
    for subject in _subjects(checked):
        if subject["problem"]:
            raise Refused(f"{product.key}: {subject['problem']}")


def _subjects(product: dict[str, Any]) -> list[dict[str, Any]]:
    """What the worker checks: the pictures, and every version's files."""
    return [*product["pictures"], *(file for version in product["versions"] for file in version["files"])]


def _publish(studio: Studio, product_id: str, product: DemoProduct, number: int) -> None:
    words = studio.call("GET", f"/my/products/{product_id}")["affirmation"]
    body = {"affirmation_version": words["version"], "affirmed": True}
    try:
        studio.call("POST", f"/products/{product_id}/publication", body)
    except Refused:
        if product.outcome is Outcome.BLOCKED:
            return  # the licence of its base model forbids a sale: it stays a draft that says why
        raise
    if product.outcome in (Outcome.SOLD, Outcome.WITHDRAWN):
        studio.wait_until(product_id, lambda one: one["versions"][number]["state"] != "in_review" or one["review"])
