"""Columns and rows of widgets with our spacing."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from agent_desktop.theme import GAP_SMALL

Margins = tuple[int, int, int, int]
NO_MARGINS: Margins = (0, 0, 0, 0)


def column(
    *items: QWidget | QLayout, gap: int = GAP_SMALL, margins: Margins = NO_MARGINS
) -> QVBoxLayout:
    """Items below each other. `margins`: left, top, right, bottom in pixels."""
    layout = QVBoxLayout()
    _fill(layout, items, gap=gap, margins=margins)
    return layout


def row(
    *items: QWidget | QLayout | None, gap: int = GAP_SMALL, margins: Margins = NO_MARGINS
) -> QHBoxLayout:
    """Items beside each other; `None` stands for the space that stretches."""
    layout = QHBoxLayout()
    _fill(layout, items, gap=gap, margins=margins)
    return layout


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def _fill(
    layout: QVBoxLayout | QHBoxLayout,
    items: tuple[QWidget | QLayout | None, ...],
    *,
    gap: int,
    margins: Margins,
) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
