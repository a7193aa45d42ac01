"""`attune-engine models`: the speech models of this computer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from assist_engine.errors import BadInput
from assist_engine.settings import RESOURCES, load_settings
from assist_engine.speech.catalogue import CATALOGUE, OFFICIAL_SITE, entry
from assist_engine.speech.download import OnProgress
from assist_engine.speech.model_folder import check_model, differences, language_of, read_record
from assist_engine.speech.models import install_from_folder, install_from_site, installed

models = typer.Typer(help="Install and check speech models.", no_args_is_help=True)

ModelsDir = Annotated[
    Path | None,
    typer.Option("--models-dir", help="Where models are kept; else the settings say it."),
]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file.")]


def _folder(models_dir: Path | None, config: Path | None) -> Path:
    if models_dir:
        return models_dir
    settings = load_settings(config)
    return settings.models_folder


@models.command("list")
def list_models(*, models_dir: ModelsDir = None, config: Config = None) -> None:
    """List the models that are here and those that can be installed."""
    folder = _folder(models_dir, config)
    present = {model.name: model for model in installed(folder)}
    table = Table(box=None, header_style="bold")
    for heading in ("model", "language", "size", "licence", "state"):
        table.add_column(heading, no_wrap=True)
    table.add_column("about")
    for shipped in sorted((RESOURCES / "models" / "speech").iterdir()):
        about = "demo: follows synthetic voices, gets about half of real callers' words wrong"
        table.add_row(
            shipped.name, language_of(shipped.name), "25 MB", "Apache-2.0", "shipped", about
        )
    for known in CATALOGUE:
        state = "installed" if present.pop(known.name, None) else ""
        row = (known.name, known.language, known.size_text, known.licence, state, known.about)
        table.add_row(*row)
    for name in present:
        table.add_row(name, language_of(name), "", "", "installed", "from a folder")
    console = Console()
    console.print(table)
    console.print(f"\nmodels are kept in {folder}", soft_wrap=True)


@models.command()
def install(
    name: Annotated[str, typer.Argument(help="Name in `models list`, or for --from.")] = "",
    *,
    source: Annotated[
        Path | None, typer.Option("--from", help="Folder or .zip of a model brought here.")
    ] = None,
    sha256: Annotated[str, typer.Option(help="Expect this SHA-256 of the archive.")] = "",
    mirror: Annotated[str, typer.Option(help="Fetch from a mirror.")] = OFFICIAL_SITE,
    models_dir: ModelsDir = None,
    config: Config = None,
) -> None:
    """Install an official model, or one from a folder without any network."""
    folder = _folder(models_dir, config)
    if source:
        kept = install_from_folder(source, models_dir=folder, name=name)
        typer.echo(f"installed {kept.name} in {kept}")
        return
    if not name:
        raise BadInput("say which model: a name of `models list`, or --from FOLDER")
    known = entry(name)
    typer.echo(f"{known.name}: {known.size_text}, {known.licence}, from {known.url(mirror)}")
    with _progress_bar(name) as on_progress:
        kept = install_from_site(
            name, models_dir=folder, on_progress=on_progress, sha256=sha256, site=mirror
        )
    typer.echo(f"installed {kept.name} in {kept}")
    record = read_record(kept)
    if record and record.digest_from == "first install":
        typer.echo(
            f"nobody publishes the SHA-256 of this model: {record.archive_sha256} was noted at "
            "this first install, and later downloads are held to it"
        )
    typer.echo(f'use it: set speech.models = {{"{known.language}" = "{name}"}} in the settings')


@models.command()
def verify(
    name: Annotated[str, typer.Argument(help="One model; else all installed and shipped.")] = "",
    *,
    models_dir: ModelsDir = None,
    config: Config = None,
) -> None:
    """Check that models are whole and as they were installed; exit code 1 where one is not."""
    shipped = sorted((RESOURCES / "models" / "speech").iterdir())
    folders = shipped + installed(_folder(models_dir, config))
    if name:
        folders = [folder for folder in folders if folder.name == name]
        if not folders:
            raise BadInput(f"the speech model {name} is not installed")
    broken = [folder for folder in folders if not _verify_one(folder)]
    if broken:
        raise typer.Exit(1)


def _verify_one(folder: Path) -> bool:
    try:
        check_model(folder)
        changed = differences(folder)
    except BadInput as error:
        changed = [str(error)]
    if changed:
        typer.echo(f"{folder.name}: BROKEN: {'; '.join(changed)}", err=True)
        return False
    record = read_record(folder)
    if record is None:
        typer.echo(f"{folder.name}: its files are there; it was not installed with this command")
    else:
        typer.echo(f"{folder.name}: good, {len(record.files)} files as installed")
    return True


@contextmanager
def _progress_bar(name: str) -> Iterator[OnProgress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(name, total=None)

        def show(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total or None)

        yield show
