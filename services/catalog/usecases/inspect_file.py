"""Look into an uploaded file: what it is, whether it is safe, its facts and hashes. Runs in the worker."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from services.catalog.domain import base_models
from services.catalog.domain.base_models import BaseModel, BaseModelContradicted
from services.catalog.domain.files import FileFormat, FileState, ProductFile
from services.catalog.domain.products import ProductKind
from services.catalog.gateways.stored_files import Part, open_parts, stream_parts
from services.catalog.usecases.discard_upload import discard_upload, parts_of
from shared.files.archives import open_archive
from shared.files.dictionaries import read_dictionary
from shared.files.formats import Kind, detect, text_kind
from shared.files.problems import FileRefused
from shared.files.safetensors import Header, LoraFacts, hash_chunks, published_metadata, read_header, read_lora
from shared.service import Service

DICTIONARY_LIMIT = 20 * 1024 * 1024
WRITTEN_EACH = 64 * 1024 * 1024
FORMATS = {
    ProductKind.LORA: {Kind.SAFETENSORS},
    ProductKind.PROMPT_DICTIONARY: {Kind.CSV, Kind.JSON, Kind.MARKDOWN, Kind.PDF},
    ProductKind.PRESETS: {Kind.ZIP, Kind.JSON},
}


@dataclass
class Found:
    """What an inspection found, ready to be written down."""

    format: FileFormat
    media_type: str
    facts: dict[str, Any] = field(default_factory=dict)
    metadata_shown: dict[str, Any] = field(default_factory=dict)
    preview: dict[str, Any] = field(default_factory=dict)
    header: Header | None = None
    detected: BaseModel | None = None


def inspect_file(service: Service, file_id: UUID) -> None:
    """Inspect a received file and keep it, or refuse it with the problem's slug and keep nothing of it.

    May run again after a crash: the same file is found and written once more under the same key.
    """
    with service.database.transaction() as session:
        file = session.get(ProductFile, file_id, with_for_update=True)
        if file is None or file.state in (FileState.READY, FileState.REFUSED) or file.upload_id is None:
            return
        file.move(FileState.INSPECTING)
        kind, name, upload_id, size = file.version.product.kind, file.name, file.upload_id, file.size
        stated = file.version.stated_base_model
        parts = [Part(part.start, part.size, part.key) for part in parts_of(session, upload_id)]
    try:
        with open_parts(service.store, parts) as content:
            found = _look(content, size, kind, name)
        _check_base_model(stated, found)
        key, hashes = _keep(service, file_id, parts, found)
    except FileRefused as refusal:
        _refuse(service, file_id, refusal.slug, str(refusal))
    except BaseModelContradicted as refusal:
        _refuse(service, file_id, refusal.slug, refusal.detail)
    else:
        _write_down(service, file_id, found, key, hashes, stated)
    discard_upload(service, upload_id)


def _look(content: BinaryIO, size: int, kind: ProductKind, name: str) -> Found:
    detected = text_kind(detect(content), name)
    if detected not in FORMATS[kind]:
        taken = ", ".join(sorted(FORMATS[kind]))
        raise FileRefused("type-refused", f"This kind of product takes {taken}; the file is {detected.value}.")
    content.seek(0)
    found = Found(FileFormat(detected.value), detected.media_type)
    if detected is Kind.SAFETENSORS:
        _look_at_model(content, size, found)
    elif detected is Kind.ZIP:
        members = open_archive(content).members
        found.preview = {"members": [{"name": one.name, "size": one.size} for one in members[:200]]}
        found.facts = {"files": len(members), "unpacked": sum(one.size for one in members)}
    else:
        _look_at_words(content, size, detected, kind, found)
    return found


def _look_at_model(content: BinaryIO, size: int, found: Found) -> None:
    found.header = read_header(content, size)
    facts = read_lora(found.header)
    if not facts.kind.is_adapter:
        raise FileRefused("type-refused", f"A LoRA pack takes adapters; this file is a {facts.kind.value}.")
    found.facts = facts_shown(facts)
    found.metadata_shown = dict(published_metadata(found.header.metadata))
    found.detected = base_models.detected_in(found.facts)


def facts_shown(facts: LoraFacts) -> dict[str, Any]:
    """A LoRA's facts as plain values for JSON."""
    plain = asdict(facts)
    plain["training"] = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in plain["training"].items()
        if value is not None
    }
    return plain


