"""`attune demo`: plays a recorded call through the real path, with a screen or without."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.console import Console

from agent_desktop.app.engine_place import own_engine
from agent_desktop.app.run import has_display, make_application, run, watch_crashes
from agent_desktop.demo.album import Album
from agent_desktop.demo.director import Director
from agent_desktop.demo.narrator import Narrator
from agent_desktop.demo.report import print_cards, print_expected, print_latency
from agent_desktop.demo.stage import set_stage
from agent_desktop.settings import BadSettings, load_settings, settings_path
from agent_desktop.sound.demo_call import DemoCall, NoSuchCall, read_demo_call
from agent_desktop.sound.wav import BadWav
from agent_desktop.theme import THEMES

FAST: Final = 4.0


def demo(
    *,
    call: Annotated[int, typer.Option(help="Number of the demo call.")] = 1,
    fast: Annotated[bool, typer.Option("--fast", help="Four times as fast.")] = False,
    screenshots: Annotated[Path | None, typer.Option(help="Folder for pictures.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Without windows.")] = False,
    end: Annotated[bool, typer.Option("--exit", help="End after the wrap-up.")] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder of the engine.")] = None,
    theme: Annotated[str, typer.Option(help="dark or light.")] = "",
) -> None:
    """Play a recorded call: heard, understood and assisted, live."""
    console = Console()
    try:
        demo_call, recording = read_demo_call(call)
        chosen = load_settings(settings_path())
        look = THEMES[theme or chosen.theme]
    except (NoSuchCall, BadWav, BadSettings, msgspec.DecodeError, KeyError) as error:
        console.print(f"attune demo: {error}", style="red", soft_wrap=True)
        raise typer.Exit(2) from error
    crashes = watch_crashes()
    application = make_application(look, language=chosen.language, is_headless=headless)
    is_alone = headless or not has_display() or application.platformName() == "offscreen"
    engine = own_engine(data=data, is_demo=True)
    stage = set_stage(
        demo_call, engine=engine, theme=look, speed=FAST if fast else 1.0, is_alone=is_alone
    )
    folder = screenshots or (Path("demo-run") if is_alone else None)
    album = Album(folder, windows=stage.windows, call=stage.agent.model)
    problems: list[str] = []

    def on_end(problem: str) -> None:
        if problem:
            problems.append(problem)
        application.exit()

    console.print(f"Demo call {call}: {demo_call.title} ({recording.duration_ms // 1000} s)")
    director = Director(
        stage,
        number=call,
        duration_ms=recording.duration_ms,
        narrator=Narrator(console),
        album=album,
        on_end=on_end if is_alone or end else None,
    )
    director.begin()
    run(application, engine=engine, desks=stage.desks)
    _report(console, director=director, call=demo_call, album=album)
    problems += [f"a part of the desktop failed: {crash}" for crash in crashes.crashes]
    for problem in problems:
        console.print(f"attune demo: {problem}", style="red", soft_wrap=True)
    raise typer.Exit(1 if problems else 0)


def _report(console: Console, *, director: Director, call: DemoCall, album: Album) -> None:
    if director.state is not None:
        print_cards(console, director.state)
        print_expected(console, call.expected, director.state)
        print_latency(console, director.latency)
    for picture in album.pictures:
        console.print(f"picture: {picture}", soft_wrap=True)
