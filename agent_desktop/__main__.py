"""The command `attune`: a desk for a role, or the demo."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from agent_desktop.app.engine_place import BadAddress, EnginePlace, GivenEngine, own_engine
from agent_desktop.app.roles import DeskRole, Person, open_desk
from agent_desktop.app.run import make_application, run, watch_crashes
from agent_desktop.demo.command import demo
from agent_desktop.settings import BadSettings, DesktopSettings, load_settings, settings_path
from agent_desktop.theme import THEMES
from agent_desktop.translation import BadCatalogue
from assist_engine.contract.ids import AgentId

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)
cli.command()(demo)


@cli.callback(invoke_without_command=True)
def desk(
    context: typer.Context,
    *,
    role: Annotated[DeskRole, typer.Option(help="Whose desk.")] = DeskRole.AGENT,
    engine: Annotated[
        str, typer.Option(help="ws://HOST:PORT/attune; without it, an own one.")
    ] = "",
    token: Annotated[str, typer.Option(envvar="ATTUNE_TOKEN", help="What the engine asks.")] = "",
    agent: Annotated[str, typer.Option(help="Your name; without it, your login.")] = "",
    theme: Annotated[str, typer.Option(help="dark or light.")] = "",
    language: Annotated[str, typer.Option(help="en or zh_CN.")] = "",
    organisation: Annotated[
        bool, typer.Option("--demo", help="Let the own engine serve the demo organisation.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder of the own engine.")] = None,
) -> None:
    """Open a desk; without --engine it runs an engine of its own on this computer."""
    if context.invoked_subcommand is not None:
        return
    crashes = watch_crashes()
    chosen = _settings(theme=theme, language=language)
    place: EnginePlace
    place = _given(engine) if engine else own_engine(data=data, is_demo=organisation)
    look = replace(THEMES[chosen.theme], scale=chosen.text_scale)
    application = make_application(look, language=chosen.language)
    name = agent or getpass.getuser()
    person = Person(agent_id=AgentId(name.lower()), name=name, token=token)
    opened = open_desk(
        role,
        person,
        engine=place,
        theme=look,
        guidance_mode=chosen.guidance_mode,
        settings=settings_path(),
    )
    code = run(application, engine=place, desks=[opened])
    raise typer.Exit(code or bool(crashes.crashes))


def _settings(*, theme: str, language: str) -> DesktopSettings:
    try:
        chosen = load_settings(settings_path())
        return DesktopSettings(
            theme=theme or chosen.theme,
            language=language or chosen.language,
            text_scale=chosen.text_scale,
            guidance_mode=chosen.guidance_mode,
        )
    except (BadSettings, BadCatalogue, ValueError) as error:
        raise typer.BadParameter(str(error)) from error


def _given(url: str) -> GivenEngine:
    try:
        return GivenEngine(url)
    except BadAddress as error:
        raise typer.BadParameter(str(error)) from error


def main() -> None:
    """Entry point of the console script."""
    cli()


if __name__ == "__main__":
    main()
