"""Prompt dictionaries: read within limits, exported without formulas, and marked for their buyer."""

from shared.files.dictionaries.facts import DictionaryFacts
from shared.files.dictionaries.finding import read_mark
from shared.files.dictionaries.marks import mark_copy
from shared.files.dictionaries.reading import read_dictionary
from shared.files.dictionaries.tables import escape_cell, export_csv

__all__ = ["DictionaryFacts", "escape_cell", "export_csv", "mark_copy", "read_dictionary", "read_mark"]
