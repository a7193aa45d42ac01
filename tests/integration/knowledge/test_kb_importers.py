"""Real files of real programs, and what attackers and accidents make of them."""

import json
import os
import tracemalloc
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

from knowledge_base.article import Article
from knowledge_base.errors import ImporterBroken
from knowledge_base.importers import Imported, formats, read
from knowledge_base.importers.docx import MAX_XML_BYTES
from knowledge_base.importers.reading import Reader
from knowledge_base.store import KnowledgeBase
from tests.exports import (
    ABROAD,
    CONFLUENCE_PAGE,
    SAMPLES,
    ZENDESK_ARTICLES,
    confluence_files,
    pdf_document,
    word_document,
    write_zip,
)

pytestmark = pytest.mark.integration


def by_id(imported: Imported) -> dict[str, Article]:
    return {one.article_id: one for one in imported.articles}


def faults(path: Path) -> list[str]:
    """What is said of a path in which nothing is good."""
    imported = read(path)
    assert not imported.articles
    return [str(error) for error in imported.broken]


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.fixture(params=["zip", "folder"])
def confluence(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    files = confluence_files()
    if request.param == "zip":
        return write_zip(tmp_path / "BANK.zip", files)
    return write(tmp_path / "export", files)


def test_a_space_of_confluence(confluence: Path) -> None:
    imported = read(confluence)
    assert not imported.broken
    assert sorted(one.reason for one in imported.left_out) == [
        "has no text",
        "is an index of pages",
    ]
    found = by_id(imported)
    assert found.keys() == {"98377", "98378"}
    lost = found["98377"]
    assert (lost.title, lost.owner) == ("Lost card", "Elena Rossi")
    assert found["98378"].title == "Fees : abroad"
    assert lost.body == (
        "Block the card **at once**, then see\n[what is charged abroad](98378) or\n"
        "a page that is gone.\n\n"
        "## Abroad\n\n- Send an emergency card.\n  - By courier.\n\n"
        "(picture: Where the block button is)\n\n"
        "| Card | Fee |\n| --- | --- |\n| Gold | free |"
    )
    assert "[block a lost card](98377)" in found["98378"].body


def test_a_page_of_confluence_with_another_title_is_the_same_article(tmp_path: Path) -> None:
    base = KnowledgeBase.create(tmp_path / "kb")
    first = read(write_zip(tmp_path / "a.zip", confluence_files()))
    files = {
        name.replace("Lost-card", "Lost-or-stolen-card"): content
        for name, content in confluence_files().items()
    }
    second = read(write_zip(tmp_path / "b.zip", files))
    reports = [
        base.import_articles(one.articles, one.broken, author="ana", reason="", now_ms=1)
        for one in (first, first, second)
    ]
    assert [len(report.added) for report in reports] == [2, 0, 0]
    assert [len(report.unchanged) for report in reports] == [0, 2, 2]


def test_a_help_centre_of_zendesk_as_json(tmp_path: Path) -> None:
    path = tmp_path / "articles.json"
    path.write_text(json.dumps(ZENDESK_ARTICLES))
    imported = read(path)
    assert not imported.broken
    assert [one.reason for one in imported.left_out] == ["'Next year' is a draft"]
    lost, fees = imported.articles
    assert (lost.article_id, lost.title, lost.tags) == (
        "360001234567",
        "Lost card",
        ("lost", "block"),
    )
    assert lost.body == "Block it. [Fees](360001234568)"
    assert fees.body == "## Abroad\n\nTwo < three & free for \\*gold\\*."


def test_a_help_centre_of_zendesk_as_pages_in_two_languages(tmp_path: Path) -> None:
    page = (
        '<html lang="{locale}"><head><title>x – Help</title></head><body><header>Top</header>'
        '<nav>Menu</nav><main><h1>{title}</h1><div class="article-body"><p>{text}</p></div></main>'
        "<footer>(c)</footer></body></html>"
    )
    folder = write(
        tmp_path / "out",
        {
            "articles/360001-Lost-card.html": page.format(
                locale="en-US",
                title="Lost card",
                text="Block. <a href='/hc/en-us/articles/360002'>Fees</a>",
            ),
            "articles/360002-Fees.html": page.format(locale="de", title="Gebühren", text="Keine."),
        },
    )
    found = by_id(
        read(
            write_zip(
                tmp_path / "z.zip",
                {
                    str(file.relative_to(folder)): file.read_bytes()
                    for file in folder.rglob("*.html")
                },
            )
        )
    )
    assert found["360001"].body == "Block. [Fees](360002)"
    assert (found["360002"].locale, found["360002"].title) == ("de", "Gebühren")
    translated = {**ZENDESK_ARTICLES["articles"][0], "locale": "de", "html_url": "x"}  # type: ignore[index]
    (tmp_path / "de.json").write_text(json.dumps([translated]))
    (german,) = read(tmp_path / "de.json").articles
    assert (german.article_id, german.locale) == ("360001234567-de", "de")


def test_a_word_document(tmp_path: Path) -> None:
    path = tmp_path / "Lost Card (v2).docx"
    path.write_bytes(word_document())
    (article,) = read(path).articles
    assert (article.article_id, article.title) == ("lost-card-v2", "Lost card")
    assert article.body == (
        "We block the card now, on this call.\n\n# Abroad\n\n- Send an emergency card.\n\n"
        "1. Open \\*Cards\\* in desk_2.\n\n| Card | Fee |\n| --- | --- |\n| Gold | free |"
    )


def test_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "cards.pdf"
    path.write_bytes(pdf_document(pages=3))
    (article,) = read(path).articles
    assert (article.article_id, article.title) == ("cards", "Lost card")
    blocks = article.body.split("\n\n")
    assert [one for one in blocks if one.startswith("#")] == [
        "## At home",
        "### Fees",
        "## Abroad",
        "### Fees",
        "## On the phone",
        "### Fees",
    ]
    assert blocks[1].count("At home, we block the card on this call.") == 6
    assert "- Abroad: 5 € – free for gold_2." in article.body
    assert "Example Bank, page" not in article.body


def test_a_pdf_that_may_be_read_but_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "cards.pdf"
    for password, said in (("", ""), ("secret", "has a password: save it without one")):
        (tmp_path / "plain.pdf").write_bytes(pdf_document())
        writer = PdfWriter(clone_from=PdfReader(tmp_path / "plain.pdf"))
        writer.encrypt(password, "owner", algorithm="AES-256")
        with path.open("wb") as stream:
            writer.write(stream)
        imported = read(path)
        assert [str(error) for error in imported.broken] == (
            [f"cards.pdf, line 1: {said}"] if said else []
        )
        assert len(imported.articles) == (0 if said else 1)


def test_a_scan_is_told(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    with (tmp_path / "scan.pdf").open("wb") as stream:
        writer.write(stream)
    assert faults(tmp_path / "scan.pdf") == ["scan.pdf, line 1: has no text: is it a scan?"]


def test_a_table(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(
        "ID;Title;Body;Variants;Tags;Locale;Products;Note\n"
        'a1;Lost card;"Block it;\nthen send one.";lost it|gone;"[""x|y"", 7]";en-GB;cards;n\n'
        "\n"
        "a2;;no title;;;;;\n"
        "a3;Only a title;;;;;;\n"
        "a4;Too;many;cells;;;;;;;\n"
        ";No id;text;;;;;\n"
        "a1;Again;text;;;;;\n",
        encoding="utf-8-sig",
    )
    imported = read(path)
    assert imported.articles[0] == Article(
        article_id="a1",
        title="Lost card",
        body="Block it;\nthen send one.",
        variants=("lost it", "gone"),
        tags=("x|y", "7"),
        locale="en-GB",
        products=("cards",),
        extra={"note": "n"},
    )
    assert [one.article_id for one in imported.articles] == ["a1", "a3"]
    assert imported.articles[1].body == "Only a title"
    assert [(one.line, one.reason.split(":")[0]) for one in imported.broken] == [
        (5, "has no title"),
        (7, "has 11 cells, the header has 8"),
        (8, "has no `id`"),
        (9, "has the same id as line 2, 'a1'"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "name,text\nx,y\n", "line 1: has no header: wanted is a header with at least"),
        ("a.csv", "id,title,id\nx,y,z\n", "line 1: the header has `id` twice"),
        ("a.csv", b"id,title\n1,Caf\xe9\n", "is not UTF-8 text from here on: save it as UTF-8"),
        ("a.csv", 'id,title\n1,"open\n', "line 2: is no CSV: unexpected end of data"),
        ("a.jsonl", '{"query": "x"}\n' * 9, "line 1: wanted are articles like"),
        ("a.jsonl", "[1]\n", "line 1: is no JSON object"),
        ("a.jsonl", "", "line 1: holds nothing"),
        (
            "a.jsonl",
            '{"question": "a", "articles": []}\n{"id": 1, "title": "b"}\n',
            "line 2: is an article, but the file began with a golden question: write them to two",
        ),
        (
            "a.jsonl",
            '\n{"id": 1, "title": "b"}\n{"question": "a", "articles": []}\n',
            "line 3: is a golden question, but the file began with an article",
        ),
        ("a.jsonl", '{"title": "b", "body": "c"}\n', "line 1: has no `id`"),
        (
            "a.jsonl",
            '{"id": 1, "title": "b", "tags": 1.5e3, "body": 7, "locale": []}\n',
            "`locale`",
        ),
        ("a.json", "{", "line 1: is no JSON"),
        ("a.json", '{"articles": [7]}', "line 1: entry 1 is no object"),
        ("a.json", '{"x": 1}', "line 1: holds no articles"),
        ("a.html", b"<p>Caf\xe9</p>", "line 1: is not UTF-8 text"),
        ("a.html", b'<meta charset="no-such">Caf\xe9', "is not text in no-such, which it says"),
        ("a.html", "<div>" * 5_000 + "x", "line 1: is nested too deeply to be an article"),
        ("a.docx", b"no zip", "line 1: is no Word document (DOCX)"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old", "has a password or is an old DOC file"),
        ("a.pdf", b"%PDF-1.7 no more", "a.pdf, page 1: cannot be read as PDF"),
        ("a.zip", b"PK no zip", "line 1: is no zip archive"),
        ("a.xlsx", b"x", "is of no kind that can be read; these can: csv, docx, htm, html"),
        ("a.md", b"x" * 1_000_001, "longer than 1,000,000 bytes: split it"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    write(tmp_path, {name: content})
    (fault,) = faults(tmp_path / name)
    assert fault.startswith(name)
    assert said in fault
    assert "\n" not in fault


def test_declared_encodings_of_pages_are_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes('<meta charset="iso-8859-1"><title>Café</title><p>Noël</p>'.encode("latin-1"))
    (article,) = read(path).articles
    assert (article.title, article.body) == ("Café", "Noël")


def test_an_archive_never_leads_out_of_itself(tmp_path: Path) -> None:
    page = CONFLUENCE_PAGE.format(title="Evil", body=ABROAD)
    path = write_zip(
        tmp_path / "a.zip",
        {"../../evil.html": page, "/etc/evil.html": page, "good.md": "# Good\n\ntext"},
    )
    imported = read(path)
    assert [one.article_id for one in imported.articles] == ["good"]
    assert [str(error) for error in imported.broken] == [
        "a.zip, line 1: '../../evil.html' leads out of the archive and is not read",
        "a.zip, line 1: '/etc/evil.html' leads out of the archive and is not read",
    ]
    assert sorted(os.listdir(tmp_path)) == ["a.zip"]


def test_an_archive_with_a_password_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.md": "# A\n\ntext", "b.md": "# B\n\ntext"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] |= 1
    path.write_bytes(data)
    assert faults(path) == ["a.zip, line 1: is encrypted: make the archive without a password"]


def test_a_damaged_file_in_an_archive_and_the_rest_goes_in(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.md", "# A\n\ndamaged here")
        archive.writestr("b.md", "# B\n\ntext")
    path.write_bytes(path.read_bytes().replace(b"damaged", b"DAMAGED", 1))
    imported = read(path)
    assert [one.article_id for one in imported.articles] == ["b"]
    assert [str(error).split(": ")[0] for error in imported.broken] == ["a.zip/a.md, line 1"]


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.docx"])
def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, name: str) -> None:
    inner = "word/document.xml" if name.endswith("docx") else "page.html"
    path = tmp_path / name
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(inner, "w", force_zip64=True) as stream,
    ):
        for _ in range(100):
            stream.write(b"<p>" + b" " * 1_000_000)
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    (fault,) = faults(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000
    assert "10,000,000 bytes" in fault or f"{MAX_XML_BYTES:,} bytes" in fault


def test_a_bomb_in_a_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    (tmp_path / "plain.pdf").write_bytes(pdf_document())
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "plain.pdf"))
    content = StreamObject()
    content.set_data(zlib.compress(b" " * 100_000_000))
    content[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(content)
    with path.open("wb") as stream:
        writer.write(stream)
    tracemalloc.start()
    (fault,) = faults(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fault.startswith("bomb.pdf, page 1: cannot be read as PDF: Limit reached")
    assert most < 40_000_000


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    lol = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": lol, "[Content_Types].xml": "<x/>"})
    assert "its XML declares a type of its own" in faults(path)[0]


def test_a_hundred_megabytes_are_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"id": 1, "title": "good"}\n')
        stream.truncate(100_000_000)  # the rest is one line of nothing
    tracemalloc.start()
    imported = read(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.article_id for one in imported.articles] == ["1"]
    assert [str(error) for error in imported.broken] == [
        "long.jsonl, line 2: is longer than 8,000,000 bytes"
    ]
    assert most < 50_000_000


def test_every_format_in_one_folder_with_what_is_none(tmp_path: Path) -> None:
    for ending, make in SAMPLES.items():
        write(tmp_path / "in", {f"{ending}-file.{ending}": make()})
    write(tmp_path / "in", {".hidden/x.md": "no", "picture.png": b"x", "notes.txt": "x"})
    write_zip(tmp_path / "in" / "more.zip", {"zipped.md": "# Zipped\n\ntext"})
    imported = read(tmp_path / "in")
    assert [one.source for one in imported.broken] == ["tsv-file.tsv"]  # it has the id of the csv
    assert len(imported.articles) == len(SAMPLES) - 1 + 2  # two in the JSON, one in the zip


def test_what_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"a.md": "# A\n\none", "b.md": "# B\n\n[a](a.md)"})
    reader = Reader()
    first = reader.read(folder)
    os.utime(folder / "a.md", ns=(1, 1))
    kept = (folder / "b.md").stat()
    (folder / "b.md").write_bytes(b"# B\n\n[a](A.md)")
    os.utime(folder / "b.md", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert reader.read(folder) == first
    assert by_id(Reader().read(folder))["b"].body != by_id(first)["b"].body


def test_a_plug_in_reads_a_format_of_its_own_and_may_replace_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(
        tmp_path / "plugged",
        "questions",
        {"txt": "questions:Reader", "md": "questions:Reader", "odt": "questions:Missing"},
        """
from knowledge_base.article import Article
from knowledge_base.importers import Page
class Reader:
    max_bytes = 1000
    def read(self, file):
        with file.open() as stream:
            text = stream.read().decode()
        yield Page(article=Article(article_id=file.name.stem, title="Ours", body=text))
""",
    )
    folder = write(tmp_path / "in", {"a.txt": "text", "b.md": "# B\n\ntext", "c.csv": "id,title\n"})
    monkeypatch.syspath_prepend(str(tmp_path / "plugged"))
    forget_formats()
    try:
        assert [one.title for one in read(folder).articles] == ["Ours", "Ours"]
        write(folder, {"d.odt": "x"})
        with pytest.raises(ImporterBroken, match=r"importer of \.odt files, questions:Missing"):
            read(folder)
    finally:
        monkeypatch.undo()
        forget_formats()
    assert [one.title for one in read(folder).articles] == ["B"]


def forget_formats() -> None:
    formats._entries.cache_clear()
    formats.importer_of.cache_clear()


def install(site: Path, name: str, points: Mapping[str, str], module: str) -> None:
    """Lay out a package as pip installs it."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    lines = "".join(f"{ending} = {value}\n" for ending, value in points.items())
    write(
        site,
        {
            f"{name}.py": module,
            f"{name}-1.0.dist-info/METADATA": metadata,
            f"{name}-1.0.dist-info/entry_points.txt": f"[{formats.GROUP}]\n{lines}",
        },
    )


def test_progress_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {f"{name}.md": "# A\n\none" for name in "abc"})
    told: list[tuple[int, int]] = []
    read(folder, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
