"""Finding needs, on both databases alike."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from briefings.db import db
from briefings.needs import finding, search_index
from briefings.needs.finding import Search
from briefings.needs.models import NeedState, NeedStatus, Region
from briefings.needs.ways_on import ways_on
from tests.builders import BEFORE, a_need, a_theme, an_audience, an_organization, saved

pytestmark = pytest.mark.each_database

LATER = datetime(2026, 11, 20, tzinfo=UTC)


def found(**search):
    """The titles a public search finds, in order."""
    return [need.title for need in finding.public_needs(Search(**search)).items]


def test_partial_words_and_other_spacing_find_the_need(app):
    a_need(title="해양 폐기물 재활용", offers="하루 수거량 일 100kg", beneficiaries="섬 주민")
    a_need(title="휠체어 나눔", summary="", offers="수리 기술", seeks="안 쓰는 휠체어")
    for words in (
        "해양폐기물",
        "해양 폐기물",
        "폐기",
        "양폐",
        "폐기물 해양",
        "재활용",
        "해양  재활용",
        "일 100kg",
        "100KG",
        "섬주민",
    ):
        assert found(q=words) == ["해양 폐기물 재활용"], words


def test_the_name_of_the_organization_is_searched_too(app):
    a_need(title="하나", organization=an_organization("누리 해양 공단"))
    assert found(q="누리해양") == ["하나"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "/", "'", '"', "…"])
def test_signs_count_as_little_as_spaces_and_alone_find_nothing(app, words):
    a_need(title=f"둘 {words} 셋")
    assert found(q=words) == []
    assert found(q=f"둘{words}셋") == found(q="둘셋") == found(q=f"셋 {words} 둘") == [f"둘 {words} 셋"]
    assert found(q=f"셋{words}둘") == []


def test_single_letters_and_other_scripts_are_found(app):
    a_need(title="먼 섬", summary="5G 통신과 나루", offers="Café", seeks="漁網")
    a_need(title="산", summary="", offers="나무", seeks="물")
    for words in ("섬", "섬 나", "５G", "5g", "café", "漁網"):
        assert found(q=words) == ["먼 섬"], words


def test_first_consonants_find_titles_and_organizations(app):
    a_need(title="해양 폐기물", organization=an_organization("누리공단"))
    a_need(title="섬 주민", offers="해양 폐기물")
    assert found(q="ㅎㅇㅍ") == found(q="ㄴㄹㄱㄷ") == ["해양 폐기물"]
    assert found(q="ㅎㅇ ㅅㅈ") == []


def test_what_was_changed_is_found_by_what_it_says_now(app):
    need = a_need(title="폐어망 되살림", summary="", offers="작업장", seeks="설비")
    need.title = "폐부표 되살림"
    saved(need)
    assert (found(q="어망"), found(q="부표")) == ([], ["폐부표 되살림"])
    need.state = NeedState.CLOSED  # what has no part in the search leaves it as it is
    saved(need)
    assert found(q="부표") == ["폐부표 되살림"]
    db.session.delete(need)
    db.session.commit()
    assert found(q="부표") == []


def test_of_a_new_need_nobody_asks_what_it_said_before(app, count_queries):
    with count_queries() as sent:
        a_need(title="폐어망")  # with an organization that is new, too
    assert not [each for each in sent if each.startswith(("SELECT", "DELETE"))]
    assert found(q="어망") == found(q="가온공단") == found(q="ㄱㅇㄱㄷ") == ["폐어망"]


def test_each_word_must_be_there_but_not_across_two_parts_of_the_text(app):
    a_need(title="바다 청소", summary="모래", offers="배", seeks="사람")
    assert found(q="바다 모래") == ["바다 청소"]
    assert found(q="바다 하늘") == []
    assert found(q="청소모래") == []


def test_filters_narrow_the_list_together(app):
    theme, audience = a_theme(), an_audience()
    a_need(title="둘 다", themes=[a_theme(), theme], audiences=[audience])
    a_need(title="주제만", themes=[theme])
    assert found(theme=theme, audience=audience) == ["둘 다"]
    assert set(found(theme=theme)) == {"둘 다", "주제만"}


def test_a_province_finds_its_own_needs_and_those_for_the_whole_country(app):
    a_need(title="제주", region=Region.JEJU)
    a_need(title="전국", region=Region.NATIONWIDE)
    a_need(title="부산", region=Region.BUSAN)
    assert set(found(region=Region.JEJU)) == {"제주", "전국"}
    assert found(region=Region.NATIONWIDE) == ["전국"]


def test_the_database_and_the_need_agree_on_its_status(app):
    needs = [
        a_need(),
        a_need(consulting_since=BEFORE),
        a_need(state=NeedState.CLOSED),
        a_need(state=NeedState.CLOSED, consulting_since=BEFORE),
        a_need(matched_at=BEFORE, consulting_since=BEFORE),
        a_need(matched_at=BEFORE, state=NeedState.CLOSED),
    ]
    for status in NeedStatus:
        assert set(found(status=status)) == {need.title for need in needs if need.status is status}


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.SUBMITTED, NeedState.RETURNED, NeedState.WITHDRAWN])
def test_what_is_not_published_is_not_public(app, state):
    need = a_need(state=state)
    assert found() == []
    assert finding.public_need(need.id) is None


def test_newest_first_or_by_title(app):
    a_need(title="나", published_at=LATER)
    a_need(title="가", published_at=BEFORE)
    assert found() == ["나", "가"]
    assert found(by_title=True) == ["가", "나"]


def test_a_page_holds_ten_and_says_how_many_there_are(app):
    theme = a_theme()
    for _ in range(11):
        a_need(themes=[theme])
    first, second = (finding.public_needs(Search(page=page)) for page in (1, 2))
    assert (len(first.items), len(second.items), first.total, first.pages) == (10, 1, 11, 2)
    assert finding.public_needs(Search(page=999_999)).items == []


def test_a_list_costs_the_same_for_one_need_and_for_ten(app, count_queries):
    def cost():
        finding.db.session.expunge_all()
        with count_queries() as sent:
            for need in finding.public_needs(Search(q="폐어망")).items:
                assert need.organization.name and need.themes and need.audiences
        return len(sent)

    a_need()
    one = cost()
    for _ in range(9):
        a_need()
    assert cost() == one


def test_staff_see_first_what_has_waited_longest(app):
    a_need(title="게시", state=NeedState.PUBLISHED, changed_at=LATER)
    a_need(title="둘째", state=NeedState.SUBMITTED, submitted_at=LATER)
    a_need(title="첫째", state=NeedState.SUBMITTED, submitted_at=LATER - timedelta(days=1))
    assert [need.title for need in finding.all_needs(Search()).items] == ["첫째", "둘째", "게시"]
    assert [need.title for need in finding.all_needs(Search(state=NeedState.PUBLISHED)).items] == ["게시"]
    counts = finding.counts_by_state()
    assert (counts[NeedState.SUBMITTED], counts[NeedState.PUBLISHED], counts[NeedState.DRAFT]) == (2, 1, 0)


def test_where_nothing_is_found_near_searches_lead_on(app):
    theme = a_theme()
    a_need(title="폐어망 되살림", themes=[theme], region=Region.JEJU)
    a_need(title="휠체어 나눔", summary="", offers="수리", seeks="휠체어")

    def ways(**search):
        assert found(**search) == []
        return [(way.lifted, way.q, way.number) for way in ways_on(Search(**search))]

    assert ways(q="폐어망들의") == [("", "폐어망", 1)]
    assert ways(q="폐어망 휠체어") == [("", "폐어망", 1), ("", "휠체어", 1)]
    assert ways(q="폐어망", region=Region.BUSAN) == [("region", "", 1)]
    assert ways(theme=theme, key=True) == [("key", "", 1)]
    assert ways(q="%") == ways(q="섬나라") == []


def test_a_search_that_finds_very_much_is_counted_to_a_thousand(app, monkeypatch):
    monkeypatch.setattr(finding, "MOST_FOUND", 2)
    theme = a_theme()
    for number in range(4):
        a_need(title=f"폐어망 {number}", themes=[theme])
    page = finding.public_needs(Search(q="폐어망"))
    assert (page.total, page.more, len(page.items)) == (2, True, 3)
    listed = finding.public_needs(Search(theme=theme))
    assert (listed.total, listed.more, len(listed.items)) == (4, False, 4)


@pytest.mark.parametrize("most", [1000, 1])
def test_staff_find_what_waits_before_the_rest_over_all_pages(app, monkeypatch, most):
    monkeypatch.setattr(finding, "STAFF_PER_PAGE", 2)
    monkeypatch.setattr(finding, "MOST_FOUND", most)
    for number in range(3):
        a_need(title=f"제출 {number}", state=NeedState.SUBMITTED, submitted_at=BEFORE + timedelta(days=number))
    for number in range(2):
        a_need(title=f"게시 {number}", changed_at=BEFORE + timedelta(days=number))
    found = [finding.all_needs(Search(page=page)) for page in (1, 2, 3, 4)]
    assert {page.total for page in found} == {5}
    pages = [[need.title for need in page.items] for page in found]
    assert pages == [["제출 0", "제출 1"], ["제출 2", "게시 1"], ["게시 0"], []]


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # which chooses by rules, not by what there is
@pytest.mark.parametrize("analyzed", [False, True])
def test_lists_are_read_from_indexes_alone_and_in_their_order(app, count_queries, analyzed):
    for number in range(30):
        a_need(title=f"과제 {number}")
    db.session.flush()
    db.session.execute(text("ANALYZE" if analyzed else "SELECT 1"))
    with count_queries() as sent:
        for search in (Search(), Search(by_title=True), Search(status=NeedStatus.OPEN), Search(region=Region.JEJU)):
            finding.public_needs(search)
        for state in (None, NeedState.SUBMITTED, NeedState.PUBLISHED):
            finding.all_needs(Search(state=state))
        finding.counts_by_state()
    lists = [statement for statement in sent if statement.startswith(("SELECT needs.id \n", "SELECT count"))]
    assert len(lists) == 9
    for statement in lists:
        explained = db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", ("",) * statement.count("?")
        )
        plan = [row.detail for row in explained if not row.detail.startswith("SCALAR SUBQUERY")]
        assert plan and all("USING COVERING INDEX" in step for step in plan), (statement, plan)


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # which asks in the order it is told
def test_of_many_needs_a_list_asks_first_what_its_index_says_and_then_for_words(app, count_queries, monkeypatch):
    monkeypatch.setattr(search_index, "FEW", 0)
    a_need(title="폐어망")
    with count_queries() as sent:
        finding.all_needs(Search(q="폐어망"))
    lists = [statement for statement in sent if statement.startswith("SELECT needs.id \n")]
    assert len(lists) == 2 and all(each.index("needs.state") < each.index("MATCH") for each in lists)


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # which knows how many rows there are
def test_needs_of_the_most_frequent_state_are_counted_without_a_look_at_each(app, count_queries):
    for state in NeedState:
        a_need(state=state)
    with count_queries() as sent:
        assert set(finding.counts_by_state().values()) == {1}
    assert sent[-1].count("needs.state = ?") == len(NeedState) - 1 and sent[-1].endswith("needs.state != ?")