def _look_at_words(content: BinaryIO, size: int, detected: Kind, kind: ProductKind, found: Found) -> None:
    if size > DICTIONARY_LIMIT:
        raise FileRefused("file-too-large", f"At most {DICTIONARY_LIMIT} bytes of text are taken.")
    if kind is ProductKind.PRESETS:
        found.facts = {"files": 1}
        return
    facts = read_dictionary(detected, content.read())
    found.facts = {"entries": facts.entries, "categories": list(facts.categories), "pages": facts.pages}
    found.preview = {"columns": list(facts.columns), "rows": [list(row) for row in facts.preview]}


def _check_base_model(stated: str | None, found: Found) -> None:
    base_models.agree(base_models.base_models().get(stated or ""), found.detected)


def _keep(service: Service, file_id: UUID, parts: list[Part], found: Found) -> tuple[str, dict[str, str | None]]:
    """Write the file whole under its own key and hash it in the same pass."""
    key = f"catalog/files/{file_id}"
    digest = hashlib.sha256()
    if found.header is None:

        def counted() -> Iterator[bytes]:
            for chunk in _told(service, file_id, stream_parts(service.store, parts)):
                digest.update(chunk)
                yield chunk

        service.store.write(key, counted())
        whole = digest.hexdigest()
        return key, {"sha256": whole, "autov2": whole[:10].upper(), "body_sha256": whole}
    hashes = hash_chunks(_told(service, file_id, stream_parts(service.store, parts)), found.header)
    service.store.write(key, stream_parts(service.store, parts))
    kept = asdict(hashes)
    embedded = kept.pop("embedded_autov3")
    if embedded:
        found.facts["embedded_autov3"] = embedded
    return key, kept


def _told(service: Service, file_id: UUID, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, with the bytes inspected so far written where the creator's page reads them."""
    done = told = 0
    for chunk in chunks:
        done += len(chunk)
        yield chunk
        if done - told >= WRITTEN_EACH:
            told = done
            with service.database.transaction() as session:
                session.get_one(ProductFile, file_id).inspected_bytes = done


def _write_down(
    service: Service, file_id: UUID, found: Found, key: str, hashes: dict[str, str | None], stated: str | None
) -> None:
    with service.database.transaction() as session:
        file = session.get(ProductFile, file_id, with_for_update=True)
        if file is None or file.state is not FileState.INSPECTING:
            return
        file.move(FileState.READY)
        file.format, file.media_type, file.key = found.format, found.media_type, key
        file.facts, file.metadata_shown, file.preview = found.facts, found.metadata_shown, found.preview
        file.header_size = found.header.body_offset if found.header else None
        file.inspected_bytes, file.inspected_at = file.size, service.clock.now()
        for name, value in hashes.items():
            setattr(file, name, value)
        version = file.version
        agreed = base_models.agree(base_models.base_models().get(stated or ""), found.detected)
        if agreed:
            version.base_model, version.base_family = agreed.key, agreed.family
        version.facts = {**version.facts, **found.facts}


def _refuse(service: Service, file_id: UUID, slug: str, detail: str) -> None:
    with service.database.transaction() as session:
        file = session.get(ProductFile, file_id, with_for_update=True)
        if file is not None and file.state is FileState.INSPECTING:
            file.refuse(slug, detail, service.clock.now())
    service.store.delete(f"catalog/files/{file_id}")
