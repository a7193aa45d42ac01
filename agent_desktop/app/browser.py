"""Opens the page of an action that the agent confirmed in their own browser."""

from typing import Final

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from assist_engine.contract.actions import OpenPage

_SCHEMES: Final = {"http", "https"}  # anything else would start a program


class Browser(QObject):
    """Only web addresses with a host are opened."""

    @Slot(object)
    def open(self, page: OpenPage) -> None:
        """Open the page, unless it is no web address."""
        url = QUrl(page.url, QUrl.ParsingMode.StrictMode)
        if url.isValid() and url.scheme() in _SCHEMES and url.host():
            QDesktopServices.openUrl(url)
