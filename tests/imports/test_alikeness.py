"""How alike titles are, and that looking up only their rarest pairs of letters misses none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.imports.alikeness import ALIKE, ALIKE_ANYWHERE, Titles, alikeness, pairs_of

WORDS = st.sampled_from(("폐어망", "되살림", "공정을", "공정", "함께", "만들기", "섬", "이동 진료", "드론", "A1"))
TITLES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("폐어망 되살림 공정 함께 만들기", "폐어망되살림 공정을 함께 만들기!", True),
        ("섬마을 이동 진료 돕기", "섬마을 이동진료 도우미", True),
        ("섬마을 이동 진료 돕기", "어르신 반찬 배달 잇기", False),
        ("드론으로 산불 살피기", "드론으로 산불 끄기", True),
        ("가", "가", True),
        ("", "", False),
    ],
)
def test_what_people_would_call_alike(one, other, alike):
    assert (alikeness(pairs_of(one), pairs_of(other)) >= ALIKE) is alike


@given(st.lists(TITLES, max_size=12), TITLES, st.sampled_from((ALIKE, ALIKE_ANYWHERE)))
def test_nothing_alike_is_missed(titles, title, least):
    pairs = pairs_of(title)
    shares = {number: alikeness(pairs_of(other), pairs) for number, other in enumerate(titles)}
    expected = {number: share for number, share in shares.items() if share >= least}
    assert dict(Titles(enumerate(titles), least).alike(pairs)) == expected
