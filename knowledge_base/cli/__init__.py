"""`attune-kb`: make, fill, check, publish and search a knowledge base from the command line."""

import sys
from typing import Final

import typer

from knowledge_base.cli import (
    articles,
    checking,
    importing,
    learning,
    releasing,
    reviewing,
    searching,
    training,
    versions,
)
from knowledge_base.cli.common import ERR
from knowledge_base.errors import KnowledgeError

app: Final = typer.Typer(
    help="Make, fill, check, publish and search a knowledge base.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.command()(articles.init)
app.command("import")(importing.import_)
app.command("list")(articles.list_)
app.command("show")(articles.show_)
app.command()(versions.history)
app.command()(versions.diff)
app.command()(versions.restore)
app.command()(reviewing.submit)
app.command()(reviewing.approve)
app.command("send-back")(reviewing.send_back)
app.command()(reviewing.comment)
app.command()(reviewing.archive)
app.command()(reviewing.unarchive)
app.command()(articles.due)
app.command()(reviewing.settings)
app.command()(checking.lint)
app.command()(checking.effect)
app.command()(releasing.publish)
app.command()(releasing.rollback)
app.command()(releasing.releases)
app.command()(importing.export)
app.command()(searching.search)
app.command("evaluate")(searching.evaluate_)
app.command("train-encoder")(training.train_encoder_)
app.command()(learning.stats)
app.add_typer(learning.gaps_app, name="gaps")


def main() -> None:
    """Run the command line; what is wrong is said in one sentence, with exit code 2."""
    try:
        app()
    except (KnowledgeError, OSError) as error:
        ERR.print(f"attune-kb: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
