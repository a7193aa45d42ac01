"""How texts are cut into terms, and how a release's words are found, also those misheard."""

import sqlite3

from knowledge_base.text_index import (
    TextIndex,
    WordsRow,
    add_words,
    create_text_index,
    match_any,
    remove_words,
)
from knowledge_base.words import index_terms, search_terms, sound_of


def row(position: int, text: str, *, locale: str = "en-US", title: str = "") -> WordsRow:
    return WordsRow(
        position=position, locale=locale, title=title, questions="", heading="", text=text
    )


def index(*rows: WordsRow) -> TextIndex:
    connection = sqlite3.connect(":memory:")
    create_text_index(connection)
    add_words(connection, rows)
    return TextIndex(connection, passages=len(rows))


FILLING = tuple(row(at, f"filling number {at} about nothing") for at in range(10, 20))


def test_common_words_are_not_looked_up_unless_there_are_no_others() -> None:
    assert list(search_terms("where is my parcel and the other parcel", "en")) == [
        "parcel",
        "other",
    ]
    assert list(search_terms("who are you", "en")) == ["who", "are", "you"]


def test_endings_go_by_the_language() -> None:
    assert index_terms("Deliveries were delayed", "en-US")[0] == "deliveri"
    assert index_terms("Lieferungen", "de-DE") == ["liefer"]
    assert index_terms("Lieferungen", "xx") == ["lieferungen"]


def test_chinese_is_cut_into_pairs() -> None:
    assert index_terms("我的包裹", "zh-CN") == ["我的", "的包", "包裹"]
    found = index(row(0, "包裹没有到达怎么办", locale="zh-CN"), *FILLING)
    assert 0 in found.find("包裹丢了", locale="zh-CN", limit=5).exact


def test_operators_are_words() -> None:
    assert match_any(search_terms('card NEAR "fee" AND -x* (y)', "en")) == (
        '"card" OR "near" OR "fee" OR "x" OR "y"'
    )


def test_a_word_that_the_release_lacks_is_taken_for_one_that_sounds_alike() -> None:
    found = index(row(0, "restart the router"), row(1, "block the card"), *FILLING)
    assert sound_of("rooter") == sound_of("router")
    heard = found.find("the rooter is broken", locale="en", limit=5)
    assert heard.exact == {}
    assert list(heard.alike) == [0]
    # The word itself is known: nothing else is taken for it.
    assert found.find("the router is broken", locale="en", limit=5).alike == {}


def test_a_word_that_may_be_another_counts_for_what_sounds_like_it() -> None:
    found = index(row(0, "the route is short"), row(1, "restart the router"), *FILLING)
    sure = found.find("route broken", locale="en", limit=5)
    assert (list(sure.exact), sure.alike) == ([0], {})
    unsure = found.find("route broken", locale="en", limit=5, uncertain=frozenset({"route"}))
    assert unsure.exact == {}
    assert list(unsure.alike) == [0]


def test_a_name_that_recognition_splits_is_joined() -> None:
    found = index(row(0, "the fritzbox manual"), *FILLING)
    assert list(found.find("my fritz box is red", locale="en", limit=5).alike) == [0]


def test_the_rarer_word_weighs_more_and_an_unknown_one_counts_against_all() -> None:
    found = index(row(0, "fee"), row(1, "filling"), *FILLING)
    one = found.find("fee", locale="en", limit=5).exact[0]
    with_unknown = found.find("fee zebra", locale="en", limit=5).exact[0]
    assert with_unknown < one <= 1
    assert found.find("fee filling", locale="en", limit=20).exact[0] > 0


def test_what_is_taken_out_is_not_found() -> None:
    connection = sqlite3.connect(":memory:")
    create_text_index(connection)
    rows = [row(0, "restart the router"), *FILLING]
    add_words(connection, rows)
    remove_words(connection, rows[:1])
    assert TextIndex(connection, passages=10).find("router", locale="en", limit=5).exact == {}


def test_a_draft_is_weighed_like_a_passage_of_the_release() -> None:
    rows = [row(0, "restart the router", title="Red light"), *FILLING]
    found = index(*rows)
    share = found.share_of(rows[0], "red light on the router", locale="en")
    assert abs(share - found.find("red light on the router", locale="en", limit=5).exact[0]) < 0.2
    assert found.share_of(row(5, "nothing"), "router", locale="en") == 0


def test_accents_make_no_difference() -> None:
    assert index_terms("Réseaux", "fr-FR") == index_terms("reseaux", "fr-FR") == ["reseau"]
    assert index_terms("한국", "ko-KR") == ["한국"]
    found = index(row(0, "le réseau est lent", locale="fr-FR"), *FILLING)
    for asked in ("mon réseau", "mon reseau"):
        assert list(found.find(asked, locale="fr-FR", limit=5).exact) == [0]
