import csv
import io
import json
import time
import zipfile
from datetime import UTC, datetime
from html import escape

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from shared.files.dictionaries import escape_cell, export_csv, mark_copy, read_dictionary, read_mark
from shared.files.formats import Kind, detect
from shared.files.labels import AigcLabel
from shared.files.problems import FileRefused
from shared.files.traces import AIGC, COPY, ORDER, trace_additions

LABEL = AigcLabel("2", content_propagator="画坊", propagate_id="n-1")
TRACE = trace_additions(
    order="019a-0000-order",
    order_line="019a-line",
    licence="个人使用 1.0",
    copy="7d0c7e52-aaaa-bbbb-cccc-0123456789ab",
    issued_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
)
MARK = {**TRACE, AIGC: LABEL.to_json()}

CSV = '提示词,分类,权重\n雨夜霓虹,光线,1.2\n"a, b",构图,-1\n柔光,光线,\n'
OBJECTS = '[\n  {"prompt": "雨夜", "category": "光线", "w": 1.10},\n  {"prompt": "柔光", "category": "构图"}\n]\n'
GROUPS = '{"光线": ["雨夜", "柔光"], "构图": ["俯视"]}'
MARKDOWN = """---
title: 光
---
# 光线

- 雨夜霓虹
- 柔光

## 构图

| 词 | 用途 |
|---|---|
| 俯视 | x |
| 仰视 | y |
"""


def refusal(kind: Kind, content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read_dictionary(kind, content)
    return refused.value.slug


def pdf(*lines: str, pages: int = 1, change=None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(300, 200)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        stream = DecodedStreamObject()
        body = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
        stream.set_data(f"BT /F 12 Tf 20 150 Td {body} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


EVERY = {
    Kind.CSV: CSV.encode(),
    Kind.JSON: OBJECTS.encode(),
    Kind.MARKDOWN: MARKDOWN.encode(),
    Kind.PDF: pdf("rim light", "soft box", pages=3),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_dictionary_is_read_in_every_encoding(encoding: str):
    content = CSV.encode(encoding)
    assert detect(io.BytesIO(content)) is Kind.CSV
    facts = read_dictionary(Kind.CSV, content)
    assert (facts.entries, facts.categories) == (3, ("光线", "构图"))
    assert facts.columns == ("提示词", "分类", "权重")
    assert facts.preview[1] == ("a, b", "构图", "-1")
    assert facts.encoding == encoding


def test_csv_without_headings_semicolons_and_empty_lines_is_read():
    facts = read_dictionary(Kind.CSV, b"rain;light\r\n\r\nsoft;light\r\n")
    assert (facts.entries, facts.columns, facts.preview[0]) == (2, (), ("rain", "light"))


def test_json_dictionaries_of_every_shape_are_read():
    facts = read_dictionary(Kind.JSON, OBJECTS.encode())
    assert (facts.entries, facts.categories, facts.columns) == (2, ("光线", "构图"), ("prompt", "category", "w"))
    facts = read_dictionary(Kind.JSON, GROUPS.encode())
    assert (facts.entries, facts.categories, facts.preview[2]) == (3, ("光线", "构图"), ("俯视",))
    assert read_dictionary(Kind.JSON, b'["a", "b"]').entries == 2
    assert read_dictionary(Kind.JSON, b'{"entries": [{"prompt": "x"}]}').entries == 1
    facts = read_dictionary(Kind.JSON, b'{"rain": "wet", "sun": "dry"}')
    assert (facts.entries, facts.preview[0]) == (2, ("rain", "wet"))


def test_markdown_dictionaries_are_read():
    facts = read_dictionary(Kind.MARKDOWN, MARKDOWN.encode())
    assert (facts.entries, facts.categories) == (4, ("光线", "构图"))
    assert facts.preview == (("雨夜霓虹",), ("柔光",), ("俯视", "x"), ("仰视", "y"))
    assert read_dictionary(Kind.TEXT, b"rain, neon\n\nsoft box\n").entries == 2


def test_pdf_dictionaries_are_read():
    facts = read_dictionary(Kind.PDF, EVERY[Kind.PDF])
    assert (facts.pages, facts.entries) == (3, None)
    assert facts.preview[0] == ("rim light",)


@pytest.mark.parametrize(
    ("kind", "content", "slug"),
    [
        (Kind.CSV, b"prompt,category\n", "dictionary-empty"),
        (Kind.CSV, b"\n\n", "dictionary-empty"),
        (Kind.CSV, b"a,b\x00\n", "text-unreadable"),
        (Kind.CSV, b"\xff\xff\xff", "text-unreadable"),
        (Kind.CSV, b"a," * 200, "dictionary-too-large"),
        (Kind.CSV, b"x\n" * 200_002, "dictionary-too-large"),
        (Kind.CSV, b"prompt\n" + b"x" * 200_000, "dictionary-unreadable"),
        (Kind.CSV, b"x" * (21 * 1024 * 1024), "file-too-large"),
        (Kind.JSON, b"[]", "dictionary-empty"),
        (Kind.JSON, b"{}", "dictionary-empty"),
        (Kind.JSON, b'"text"', "dictionary-unreadable"),
        (Kind.JSON, b"[NaN]", "dictionary-unreadable"),
        (Kind.JSON, b"[" * 100_000, "dictionary-unreadable"),
        (Kind.JSON, b"[" + b"9" * 5000 + b"]", "dictionary-unreadable"),
        (Kind.JSON, b'["\\ud800"]', "dictionary-unreadable"),
        (Kind.JSON, b"[1,]", "dictionary-unreadable"),
        (Kind.MARKDOWN, b"---\ntitle: x\n---\n\n", "dictionary-empty"),
        (Kind.PDF, b"no pdf", "dictionary-unreadable"),
        (Kind.PDF, b"%PDF-1.7\nbroken", "dictionary-unreadable"),
        (Kind.PNG, b"", "type-refused"),
        (Kind.ZIP, b"", "type-refused"),
    ],
)
def test_bad_dictionaries_are_refused(kind: Kind, content: bytes, slug: str):
    assert refusal(kind, content) == slug


def launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def named_scripts(writer: PdfWriter) -> None:
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})
    names = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), writer._add_object(script)])})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): names})


