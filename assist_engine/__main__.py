"""`attune-engine`: the engine's command line. Each command has its own file in `cli/`."""

import os
import sys

import typer

from assist_engine.call.decide import Refusal
from assist_engine.cli.demo_service import demo_service
from assist_engine.cli.evaluate_actions import evaluate_actions
from assist_engine.cli.evaluate_calls import evaluate_calls
from assist_engine.cli.evaluate_conversations import evaluate_conversations
from assist_engine.cli.evaluate_emotions import evaluate_emotions
from assist_engine.cli.evaluate_intents import evaluate_intents
from assist_engine.cli.evaluate_speech import evaluate_speech
from assist_engine.cli.evaluate_wrap_ups import evaluate_wrap_ups
from assist_engine.cli.models import models
from assist_engine.cli.replay import replay
from assist_engine.cli.serve import serve
from assist_engine.cli.simulate import simulate_rules
from assist_engine.cli.train import train
from assist_engine.cli.train_intents import train_intents
from assist_engine.cli.understand import understand
from assist_engine.contract.wire import WireError
from assist_engine.errors import AssistError, first_of

# The weights are in a package; without this, libraries ask a model hub for newer ones.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

app = typer.Typer(
    help="Attune's engine: hears calls, understands them, says what would help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(help="Measure the engine.", no_args_is_help=True)
evaluate.command("intents")(evaluate_intents)
train.command("intents")(train_intents)
evaluate.command("speech")(evaluate_speech)
evaluate.command("calls")(evaluate_calls)
evaluate.command("actions")(evaluate_actions)
evaluate.command("conversations")(evaluate_conversations)
evaluate.command("emotions")(evaluate_emotions)
evaluate.command("wrap-ups")(evaluate_wrap_ups)
app.command()(serve)
app.command()(replay)
app.command()(understand)
app.command("simulate")(simulate_rules)
app.command("demo-service")(demo_service)
app.add_typer(models, name="models")
app.add_typer(train, name="train")
app.add_typer(evaluate, name="evaluate")


def main() -> None:
    """Run a command; an error that a person can mend is one sentence and exit code 2."""
    told = ""
    try:
        app()
    except* (AssistError, Refusal, WireError) as errors:
        told = str(first_of(errors))
    if told:
        print(f"attune-engine: {told}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
