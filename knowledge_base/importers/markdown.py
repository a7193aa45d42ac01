"""Reads Markdown: a file is an article, its name without the ending is the id."""

from collections.abc import Iterator

from knowledge_base.article import MAX_ARTICLE_BYTES, parse_file
from knowledge_base.importers.importer import Page, SourceFile
from knowledge_base.importers.text import decode, read_bytes


class MarkdownImporter:
    """Markdown with front matter, as `attune-kb export` writes it."""

    max_bytes = MAX_ARTICLE_BYTES

    def read(self, file: SourceFile) -> Iterator[Page]:
        """Yield the article."""
        source = str(file.name)
        text = decode(read_bytes(file), source=source)
        yield Page(article=parse_file(text, stem=file.name.stem, source=source))