def attachment(writer: PdfWriter) -> None:
    writer.add_attachment("x.exe", b"MZ")


def media(writer: PdfWriter) -> None:
    note = DictionaryObject(
        {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/RichMedia")}
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def form(writer: PdfWriter) -> None:
    fields = DictionaryObject({NameObject("/XFA"): TextStringObject("x"), NameObject("/Fields"): ArrayObject()})
    writer.root_object[NameObject("/AcroForm")] = fields


def unreachable_script(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})
    writer._add_object(action)


@pytest.mark.parametrize("change", [launch, named_scripts, attachment, media, form, unreachable_script])
def test_a_pdf_that_acts_is_refused(change):
    assert refusal(Kind.PDF, pdf("x", change=change)) == "pdf-active"


def test_a_script_written_with_escapes_is_refused():
    content = pdf("x", change=unreachable_script).replace(b"/JavaScript", b"/Java#53cript").replace(b"/JS", b"/J#53")
    assert refusal(Kind.PDF, content) in {"pdf-active", "dictionary-unreadable"}


def test_an_encrypted_pdf_is_refused():
    assert refusal(Kind.PDF, pdf("x", change=lambda writer: writer.encrypt("secret"))) == "pdf-encrypted"
    assert refusal(Kind.PDF, pdf("x", change=lambda writer: writer.encrypt("", "owner"))) == "pdf-encrypted"


def test_a_pdf_of_too_many_pages_is_refused():
    assert refusal(Kind.PDF, pdf("x", pages=1001)) == "dictionary-too-large"


def test_a_pdf_whose_page_unpacks_to_a_hundred_megabytes_is_refused():
    def inflate(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(b"q Q " * 25_000_000)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())

    content = pdf("x", change=inflate)
    assert len(content) < 1_000_000
    start = time.perf_counter()
    assert refusal(Kind.PDF, content) == "dictionary-unreadable"
    assert time.perf_counter() - start < 5


@given(st.data())
def test_a_damaged_pdf_is_refused_or_read(drawn: st.DataObject):
    content = bytearray(EVERY[Kind.PDF])
    for _ in range(drawn.draw(st.integers(1, 5))):
        content[drawn.draw(st.integers(0, len(content) - 1))] = drawn.draw(st.integers(0, 255))
    try:
        read_dictionary(Kind.PDF, bytes(content))
        mark_copy(Kind.PDF, bytes(content), TRACE, LABEL)
    except FileRefused:
        return


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://192.0.2.1")'],
)
def test_a_cell_that_a_spreadsheet_would_compute_is_escaped(cell: str):
    assert escape_cell(cell) == "'" + cell
    exported = export_csv([[cell, "x"]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(exported, newline="")))[0] == "'" + cell
    marked = mark_copy(
        Kind.CSV,
        export_csv([["prompt"], ["x"]]).replace(b"x", b'"' + cell.replace('"', '""').encode() + b'"'),
        TRACE,
    )
    assert f"'{cell[:3]}" in marked.decode("utf-8-sig")


