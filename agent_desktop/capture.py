"""Saves what a window shows as a picture."""

from pathlib import Path

from PySide6.QtWidgets import QWidget


def save_picture(window: QWidget, path: Path) -> None:
    """Write the window as PNG, making the folder. Raises `OSError` where it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(path), "PNG"):
        raise OSError(f"{path} cannot be written")
