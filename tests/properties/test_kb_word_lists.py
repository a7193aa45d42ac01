"""Lists of words score as FTS5 does, whatever was added and taken out."""

import math
import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from knowledge_base.text_index import (
    WordsRow,
    add_words,
    create_text_index,
    remove_words,
    score_with_fts5,
)
from knowledge_base.word_lists import WordLists, best_of

WORDS = ("parcel", "card", "router", "réseau", "gebühr", "包裹", "fee", "it's", "late", "red")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
ROWS = st.lists(
    st.builds(
        WordsRow,
        position=st.just(0),
        locale=st.sampled_from(["en", "fr", "de", "zh", ""]),
        title=TEXTS,
        questions=TEXTS,
        heading=TEXTS,
        text=TEXTS,
    ),
    min_size=1,
    max_size=6,
)


@given(st.data(), ROWS)
def test_lists_score_as_fts5(data: st.DataObject, drawn: list[WordsRow]) -> None:
    rows = [replace(row, position=at) for at, row in enumerate(drawn)]
    gone = data.draw(st.lists(st.sampled_from(rows), unique_by=lambda row: row.position))
    cut = data.draw(st.integers(0, len(rows)))
    connection = sqlite3.connect(":memory:")
    create_text_index(connection)
    for added in (rows[:cut], rows[cut:]):
        add_words(connection, added)
    remove_words(connection, gone)
    passages = len(rows) - len(gone)
    weights = {
        term: max(1e-6, math.log((passages - having + 0.5) / (having + 0.5)))
        for term, having in connection.execute("SELECT term, doc FROM word_counts")
    }
    if weights:
        asked = data.draw(st.lists(st.sampled_from(sorted(weights)), min_size=1, unique=True))
        ours = WordLists(connection).scores({term: weights[term] for term in asked})
        theirs = score_with_fts5(connection, asked, limit=99)
        assert best_of(ours, limit=99) == pytest.approx(theirs, rel=1e-4)
    connection.close()


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), max_size=30), st.integers(1, 10))
def test_the_best_are_those_of_a_sort(scores: list[float], limit: int) -> None:
    found = best_of(np.array(scores, np.float32), limit=limit)
    order = sorted((at for at in range(len(scores)) if scores[at]), key=lambda at: -scores[at])
    assert list(found) == order[:limit]
