"""The organisation's intents as its file has them, and the signal that tells them.

A changed file of examples is learned on a thread, in milliseconds to seconds; the intents before
it are told until then.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from assist_engine.errors import BadInput
from assist_engine.guidance.rule import Vector
from assist_engine.session.intent_folder import MANIFEST, examples_in, load_reader
from assist_engine.session.kept_vectors import KeptVectors
from assist_engine.session.rule_files import Files, RuleFiles
from assist_engine.understanding.intent import IntentSignal, reader_of
from assist_engine.understanding.intent_reader import IntentReader


class FiledIntents(IntentSignal):
    """Tells the intents of a file of examples, or of a folder of trained ones."""

    def __init__(
        self, place: Path, *, embed: Callable[[Sequence[str]], Vector], model: str
    ) -> None:
        """Bad files are told by `files`. `model`: of the vectors.

        Raises `BadInput` for a folder that holds no trained intents.
        """
        super().__init__(None)
        self._place, self._model = place, model
        self._embed = KeptVectors(embed)
        is_folder = place.is_dir()
        if is_folder:
            load_reader(place, model=model)
        self.files = RuleFiles(
            place / MANIFEST if is_folder else place,
            read=self._trained if is_folder else self._learned,
            use=self.use,
        )
        self.use(self.files.load_good())

    @property
    def names(self) -> frozenset[str]:
        """The ids of the intents in use."""
        return (
            frozenset(intent.id for intent in self._reader.intents) if self._reader else frozenset()
        )

    def _trained(self, files: Files) -> IntentReader | None:
        """The folder's intents; those before it while a training writes others there."""
        return load_reader(self._place, model=self._model) if files else self._reader

    def _learned(self, files: Files) -> IntentReader | None:
        """A reader of the examples; None where there is no file."""
        if not files:
            return None
        source, text = files[0]
        examples = examples_in(text, source=source)
        if not any(example.intent for example in examples):
            raise BadInput(f"{source}: it has no examples of any intent")
        vectors = self._embed([example.text for example in examples])
        return reader_of(examples, vectors, model=self._model)