@pytest.mark.parametrize("cell", ["cat", "-1", "+1.5", "-3,5", "a=b", "1-2", "", "(x:1.2)", "50%", "-20%"])
def test_ordinary_cells_are_not_escaped(cell: str):
    assert escape_cell(cell) == cell


@pytest.mark.parametrize("kind", EVERY)
def test_a_copy_names_its_order_and_reads_as_before(kind: Kind):
    marked = mark_copy(kind, EVERY[kind], TRACE, LABEL)
    assert read_mark(kind, marked) == MARK
    assert read_mark(kind, EVERY[kind]) is None
    before, after = read_dictionary(kind, EVERY[kind]), read_dictionary(kind, marked)
    assert (after.entries, after.categories, after.pages) == (before.entries, before.categories, before.pages)
    assert detect(io.BytesIO(marked)) in {kind, Kind.MARKDOWN}
    assert mark_copy(kind, EVERY[kind], TRACE, LABEL) == marked, "a resumed download needs the same bytes"


@pytest.mark.parametrize("kind", EVERY)
def test_a_second_mark_takes_the_place_of_the_first(kind: Kind):
    other = {**TRACE, COPY: "99999999-other", ORDER: "another"}
    marked = mark_copy(kind, mark_copy(kind, EVERY[kind], TRACE, LABEL), other, LABEL)
    assert read_mark(kind, marked)[COPY] == "99999999-other"
    if kind is not Kind.PDF:
        assert TRACE[COPY].encode() not in marked


def test_a_label_in_the_trace_is_written_too():
    marked = mark_copy(Kind.JSON, OBJECTS.encode(), MARK)
    assert read_mark(Kind.JSON, marked) == MARK


def test_a_csv_copy_keeps_every_cell_and_marks_every_row():
    marked = mark_copy(Kind.CSV, CSV.encode("gb18030"), TRACE, LABEL)
    assert marked.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(marked.decode("utf-8-sig"), newline="")))
    assert [row[:3] for row in rows] == list(csv.reader(io.StringIO(CSV, newline="")))
    assert rows[0][3] == "_huafang"
    assert all(TRACE[COPY] in row[3] for row in rows[1:])
    plain = mark_copy(Kind.CSV, b"prompt,w\nrain,1\n", TRACE)
    assert not plain.startswith(b"\xef\xbb\xbf")


def test_a_csv_saved_again_by_a_spreadsheet_is_found():
    marked = mark_copy(Kind.CSV, CSV.encode(), TRACE, LABEL).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(marked, newline="")))
    for delimiter, encoding in ((",", "gb18030"), (";", "utf-8-sig"), ("\t", "utf-16")):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
        assert read_mark(Kind.CSV, out.getvalue().encode(encoding)) == MARK
    part = "\n".join(",".join(row) for row in rows[2:3])
    assert read_mark(Kind.CSV, part.encode()) == {COPY: TRACE[COPY]}
    text = "".join(f"<si><t>{escape(cell)}</t></si>" for row in rows for cell in row)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", f"<sst>{text}</sst>")
    assert read_mark(Kind.ZIP, book.getvalue()) == MARK


