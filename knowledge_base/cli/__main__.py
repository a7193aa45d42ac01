"""`python -m knowledge_base.cli`."""

from knowledge_base.cli import main

main()
