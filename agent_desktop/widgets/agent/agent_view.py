"""The agent view: everything an agent sees and does on a call.

It owns no decision: the model says what is, view models put it in words, and what a person
does leaves through `command_given` and `start_requested`. It never takes the focus.
"""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from agent_desktop.theme import GAP, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_actions import CallActions
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.changed import Changed
from agent_desktop.view_models.compliance_model import mode_name
from agent_desktop.view_models.entity_model import PLACES
from agent_desktop.view_models.start import StartDemoCall, StartMicrophoneCall, StartRequest
from agent_desktop.view_models.status_model import can_start, hears_badly, notice_of
from agent_desktop.widgets.agent.action_sheet import ActionSheet
from agent_desktop.widgets.agent.article_sheet import ArticleSheet
from agent_desktop.widgets.agent.call_bar import CallBar
from agent_desktop.widgets.agent.conversation_panel import ConversationPanel
from agent_desktop.widgets.agent.customer_panel import CustomerPanel
from agent_desktop.widgets.agent.demo_model_sheet import DemoModelSheet
from agent_desktop.widgets.agent.foot_bar import FootBar
from agent_desktop.widgets.agent.guidance_column import GuidanceColumn
from agent_desktop.widgets.agent.recorded_sheet import RecordedSheet
from agent_desktop.widgets.agent.search_sheet import SearchSheet
from agent_desktop.widgets.agent.wrap_up_sheet import WrapUpSheet
from agent_desktop.widgets.shared.command_palette import CommandPalette, Deed
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.notice_bar import NoticeBar
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.top_bar import TopBar
from assist_engine.call.state import Phase
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import GuidanceMode, Suggestion, WrapUp

TICK_MS = 500


