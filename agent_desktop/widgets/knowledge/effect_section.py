"""What a release would change on one set of questions: counts, a bar, and the questions."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.article_list import ArticleList
from agent_desktop.view_models.effect_words import effect_line, question_notes, set_name
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.knowledge.share_bar import ShareBar
from agent_desktop.widgets.shared.layout import column
from agent_desktop.widgets.shared.text import label
from assist_engine.contract.knowledge_answers import Effect

MOST_IN_SIGHT = 4  # questions; the rest is scrolled to


class EffectSection(QWidget):
    """Worse questions stand first."""

    def __init__(self, effect: Effect, *, listing: ArticleList, theme: Theme) -> None:
        super().__init__()
        name = tr("{name} ({count})", name=set_name(effect), count=f"{effect.questions:,}")
        self.setAccessibleName(f"{name}: {effect_line(effect)}")
        bar = ShareBar(theme=theme, height=8)
        whole = max(1, effect.questions)
        bar.show_shares(
            (
                (len(effect.better) / whole, Tone.POSITIVE),
                (len(effect.changed) / whole, Tone.WARNING),
                (len(effect.worse) / whole, Tone.NEGATIVE),
                (effect.same / whole, Tone.NEUTRAL),
            ),
            name=effect_line(effect),
        )
        layout = column(
            label(name, look="strong", wraps=True),
            bar,
            label(effect_line(effect), look="small", wraps=True),
            gap=GAP_TINY,
        )
        notes = question_notes(effect, listing=listing)
        if notes:
            box = NotesBox(name, theme=theme)
            box.show_notes(notes, empty="")
            height = theme.px(50) * min(len(notes), MOST_IN_SIGHT)
            box.setFixedHeight(height)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            layout.addWidget(box)
        self.setLayout(layout)
