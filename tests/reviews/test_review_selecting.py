"""The ranked list, exactly counted; the few chosen from it; and what of that is told to whom."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.history import steps_of
from briefings.needs.models import NeedState
from briefings.needs.review_models import Criterion, Outcome, ReviewState
from briefings.organizations.models import Membership
from briefings.outbox.mail import Dropped
from briefings.reviews import ranking, selecting
from briefings.reviews.ranking import ranking_of, rounded, score_of
from tests.builders import a_need, a_review, a_round, a_user, an_expert, an_organization, an_owner, criteria_for, saved
from tests.mails import links_in, mails_to


@pytest.fixture
def officer(app):
    return a_user(name="김하늘")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(200, 3), "66.7"), (Fraction(5, 100), "0.1"), (Fraction(-25, 100), "-0.3"), (Fraction(-1, 100), "0.0")],
)
def test_numbers_are_rounded_only_where_they_are_shown(value, shown):
    assert str(rounded(value)) == shown


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 5)), min_size=1, max_size=6))
def test_a_score_is_the_weighted_mean_of_the_points(pairs):
    criteria = [Criterion(id=number, weight=weight) for number, (weight, _) in enumerate(pairs)]
    score = score_of(criteria, {number: points for number, (_, points) in enumerate(pairs)})
    assert score == sum(Fraction(20 * w * p, sum(w for w, _ in pairs)) for w, p in pairs)
    assert 0 <= score <= 100
    assert score_of(criteria, {}) is None


def test_the_list_ranks_exactly_and_shows_what_lies_apart(app, officer):
    round = a_round()
    first, second = criteria_for(round, 60, 40)
    kind, strict, odd = an_expert(name="가은"), an_expert(name="나래"), an_expert(name="다온")
    best, middle, equal, missing, _ = (a_need(round=round, title=name) for name in "ABCDE")
    a_need(round=round, state=NeedState.WITHDRAWN)
    a_review(best, kind, {first: 5, second: 5})
    a_review(best, strict, {first: 5, second: 2})
    a_review(middle, kind, {first: 4, second: 2})
    a_review(middle, strict, {first: 2, second: 4}, state=ReviewState.RECUSED, submitted_at=None, recusal_reason="…")
    a_review(equal, odd, {first: 2, second: 5})
    a_review(missing, odd, {first: 5}, state=ReviewState.ASSIGNED, submitted_at=None)
    found = ranking_of(round.id)
    shown = [(row.title, row.rank, row.tied, row.mean, row.deviation) for row in found.rows]
    assert shown == [
        ("A", 1, False, Fraction(88), Decimal("17.0")),
        ("B", 2, True, Fraction(64), None),
        ("C", 2, True, Fraction(64), None),
        ("D", None, False, None, None),
        ("E", None, False, None, None),
    ]
    assert (found.rows[0].disputed, found.rows[0].spread, found.rows[1].recused) == (["기준 2"], 24, 1)
    assert [row.title for row in sorted(found.rows, key=ranking.ORDERS["missing"])] == ["D", "E", "B", "C", "A"]
    leaning = {each.user.name: (each.mean, each.lean, each.compared, each.begun) for each in found.reviewers}
    assert leaning == {
        "가은": (Fraction(82), Fraction(24), 1, 0),
        "나래": (Fraction(76), Fraction(-24), 1, 0),
        "다온": (Fraction(64), None, 0, 1),
    }
    saved(Membership(user_id=kind.id, organization_id=best.organization_id))
    near = ranking_of(round.id).row(best.id)
    assert [sheet.conflict for sheet in near.sheets] == [True, False]
    assert [sheet.points for sheet in near.sheets] == [{first.id: 5, second.id: 5}, {first.id: 5, second.id: 2}]
    assert (near.scores, near.mean, near.disputed) == ([Fraction(76)], Fraction(76), [])


def test_the_list_asks_as_often_for_many_needs_as_for_few(app, client, officer, count_queries):
    round = a_round()
    criteria, experts = criteria_for(round, 1, 1), [an_expert() for _ in range(3)]
    client.sign_in(officer)
    asked = []
    for _ in range(2):
        for _ in range(3):
            need = a_need(round=round)
            for expert in experts:
                a_review(need, expert, dict.fromkeys(criteria, 3))
        with count_queries() as sent:
            client.get(f"/staff/rounds/{round.id}/reviews/ranking")
        with count_queries() as of_index:
            client.get(f"/staff/rounds/{round.id}/reviews")
        asked.append((len(sent), len(of_index)))
    assert asked[0] == asked[1]
    assert max(asked[0]) <= 20


def decide(round, needs, outcome, reason, by, now):
    with unit_of_work():
        return selecting.decide(round, needs, outcome, reason, seen=selecting.version_of(needs), by=by, now=now)


def tell(round, by, now):
    with unit_of_work():
        agreed = selecting.agreed_version(selecting.drafts(round.id))
        return selecting.tell(round, agreed=agreed, by=by, now=now)


def test_decisions_are_drafts_until_told_then_the_selected_are_key_needs_for_everyone(app, client, officer, now):
    round = a_round(name="2027년 상반기 수요조사")
    owner = an_owner(email="owner@example.kr")
    common = {"round": round, "created_by": owner, "contact_email": owner.email}
    chosen = a_need(**common, state=NeedState.SUBMITTED, published_at=None, title="고른 과제")
    reserve, other = a_need(**common, title="예비 과제"), a_need(**common, title="나머지 과제")
    gone = a_need(**common, title="철회한 과제")
    with pytest.raises(Refused, match="까닭을"):
        decide(round, [chosen], Outcome.SELECTED, " ", officer, now)
    assert decide(round, [chosen], Outcome.SELECTED, "주고받을 것이 뚜렷합니다.", officer, now) == 1
    assert decide(round, [chosen], Outcome.SELECTED, "주고받을 것이 뚜렷합니다.", officer, now) == 0
    decide(round, [reserve], Outcome.RESERVE, "시기를 더 봅니다.", officer, now)
    with pytest.raises(Refused, match="그 사이 다른 사람이"):
        selecting.decide(round, [reserve], Outcome.SELECTED, "x", seen="earlier", by=officer, now=now)
    db.session.rollback()
    assert decide(round, selecting.undecided(round.id), Outcome.NOT_SELECTED, "자리가 적습니다.", officer, now) == 2
    gone.state = NeedState.WITHDRAWN
    db.session.commit()
    assert steps_of(chosen) == []
    assert mails_to(app, owner.email) == []
    assert "주요 과제" not in client.get("/needs?key=1").text.partition("<main")[2].partition("card-list")[2]
    told = tell(round, officer, now)
    assert told == {Outcome.SELECTED: 1, Outcome.RESERVE: 1, Outcome.NOT_SELECTED: 1}
    assert (chosen.state, chosen.published_at, chosen.key_since, other.key_since) == (
        NeedState.PUBLISHED,
        now,
        now,
        None,
    )
    selected, second, third = mails_to(app, owner.email)
    assert selected.subject == "[협업이음] 주요 과제로 선정되었습니다: 고른 과제"
    assert "주고받을 것이 뚜렷합니다." in selected.text
    assert links_in(selected) == [f"/needs/{chosen.id}"]
    assert "시기를 더 봅니다." in second.text
    assert "계속 참여 답글을 받고" in third.text
    assert "알려 드린 결과" not in selected.text + second.text + third.text
    assert [step.what for step in steps_of(chosen)] == ["주요 과제로 선정했다고 알림", "게시"]
    with pytest.raises(Refused, match="알릴 과제가 모두"):
        tell(round, officer, now)
    assert [row.selection.need_id for row in selecting.drafts(round.id)] == [gone.id]
    page = client.get("/needs?key=1").text
    assert "고른 과제" in page
    assert "예비 과제" not in page
    assert "주요 과제" in client.get(f"/needs/{chosen.id}").text


def test_what_was_told_is_changed_with_a_reason_and_told_again(app, officer, now):
    round, owner = a_round(), an_owner(email="owner@example.kr")
    need = a_need(round=round, created_by=owner, contact_email=owner.email)
    decide(round, [need], Outcome.SELECTED, "좋습니다.", officer, now)
    with unit_of_work():
        selecting.undecide(round, need, officer, now)
    decide(round, [need], Outcome.SELECTED, "좋습니다.", officer, now)
    tell(round, officer, now)
    with pytest.raises(Refused, match="없던 일로 할 수 없습니다"), unit_of_work():
        selecting.undecide(round, need, officer, now)
    later = now + timedelta(days=1)
    decide(round, [need], Outcome.RESERVE, "예산이 줄었습니다.", officer, later)
    assert need.key_since == now
    [draft] = selecting.drafts(round.id)
    assert draft.before is Outcome.SELECTED
    tell(round, officer, later)
    assert need.key_since is None
    first, second = mails_to(app, owner.email)
    assert isinstance(first, Dropped)
    assert "앞서 알려 드린 결과(‘선정’)가 바뀌었습니다." in second.text
    reasons = [(e.action, e.detail.get("outcome"), e.detail.get("was")) for e in history_of(need)]
    assert reasons[-2:] == [("need.decided", "reserve", "selected"), ("need.decision_told", "reserve", None)]


def test_what_was_decided_is_not_sent_to_an_account_that_left_meanwhile(app, officer, now):
    round, organization = a_round(), an_organization()
    author = an_owner(organization, email="author@example.kr")
    need = a_need(round=round, organization=organization, created_by=author, contact_email="contact@example.kr")
    decide(round, [need], Outcome.RESERVE, "시기를 더 봅니다.", officer, now)
    tell(round, officer, now)
    assert "시기를 더 봅니다." in mails_to(app, author.email)[0].text
    author.active = False
    saved(author)
    assert isinstance(mails_to(app, author.email)[0], Dropped)
    assert "시기를 더 봅니다." in mails_to(app, "contact@example.kr")[0].text


@pytest.mark.parametrize("state", [NeedState.RETURNED, NeedState.WITHDRAWN, NeedState.CLOSED])
def test_a_key_need_is_one_that_everyone_may_read(app, officer, now, state):
    round = a_round()
    need = a_need(round=round)
    decide(round, [need], Outcome.SELECTED, "좋습니다.", officer, now)
    need.state = state
    db.session.commit()
    with pytest.raises(Refused, match="선정 결과를 알릴 수 없습니다"):
        tell(round, officer, now)
    with pytest.raises(Refused, match="선정할 수 없습니다"):
        decide(round, [need], Outcome.SELECTED, "그래도", officer, now)
    decide(round, [need], Outcome.RESERVE, "다음에", officer, now)


def test_staff_go_from_criteria_to_the_told_result_on_their_pages(app, client, officer, now):
    round = a_round(reviews_due_on=None)
    owner = an_owner(email="owner@example.kr")
    needs = [a_need(round=round, created_by=owner, contact_email=owner.email) for _ in range(4)]
    experts = [an_expert(name=name, email=f"e{n}@example.kr") for n, name in enumerate(("가은", "나래"))]
    client.sign_in(officer)
    at = f"/staff/rounds/{round.id}/reviews"
    assert "심사 기준 정하기" in client.get(at).text
    assert "이 프로그램의 제안입니다" in client.get(f"{at}/criteria").text
    client.post(f"{at}/criteria/propose")
    assert "30%" in client.get(f"{at}/criteria").text
    assert "과제 나누어 맡기기" in client.get(at).text
    asked = {"reviewers": [each.id for each in experts], "per_need": "3"}
    page = client.post(f"{at}/assign", data=asked | {"do": "look"}).text
    assert "심사위원이 모자란 과제 4건" in page
    agreed = page.partition('name="agreed"')[2].partition('value="')[2].partition('"')[0]
    assert client.post(f"{at}/assign", data=asked | {"do": "give", "agreed": "x"}).status_code == 200
    assert client.post(f"{at}/assign", data=asked | {"do": "give", "agreed": agreed}).location == at
    assert "심사 기한을 먼저" in client.get(f"{at}/ask").text
    client.post(f"{at}/due", data={"due_on": "2026-12-04"})
    assert "가은, 나래" in client.get(f"{at}/ask").text
    client.post(f"{at}/ask")
    assert [len(mails_to(app, each.email)) for each in experts] == [1, 1]
    assert "다시 알립니다" in client.get(f"{at}/remind").text
    more = a_need(round=round)
    assert more.title in client.get(f"{at}/reviewers/{experts[0].id}").text
    client.post(f"{at}/reviewers/{experts[0].id}", data={"need": str(more.id)})
    assert "부탁하기 전" in client.get(at).text
    [extra] = [sheet for sheet in ranking_of(round.id).row(more.id).sheets]
    client.post(f"{at}/sheets/{extra.review_id}/take-back")
    more.state = NeedState.WITHDRAWN
    db.session.commit()
    chosen = f"{at}/decide?need={needs[0].id}&need={needs[1].id}"
    page = client.get(chosen).text
    seen = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    assert "까닭을 입력해 주세요." in client.post(chosen, data={"seen": seen, "outcome": "selected"}).text
    client.post(chosen, data={"seen": seen, "outcome": "selected", "reason": "가장 알찹니다."})
    stale = client.post(chosen, data={"seen": seen, "outcome": "reserve", "reason": "늦게 눌렀습니다."}).text
    assert "그 사이 다른 사람이" in stale
    assert "늦게 눌렀습니다." in stale
    rest = client.get(f"{at}/decide?rest=1").text
    assert "과제 2건" in rest
    seen = rest.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    decision = {"seen": seen, "outcome": "not_selected", "reason": "자리가 적습니다."}
    client.post(f"{at}/decide?rest=1", data=decision)
    page = client.get(f"{at}/tell").text
    assert "‘주요 과제’로 보입니다" in page
    assert "[협업이음] 주요 과제로 선정되었습니다" in page
    assert "다른 사람이" not in page
    assert "결정이 바뀌었습니다" in client.post(f"{at}/tell", data={"agreed": "x"}).text
    agreed = page.partition('name="agreed"')[2].partition('value="')[2].partition('"')[0]
    client.post(f"{at}/tell", data={"agreed": agreed})
    assert "결과를 모두 알렸습니다" in client.get(at).text
    record = client.get(f"{at}/record").text
    for words in (
        "제안한 심사 기준으로 시작함",
        "과제 하나에 3명씩, 8건",
        "2026. 12. 4.",
        "가장 알찹니다.",
        "선정 2건",
    ):
        assert words in record, words
    only = client.get(f"{at}/record?chapter=decisions&who=김하늘").text
    assert "가장 알찹니다." in only
    assert "제안한 심사 기준" not in only
    need_page = client.get(f"{at}/needs/{needs[0].id}").text
    assert "주요 과제로 정함" in need_page
    assert client.get(f"{at}/needs/{a_need().id}").status_code == 404
