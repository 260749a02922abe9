"""Why a file is refused: one exception, with a stable slug, a title and an HTTP status for the API."""

from types import MappingProxyType
from typing import NamedTuple


class Reason(NamedTuple):
    """A kind of refusal: 415 for a type we never take, 413 for a size, 422 for what is wrong inside."""

    status: int
    title: str


REASONS = MappingProxyType(
    {
        # Types that are never taken.
        "pickle-refused": Reason(415, "Pickle files can run code when loaded and are never accepted"),
        "hdf5-refused": Reason(415, "HDF5 and Keras files are not accepted"),
        "executable-refused": Reason(415, "Programs and scripts are not accepted"),
        "html-refused": Reason(415, "Web pages are not accepted"),
        "svg-refused": Reason(415, "SVG pictures can hold scripts and are not accepted"),
        "archive-refused": Reason(415, "This kind of archive is not accepted; use ZIP"),
        "type-refused": Reason(415, "This type of file is not accepted here"),
        # Sizes.
        "file-too-large": Reason(413, "The file is larger than allowed"),
        # Any file.
        "file-empty": Reason(422, "The file is empty"),
        "polyglot-refused": Reason(422, "The file is two types at once"),
        "text-unreadable": Reason(422, "The text is in no encoding that we know"),
        # .safetensors
        "safetensors-truncated": Reason(422, "The safetensors file ends too early"),
        "safetensors-header-too-long": Reason(422, "The safetensors header is longer than the file or our limit"),
        "safetensors-header-unreadable": Reason(422, "The safetensors header is not valid"),
        "safetensors-duplicate-key": Reason(422, "The safetensors header names something twice"),
        "safetensors-metadata": Reason(422, "The safetensors metadata must map text to text"),
        "safetensors-tensor": Reason(422, "A tensor in the safetensors header is described wrongly"),
        "safetensors-overlap": Reason(422, "The tensors overlap or leave holes"),
        "safetensors-size": Reason(422, "The tensors do not fill the file exactly"),
        # Images.
        "image-unreadable": Reason(422, "The picture is damaged or cut short"),
        "image-too-large": Reason(422, "The picture has too many pixels"),
        "image-too-small": Reason(422, "The picture is too small"),
        "image-too-many-frames": Reason(422, "The animation has too many frames"),
        # ZIP.
        "zip-unreadable": Reason(422, "The ZIP file is damaged"),
        "zip-bomb": Reason(422, "The ZIP file unpacks to more than allowed"),
        "zip-path": Reason(422, "The ZIP file holds a name that leads out of it"),
        "zip-link": Reason(422, "The ZIP file holds a link or a special file"),
        "zip-duplicate": Reason(422, "The ZIP file holds the same name twice"),
        "zip-encrypted": Reason(422, "The ZIP file is encrypted"),
        "zip-nested": Reason(422, "The ZIP file holds another archive"),
        # Prompt dictionaries.
        "dictionary-unreadable": Reason(422, "The prompt dictionary cannot be read"),
        "dictionary-empty": Reason(422, "The prompt dictionary has no entries"),
        "dictionary-too-large": Reason(422, "The prompt dictionary has too many entries"),
        "pdf-encrypted": Reason(422, "The PDF is encrypted"),
        "pdf-active": Reason(422, "The PDF holds scripts, actions or other files"),
    }
)


class FileRefused(Exception):
    """The file is not taken. `detail` is one sentence for its sender, without our paths or versions in it."""

    def __init__(self, slug: str, detail: str = "") -> None:
        reason = REASONS[slug]
        super().__init__(detail or reason.title)
        self.slug = slug
        self.status = reason.status
        self.title = reason.title
        self.detail = detail or reason.title