class AgentView(QWidget):
    """Shows a `CallModel`. `command_given(Saying)`, `start_requested(StartRequest)`."""

    command_given = Signal(object)
    start_requested = Signal(object)

    def __init__(self, model: CallModel, *, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Agent view"))
        self._model, self._theme, self._actions = model, theme, CallActions(model)
        self._last_query, self._is_warned = "", False
        self.call_bar, self.notice = CallBar(theme=theme), NoticeBar(theme=theme)
        self.customer = CustomerPanel(theme=theme)
        self.conversation = ConversationPanel(theme=theme)
        self.guidance, self.foot = GuidanceColumn(theme=theme), FootBar(theme=theme)
        self._arrange()
        self.search = SearchSheet(self, theme=theme)
        self.article = ArticleSheet(self, theme=theme)
        self.wrap_up = WrapUpSheet(self, theme=theme)
        self.action = ActionSheet(self, theme=theme)
        self.recorded = RecordedSheet(self, theme=theme)
        self.demo_model = DemoModelSheet(self, theme=theme)
        self.palette_sheet = CommandPalette(self, theme=theme, deeds=self._deeds())
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()  # else the first tab wears the focus from the start
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self._tick)
        self._ticker.start()
        self._show(Changed.EVERYTHING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: the conversation gets what customer and guidance leave."""
        width, px = self.width(), self._theme.px
        least = min(px(232), width * 24 // 100), min(px(316), width * 36 // 100)
        self.customer.setFixedWidth(min(px(296), max(width * 21 // 100, least[0])))
        self.guidance.setFixedWidth(min(px(404), max(width * 28 // 100, least[1])) + GAP)
        super().resizeEvent(event)

    def _arrange(self) -> None:
        top = TopBar((tr("Call"),), theme=self._theme)
        top.right.addWidget(self.call_bar)
        body: QHBoxLayout = row(self.customer, gap=GAP)
        body.addWidget(self.conversation, 1)
        body.addWidget(self.guidance)
        middle = column(
            row(self.notice, margins=(0, 0, GAP, 0)), gap=GAP, margins=(GAP, GAP, 0, GAP)
        )
        middle.addLayout(body, 1)
        outer = column(top, gap=0)
        outer.addLayout(middle, 1)
        outer.addWidget(self.foot)
        self.setLayout(outer)

    def _connect(self) -> None:
        self._model.changed.connect(self._show)
        self._model.command_given.connect(self.command_given)
        self.conversation.start_page.start_requested.connect(self._start)
        self.call_bar.pause_asked.connect(self._pause)
        self.call_bar.wrap_up_asked.connect(self._wrap_up)
        self.foot.reached.connect(self._leave_sheets)
        self.foot.searched.connect(self._search)
        self.foot.noted.connect(self._actions.note)
        self._connect_guidance()
        self.customer.place_asked.connect(self.conversation.list.show_place)
        self.search.chosen.connect(self._actions.read)
        self.search.missed.connect(self._report_gap)
        self.search.closed.connect(self._model.forget_search)
        self.article.closed.connect(self._model.forget_article)
        self.wrap_up.accepted.connect(self._complete)
        self.wrap_up.place_asked.connect(self._show_wrapped)
        self.action.confirmed.connect(self._actions.run)
        self.action.note_changed.connect(
            lambda p, note: self._actions.preview(p.suggestion_id, p.action_id, note=note)
        )
        self.action.closed.connect(self._model.forget_preview)
        self.demo_model.accepted.connect(self._start_warned)
        for sheet in self._sheets():
            sheet.shown.connect(self._rest_others)
        QShortcut(QKeySequence("Ctrl+K"), self, self.palette_sheet.ask)
        QShortcut(QKeySequence("Esc"), self, self._escape)

    def _connect_guidance(self) -> None:
        guidance, actions = self.guidance, self._actions
        guidance.used.connect(lambda s: actions.use(s.suggestion_id))
        guidance.dismissed.connect(lambda s, why: actions.dismiss(s.suggestion_id, reason=why))
        guidance.rated.connect(lambda s, yes: actions.rate(s.suggestion_id, is_helpful=yes))
        guidance.opened.connect(self._open)
        guidance.why_asked.connect(self._show_why)
        guidance.place_asked.connect(self.conversation.list.show_place)
        guidance.mode_chosen.connect(actions.choose_mode)
        guidance.ticked.connect(lambda p, item, done: actions.tick(p, item, is_done=done))
        guidance.action_asked.connect(lambda s, a: actions.preview(s.suggestion_id, a.action_id))
        guidance.undo_asked.connect(actions.undo)

    def _deeds(self) -> tuple[Deed, ...]:
        return (
            Deed(name=tr("Search knowledge"), key="Ctrl+F", do=self.foot.search.setFocus),
            Deed(name=tr("Write a note"), key="Ctrl+T", do=self.foot.note.setFocus),
            Deed(name=tr("Pause or continue"), key="F8", do=self._pause),
            Deed(name=tr("Hang up and wrap up"), key="F10", do=self._wrap_up),
            Deed(name=tr("Jump to live"), key="End", do=self.conversation.list.follow),
            Deed(name=tr("Dismiss the card"), key="Esc", do=self._dismiss),
            Deed(
                name=tr("Show the card that is out of sight"),
                key="M",
                do=self.guidance.beyond.button.click,
            ),
            Deed(
                name=tr("Start call (microphone)"),
                key="Ctrl+N",
                do=lambda: self._start(StartMicrophoneCall()),
            ),
            Deed(name=tr("What is recorded about me"), key="", do=self._show_recorded),
            *(self._mode_deed(mode) for mode in GuidanceMode),
            *(self._copy_deed(number) for number in range(1, PLACES + 1)),
            *(self._play_deed(number) for number in (1, 2, 3)),
        )

    def _mode_deed(self, mode: GuidanceMode) -> Deed:
        return Deed(
            name=tr("Guidance: {mode}", mode=mode_name(mode)),
            key="",
            do=lambda: self._actions.choose_mode(mode),
        )

    def _copy_deed(self, number: int) -> Deed:
        return Deed(
            name=tr("Copy what was named: {number}", number=number),
            key=str(number),
            do=lambda: self.conversation.entities.copy(number),
        )

    def _play_deed(self, number: int) -> Deed:
        return Deed(
            name=tr("Play demo call {number}", number=number),
            key=f"Ctrl+{number}",
            do=lambda: self._start(StartDemoCall(number=number)),
        )

    def _start(self, request: StartRequest) -> None:
        if self._model.state is not None or not can_start(self._model):
            return
        is_heard = isinstance(request, StartMicrophoneCall)
        if is_heard and hears_badly(self._model) and not self._is_warned:
            self.demo_model.ask()
        else:
            self.start_requested.emit(request)

    def _start_warned(self) -> None:
        self._is_warned = True
        self._start(StartMicrophoneCall())

    def _show(self, changes: Changed) -> None:
        model = self._model
        if changes & (Changed.HEADER | Changed.MOOD):
            self.call_bar.show_model(model)
        caller_number = model.live_words.caller_number
        known = model.state_with_record
        self.customer.show_changes(known, changes, caller_number=caller_number)
        self.conversation.show_model(model, changes)
        if changes & Changed.CARDS:
            self.guidance.show_call(model.live_words.with_results(model.state))
            self.guidance.move_to(model.audio_ms)
            self.conversation.list.underline(self._quotes())
        if changes & (Changed.WHISPERS | Changed.LATENCY | Changed.TALK):
            self.foot.show_model(model)
        if changes & (Changed.STATUS | Changed.HEADER):
            self.guidance.mode.show_mode(model.guidance_mode)
            self._show_notice()
        if changes & Changed.ACTION:
            self._show_action()
        if changes & Changed.KNOWLEDGE:
            self._show_knowledge()
        if changes & Changed.WRAP_UP:
            self._show_wrap_up()

    @Slot()
    def _tick(self) -> None:
        self.call_bar.tick(self._model)
        self.guidance.move_to(self._model.audio_ms)

    def _show_action(self) -> None:
        if self._model.previewed is not None:
            self.action.show_preview(self._model.previewed)
        else:
            self.action.hide()

    def _show_recorded(self) -> None:
        self.recorded.show_call(self._model.state, self._model.voice.metrics())

    def _show_wrapped(self, utterance_id: UtteranceId) -> None:
        """Show a moment of the call; F10 brings the wrap-up back as it was left."""
        self.wrap_up.hide()
        self.conversation.list.show_place(utterance_id)

    def _show_notice(self) -> None:
        notice = notice_of(self._model)
        is_on_start_page = self._model.state is None and not can_start(self._model)
        self.notice.show_notice(None if is_on_start_page else notice)

    def _show_knowledge(self) -> None:
        if self._model.found is not None:
            self.search.show_found(self._model.found)
        if self._model.article is not None:
            self.search.hide()
            self.article.show_article(self._model.article)

    def _show_wrap_up(self) -> None:
        state = self._model.state
        if state is not None and state.phase is Phase.RELEASED:
            if not self.wrap_up.isVisible():
                self._leave_sheets()
            self.wrap_up.show_call(state)
            return
        self.wrap_up.hide()
        if state is not None and state.phase is Phase.COMPLETED:
            QTimer.singleShot(0, self._put_away)

    def _put_away(self) -> None:
        state = self._model.state
        if state is not None and state.phase is Phase.COMPLETED:
            self._model.leave_call()

    def _quotes(self) -> dict[UtteranceId, tuple[str, ...]]:
        quotes: dict[UtteranceId, tuple[str, ...]] = {}
        shown = (self.guidance.guidance.primary, *self.guidance.guidance.quiet)
        for card in shown:
            for evidence in card.suggestion.evidence if card else ():
                if evidence.utterance_id:
                    said = quotes.get(evidence.utterance_id, ())
                    quotes[evidence.utterance_id] = (*said, evidence.quote)
        return quotes

    def _pause(self) -> None:
        state = self._model.state
        if state is not None and state.phase is Phase.PAUSED:
            self._actions.go_on()
        else:
            self._actions.pause()

    def _wrap_up(self) -> None:
        state = self._model.state
        if state is not None and state.is_live:
            self._actions.release()
        else:
            self._show_wrap_up()

    def _complete(self, wrap_up: WrapUp) -> None:
        self._actions.complete(wrap_up)

    def _search(self, query: str) -> None:
        self._last_query = query
        self._actions.search(query)
        self.setFocus()  # letters are for the cards again

    def _report_gap(self) -> None:
        self._actions.note(tr("Not in the knowledge base: {query}", query=self._last_query))
        self.search.close_sheet()

    def _open(self, suggestion: Suggestion) -> None:
        if suggestion.article is not None:
            self._actions.read(suggestion.article.article_id)

    def _show_why(self, suggestion: Suggestion) -> None:
        places = [e.utterance_id for e in suggestion.evidence if e.utterance_id]
        if places:
            self.conversation.list.show_place(places[-1])

    def _dismiss(self) -> None:
        card = self.guidance.guidance.in_focus
        if card is not None:
            self._actions.dismiss(card.suggestion.suggestion_id)

    def _sheets(self) -> tuple[Overlay, ...]:
        return (
            self.palette_sheet,
            self.demo_model,
            self.action,
            self.article,
            self.search,
            self.recorded,
            self.wrap_up,
        )

    def _leave_sheets(self) -> None:
        """What is asked for now comes in place of what was read."""
        for sheet in (self.palette_sheet, self.action, self.article, self.search, self.recorded):
            sheet.close_sheet()

    def _rest_others(self) -> None:
        """Below a sheet no key may reach the cards: Return would use one."""
        is_free = not any(sheet.isVisible() for sheet in self._sheets())
        parts = (self.guidance, self.conversation.start_page, self.conversation.entities)
        for part in parts:
            part.setEnabled(is_free)

    def _escape(self) -> None:
        for sheet in self._sheets():
            if sheet.isVisible():
                sheet.close_sheet()
                return
        self._dismiss()
