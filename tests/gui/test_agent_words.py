"""What the agent view says: guidance places, customer, mood, passages, wrap-up, notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.view_models.customer_model import customer_pop, pinned, reason_line, time_ago
from agent_desktop.view_models.guidance_model import Guidance, arrange
from agent_desktop.view_models.mood_model import Feeling, mood_of
from agent_desktop.view_models.passage import excerpt, plain
from agent_desktop.view_models.status_model import can_start, latency_line, notice_of
from agent_desktop.view_models.wrap_up_model import FollowUpEdit, edited, section_texts
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.answers import EngineStatus, Refused
from assist_engine.contract.events import Event
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.values import FollowUp, Span
from tests.gui import agent_sample as sample


def state_after(made: list[Event]) -> CallState:
    return fold(sample.recorded(made), CallState(call_id=sample.CALL))


def article(name: str) -> events.SuggestionMade:
    suggestion = replace(sample.ARTICLE, suggestion_id=SuggestionId(name), topic=name)
    return events.SuggestionMade(suggestion=suggestion)


def places(guidance: Guidance) -> list[str | None]:
    return [card.suggestion.suggestion_id if card else None for card in guidance.quiet]


class TestGuidance:
    def test_articles_keep_their_place(self) -> None:
        made: list[Event] = [*sample.offered(), article("a"), article("b")]
        before = arrange(Guidance(), state_after(made))
        assert places(before) == ["a", "b", None]
        made += [events.SuggestionDismissed(suggestion_id=SuggestionId("a"))]
        without = arrange(before, state_after(made))
        assert places(without) == [None, "b", None]
        made += [article("c")]
        after = arrange(without, state_after(made))
        assert places(after) == [None, "b", "c"]
        made += [article("d")]
        assert places(arrange(after, state_after(made))) == ["d", "b", "c"]

    def test_a_fourth_article_takes_the_oldest_place(self) -> None:
        made: list[Event] = [*sample.offered(), article("a"), article("b"), article("c")]
        before = arrange(Guidance(), state_after(made))
        after = arrange(before, state_after([*made, article("d")]))
        assert places(after) == ["d", "b", "c"]
        assert after.newest_quiet is not None

    def test_one_action_is_primary_until_it_is_used(self) -> None:
        made = [*sample.offered(), *sample.cards()]
        guidance = arrange(Guidance(), state_after(made))
        assert guidance.primary is not None
        assert guidance.in_focus == guidance.primary
        sid = sample.ACTION.suggestion_id
        used = arrange(guidance, state_after([*made, events.SuggestionUsed(suggestion_id=sid)]))
        assert used.primary is not None
        assert used.in_focus == used.newest_quiet
        gone = state_after([*made, events.SuggestionDismissed(suggestion_id=sid)])
        assert arrange(guidance, gone).primary is None

    def test_no_call_is_no_card(self) -> None:
        assert arrange(Guidance(), None) == Guidance()


class TestCustomer:
    def test_the_pop_says_who_calls(self) -> None:
        pop = customer_pop(state_after(sample.offered()))
        assert (pop.name, pop.initials, pop.line) == (
            "Ana Ruiz",
            "AR",
            "customer since 2019 · Gold",
        )
        assert [row.when for row in pop.timeline] == ["2 h", "1 d", "6 d", "13 d", "21 d", "3 mo"]
        assert [row.feeling for row in pop.timeline[:3]] == [
            Feeling.BAD,
            Feeling.EVEN,
            Feeling.CARE,
        ]
        assert pop.do_not_ask == "order number, e-mail"

    def test_an_unknown_caller_still_has_a_number(self) -> None:
        pop = customer_pop(state_after(sample.offered()[:1]))
        assert pop.name == "Unknown caller"
        assert [fact.text for fact in pop.facts] == ["+1 555 0142"]

    def test_open_references_and_notes_are_pinned(self) -> None:
        state = state_after([*sample.offered(), events.NoteTaken(text="wants friday")])
        assert pinned(state) == ("order 8841", "wants friday")

    def test_a_prediction_says_why(self) -> None:
        assert reason_line(sample.REASON) == "likely · asked the bot for its status 2 h ago"

    @given(st.integers(0, 10**12))
    def test_time_ago_never_grows_a_zero(self, passed: int) -> None:
        assert not time_ago(0, now_ms=passed).startswith("0")


@pytest.mark.parametrize(
    ("values", "word", "feeling"),
    [
        ([], "not clear yet", Feeling.EVEN),
        ([0.05], "even", Feeling.EVEN),
        ([-0.4], "falling", Feeling.BAD),
        ([-0.4, -0.45], "low", Feeling.BAD),
        ([-0.6, -0.2], "recovering", Feeling.CARE),
        ([0.1, 0.4], "good", Feeling.GOOD),
        ([0.4, 0.45], "good", Feeling.GOOD),
    ],
)
def test_moods_have_words(values: list[float], word: str, feeling: Feeling) -> None:
    mood = mood_of(tuple(enumerate(values)))
    assert (mood.word, mood.feeling) == (word, feeling)


class TestPassage:
    @given(
        body=st.text(alphabet="ab c.", min_size=1, max_size=900),
        place=st.tuples(st.integers(0, 900), st.integers(0, 900)),
    )
    def test_the_answer_is_always_whole(self, body: str, place: tuple[int, int]) -> None:
        start, end = sorted(min(p, len(body)) for p in place)
        cut = excerpt(body, Span(start, end))
        assert cut.answer == body[start:end]
        assert len(cut.before) + len(cut.after) <= 360 + len(" …") * 2

    def test_a_short_passage_is_not_cut(self) -> None:
        cut = excerpt(sample.BODY, sample.ARTICLE.answer)
        assert f"{cut.before}{cut.answer}{cut.after}" == sample.BODY

    def test_without_an_answer_the_beginning_stands(self) -> None:
        cut = excerpt("word " * 200, None, limit=40)
        assert cut.before.endswith(" …")
        assert len(cut.before) <= 42

    @pytest.mark.parametrize(
        ("markdown", "text"),
        [("# A\nb", "# A\nb"), ("---\ntitle: A\n---\n\n# A\n", "# A\n"), ("---\nx", "")],
    )
    def test_front_matter_is_left_out(self, markdown: str, text: str) -> None:
        assert plain(markdown) == text


class TestWrapUp:
    def test_an_accepted_draft_is_the_draft(self) -> None:
        draft = sample.DRAFT
        follow_ups = [
            FollowUpEdit(text="Confirm the delivery by e-mail · by friday"),
            FollowUpEdit(text=""),
        ]
        same = edited(
            draft,
            sections=section_texts(draft),
            disposition=draft.disposition,
            outcome=draft.outcome,
            follow_ups=follow_ups,
            note="",
        )
        assert same == draft

    def test_what_is_changed_is_certain_and_without_evidence(self) -> None:
        changed = edited(
            sample.DRAFT,
            sections={"reason": "she asked twice\n\n", "done": ""},
            disposition="refund",
            outcome=" solved ",
            follow_ups=[FollowUpEdit(text="call back", due_on="2026-11-28")],
            note=" note ",
        )
        assert [line.text for line in changed.lines] == ["she asked twice"]
        assert changed.lines[0].evidence is None
        assert (changed.disposition, changed.disposition_probability) == ("refund", 1.0)
        assert (changed.outcome, changed.note) == ("solved", "note")
        assert changed.follow_ups == (FollowUp(text="call back", due_on="2026-11-28"),)


class TestNotices:
    def model(self) -> CallModel:
        model = CallModel()
        model.set_link(LinkPhase.CONNECTED)
        model.apply([sample.READY])
        return model

    def test_all_well_is_silent(self) -> None:
        assert notice_of(self.model()) is None
        assert can_start(self.model())

    @pytest.mark.parametrize(
        ("phase", "word"),
        [
            (LinkPhase.CONNECTING, "Connecting"),
            (LinkPhase.RECONNECTING, "connecting again"),
            (LinkPhase.CLOSED, "No connection"),
        ],
    )
    def test_a_link_that_is_not_there_is_told(self, phase: LinkPhase, word: str) -> None:
        model = self.model()
        model.set_link(phase)
        notice = notice_of(model)
        assert notice is not None
        assert word in notice.heading
        assert notice.text
        assert not can_start(model)

    def test_loading_shows_how_far(self) -> None:
        model = self.model()
        model.apply([EngineStatus(is_ready=False, stage="loading the model", progress=0.4)])
        notice = notice_of(model)
        assert notice is not None
        assert (notice.text, notice.progress) == ("loading the model", 0.4)
        assert not can_start(model)

    def test_refusals_failures_pause_and_silence_are_told(self) -> None:
        model = self.model()
        model.apply([Refused(ref=1, code="x.y", message="a note has at least one word")])
        assert (said := notice_of(model)) is not None
        assert said.text == "a note has at least one word"
        model = self.model()
        model.set_capture_problem("no microphone found: plug one in")
        assert (said := notice_of(model)) is not None
        assert "plug one in" in said.text
        model = self.model()
        model.apply(sample.recorded([*sample.offered(), events.CallPaused()]))
        assert (said := notice_of(model)) is not None
        assert "F8" in said.text
        model = self.model()
        failed = events.StageFailed(stage="sentiment", code="x", message="no head")
        model.apply(sample.recorded([*sample.offered(), failed]))
        assert (said := notice_of(model)) is not None
        assert "sentiment" in said.heading

    def test_a_demo_model_says_how_to_get_a_real_one(self) -> None:
        model = self.model()
        model.apply([replace(sample.READY, is_demo_speech_model=True)])
        notice = notice_of(model)
        assert notice is not None
        assert "attune-engine models install" in notice.text
        assert can_start(model)

    def test_the_latency_line_has_units(self) -> None:
        model = self.model()
        model.apply(sample.recorded(sample.offered() + sample.talk() + sample.cards()))
        model.audio_sent(252_210)
        model.apply([sample.partial()])
        assert latency_line(model) == (
            "hearing you: 210 ms · card: 0.3 s before they stopped · all on this computer"
        )
        model.set_link(LinkPhase.CONNECTED, is_engine_here=False)
        assert latency_line(model).endswith("engine: server")
