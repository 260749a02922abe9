"""Reading a prompt dictionary of any kind."""

from shared.files.dictionaries.documents import read_document
from shared.files.dictionaries.facts import SIZE_LIMIT, DictionaryFacts
from shared.files.dictionaries.markdown import read_markdown
from shared.files.dictionaries.objects import read_object
from shared.files.dictionaries.tables import read_table
from shared.files.formats import Kind
from shared.files.problems import FileRefused


def read_dictionary(kind: Kind, content: bytes) -> DictionaryFacts:
    """What the dictionary holds. Texts may have 20 MB and 200,000 entries, PDF 50 MB and 1,000 pages.

    Raises FileRefused: another kind, too large, unreadable, empty, or (PDF) encrypted or active.
    """
    if kind is Kind.PDF:
        return read_document(content)
    if len(content) > SIZE_LIMIT:
        raise FileRefused("file-too-large", f"A dictionary may have {SIZE_LIMIT // 1024 // 1024} MB.")
    match kind:
        case Kind.CSV:
            return read_table(content)
        case Kind.JSON:
            return read_object(content)
        case Kind.MARKDOWN | Kind.TEXT:
            return read_markdown(content)
    raise FileRefused("type-refused", "Prompt dictionaries are CSV, JSON, Markdown or PDF.")
