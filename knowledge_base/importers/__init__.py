"""Articles from files: Markdown, HTML, CSV, JSON, Word, PDF, and archives and folders of them."""

from knowledge_base.importers.importer import Found, Importer, LeftOut, Page, SourceFile
from knowledge_base.importers.reading import Imported, read

__all__ = ["Found", "Imported", "Importer", "LeftOut", "Page", "SourceFile", "read"]
