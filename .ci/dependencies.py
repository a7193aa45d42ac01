"""Prints what pyproject.toml asks for, one requirement a line; `dev` adds the development group."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
groups = sys.argv[1:]
wanted = [*project["project"]["dependencies"]]
for group in groups:
    wanted += project["dependency-groups"][group]
print("\n".join(wanted))