def test_a_json_copy_changes_nothing_else_by_a_byte():
    for text in (OBJECTS, GROUPS, '\ufeff{"a": [1.10, 1e400]}', '{"a": {"b": 1}}'):
        marked = mark_copy(Kind.JSON, text.encode(), TRACE, LABEL).decode()
        start = marked.index('"_huafang"')
        end = marked.index("}", marked.index(LABEL.propagate_id)) + 2
        assert (marked[:start] + marked[end:]).replace("{, ", "{") == text.removeprefix("\ufeff")
        json.loads(marked)
    assert isinstance(json.loads(mark_copy(Kind.JSON, OBJECTS.encode(), TRACE)), list)


@pytest.mark.parametrize("text", ["{}", "[{}]", '["a", "b"]', "[]", "[[1]]", '[1, {"a": 2}]'])
def test_json_of_every_shape_carries_the_mark(text: str):
    marked = json.loads(mark_copy(Kind.JSON, text.encode(), TRACE, LABEL))
    assert read_mark(Kind.JSON, json.dumps(marked, indent=4, sort_keys=True).encode()) == MARK
    if isinstance(marked, dict) and "entries" in marked:
        assert marked["entries"] == json.loads(text)


def test_a_json_copy_turned_into_another_text_is_found():
    marked = mark_copy(Kind.JSON, OBJECTS.encode(), TRACE, LABEL).decode()
    assert read_mark(Kind.TEXT, ("prefix " + marked).encode()) == MARK
    assert read_mark(Kind.JSON, marked[: marked.index("权") if "权" in marked else -5].encode()) == MARK


def test_markdown_front_matter_stays_yaml():
    marked = mark_copy(Kind.MARKDOWN, MARKDOWN.encode(), TRACE, LABEL).decode()
    front = yaml.safe_load(marked.split("---\n")[1])
    assert front["title"] == "光"
    assert front["AIGC"]["Label"] == "2"
    assert front["huafang"][ORDER] == TRACE[ORDER]
    assert marked.endswith(MARKDOWN.split("---\n", 2)[2])


def test_a_pdf_copy_shows_the_line_on_each_page_and_survives_a_print():
    marked = mark_copy(Kind.PDF, EVERY[Kind.PDF], TRACE, LABEL)
    reader = PdfReader(io.BytesIO(marked))
    for page in reader.pages:
        text = page.extract_text()
        assert f"huafang:{TRACE[COPY]}" in text
        assert "rim light" in text
    printed = PdfWriter()
    for page in reader.pages:
        printed.add_page(page)
    out = io.BytesIO()
    printed.write(out)
    assert read_mark(Kind.PDF, out.getvalue()) == {COPY: TRACE[COPY]}


@given(st.sampled_from([Kind.CSV, Kind.JSON, Kind.MARKDOWN, Kind.PDF, Kind.ZIP, Kind.TEXT]), st.binary(max_size=200))
def test_no_file_makes_the_search_for_a_mark_fail(kind: Kind, content: bytes):
    assert read_mark(kind, content) is None


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(
    st.lists(
        st.lists(cells, min_size=1, max_size=4).filter(lambda row: any(map(str.strip, row))),
        min_size=1,
        max_size=5,
    )
)
def test_any_table_carries_its_mark_and_keeps_its_cells(rows: list[list[str]]):
    content = export_csv([["prompt", "b", "c", "d"], *rows])
    marked = mark_copy(Kind.CSV, content, TRACE, LABEL)
    assert read_mark(Kind.CSV, marked) == MARK
    found = list(csv.reader(io.StringIO(marked.decode("utf-8-sig"), newline="")))[1:]
    width = max(4, *map(len, rows))
    assert [row[:width] for row in found] == [
        [escape_cell(cell) for cell in row] + [""] * (width - len(row)) for row in rows
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(exclude_categories=("Cs", "Cc"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(json_values) | st.dictionaries(st.text("abc"), json_values), st.sampled_from([None, 2]))
def test_any_json_carries_its_mark_and_keeps_its_values(value: object, indent: int | None):
    marked = mark_copy(Kind.JSON, json.dumps(value, indent=indent, ensure_ascii=False).encode(), TRACE, LABEL)
    assert read_mark(Kind.JSON, marked) == MARK
    found = json.loads(marked)
    if isinstance(found, list):
        del found[0]["_huafang"]
    else:
        del found["_huafang"]
    assert value in (found, found["entries"] if isinstance(found, dict) and "entries" in found else found)
