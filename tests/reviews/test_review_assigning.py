"""Criteria, who reviews what, and what reviewers are written."""

from datetime import date, timedelta
from itertools import combinations, product
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from briefings import clock, jobs
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from briefings.needs.models import NeedState
from briefings.needs.registering import choose_round
from briefings.needs.review_models import Outcome, Review, ReviewState, Selection
from briefings.organizations.models import Membership
from briefings.outbox.mail import Dropped
from briefings.reviews import asking_reviewers, assigning, criteria
from briefings.reviews.distributing import distribute
from tests.builders import (
    a_need,
    a_review,
    a_round,
    a_user,
    an_expert,
    an_organization,
    an_owner,
    criteria_for,
    saved,
)
from tests.mails import links_in, mails_to

DUE = date(2026, 12, 4)
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def officer(app):
    return a_user(name="김하늘")


def test_criteria_are_proposed_changed_ordered_and_fixed_by_the_first_score(app, officer, now):
    round = a_round()
    criteria.propose(round, officer, now)
    names = [each.name for each in criteria.criteria_of(round.id)]
    assert names == ["협업 필요성", "실현 가능성", "파급 효과", "주고받음의 균형"]
    assert sum(criteria.shares(criteria.criteria_of(round.id)).values()) == 100
    with pytest.raises(Refused, match="이미 심사 기준이 있습니다"):
        criteria.propose(round, officer, now)
    last = criteria.add(round, "홍보", "널리 알릴 수 있습니까?", 25, officer, now)
    with pytest.raises(Refused, match="같은 이름"):
        criteria.add(round, "홍보", "", 1, officer, now)
    seen = criteria.version_of(criteria.criteria_of(round.id))
    assert criteria.change(last, "알림", "", 50, seen=seen, by=officer, now=now)
    with pytest.raises(Refused, match="그 사이 다른 사람이"):
        criteria.change(last, "홍보", "", 1, seen=seen, by=officer, now=now)
    criteria.move_up(last, officer, now)
    rows = criteria.criteria_of(round.id)
    assert [each.name for each in rows[3:]] == ["알림", "주고받음의 균형"]
    draft = a_review(a_need(round=round), an_expert(), {last: 3}, state=ReviewState.ASSIGNED, submitted_at=None)
    assert criteria.saved_for(last) == 1
    criteria.remove(last, officer, now)
    db.session.refresh(draft)
    assert draft.scores == []
    later = a_round()
    assert criteria.sources_for(later) == [round]
    criteria.copy_from(round, later, officer, now)
    assert [each.weight for each in criteria.criteria_of(later.id)] == [30, 25, 25, 20]
    a_review(a_need(round=round), an_expert(), dict.fromkeys(rows[:3], 4))
    for change in (
        lambda: criteria.add(round, "새 기준", "", 1, officer, now),
        lambda: criteria.remove(rows[0], officer, now),
        lambda: criteria.move_up(rows[1], officer, now),
    ):
        with pytest.raises(Refused, match="제출한 점수가 있어"):
            change()
    acts = [entry.action for entry in history_of(round)]
    assert acts[:3] == ["round.criteria_proposed", "round.criterion_added", "round.criterion_changed"]


@given(st.data())
def test_no_other_way_to_give_needs_out_is_more_even(data):
    reviewers = list(range(1, data.draw(st.integers(1, 4)) + 1))
    able = {need: data.draw(st.lists(st.sampled_from(reviewers), unique=True)) for need in range(10, 10 + 4)}
    wanted = {need: data.draw(st.integers(0, 2)) for need in able}
    loads = {reviewer: data.draw(st.integers(0, 3)) for reviewer in reviewers}

    def unevenness(given):
        counted = dict(loads)
        for chosen in given:
            for reviewer in chosen:
                counted[reviewer] += 1
        return sorted(counted.values(), reverse=True)

    found = distribute(wanted, able, loads)
    assert found == distribute(wanted, able, loads)
    for need, chosen in found.items():
        assert len(set(chosen)) == len(chosen) == min(wanted[need], len(able[need]))
        assert set(chosen) <= set(able[need])
    ways = product(*(combinations(able[need], min(wanted[need], len(able[need]))) for need in able))
    assert sum(n * n for n in unevenness(found.values())) == min(sum(n * n for n in unevenness(way)) for way in ways)


def test_needs_are_given_out_evenly_and_never_to_their_own_house(app, officer, now, count_queries):
    house, round = an_organization(), a_round()
    insider, *others = (
        an_expert(house, name="가은"),
        an_expert(name="나래"),
        an_expert(name="다온"),
        an_expert(name="라온"),
    )
    needs = [a_need(round=round) for _ in range(6)] + [a_need(round=round, organization=house)]
    a_need(round=round, state=NeedState.RETURNED)
    decided = a_need(round=round)
    saved(
        Selection(need_id=decided.id, outcome=Outcome.RESERVE, reason="까닭", decided_by_id=officer.id, decided_at=now)
    )
    a_review(needs[0], others[0], state=ReviewState.RECUSED, recusal_reason="자문위원이었습니다.")
    everybody = [each.id for each in (insider, *others)]
    found = assigning.even_distribution(round.id, everybody, 2)
    assert (found.needs, len(found.pairs), found.gaps) == (7, 14, [])
    assert {share.gets for share in found.shares} <= {3, 4}
    assert (needs[6].id, insider.id) not in found.pairs
    assert (needs[0].id, others[0].id) not in found.pairs
    with pytest.raises(Refused, match="배정이 달라졌습니다"):
        assigning.assign_evenly(round, everybody[:3], 2, agreed=found.version, by=officer, now=now)
    assigning.assign_evenly(round, everybody, 2, agreed=found.version, by=officer, now=now)
    assert db.session.query(Review).filter_by(state=ReviewState.ASSIGNED).count() == 14
    assert history_of(round)[-1].detail["sheets"] == 14
    with count_queries() as sent:
        full = assigning.even_distribution(round.id, everybody, 4)
    assert len(sent) == 3
    gaps = {gap.title: (gap.lacking, list(gap.own), list(gap.recused)) for gap in full.gaps}
    assert gaps == {needs[0].title: (1, [], ["나래"]), needs[6].title: (1, ["가은"], [])}


def test_by_hand_one_need_is_given_taken_back_and_given_back(app, officer, now):
    round, house = a_round(), an_organization()
    need, insider, outsider = a_need(round=round, organization=house), an_expert(house), an_expert(name="이가온")
    assert [each.user for each in assigning.eligible_for(need)] == [outsider]
    assert (assigning.needs_for(round.id, insider), assigning.needs_for(round.id, outsider)) == ([], [need])
    with pytest.raises(Refused) as refused:
        assigning.assign(need, insider.id, officer, now)
    assert refused.value.field == "reviewer"
    review = assigning.assign(need, outsider.id, officer, now)
    assert assigning.eligible_for(need) == []
    assigning.take_back(review, officer, now)
    review = assigning.assign(need, outsider.id, officer, now)
    review.state, review.recusal_reason = ReviewState.RECUSED, "잘못 눌렀습니다."
    with pytest.raises(Refused):
        assigning.take_back(review, officer, now)
    assigning.undo_recusal(review, officer, now)
    assert review.state is ReviewState.ASSIGNED
    review.state, review.submitted_at = ReviewState.SUBMITTED, now
    db.session.flush()
    with pytest.raises(Refused, match="이미 점수를 보냈거나"):
        assigning.take_back(review, officer, now)
    withdrawn = a_need(round=round, state=NeedState.WITHDRAWN)
    with pytest.raises(Refused, match="제출되었거나 게시 중인"):
        assigning.assign(withdrawn, outsider.id, officer, now)


def test_whoever_wrote_a_need_or_is_its_contact_is_not_given_it(app, officer, now):
    round, writer, contact, other = a_round(), an_expert(name="가은"), an_expert(name="나래"), an_expert(name="다온")
    need = a_need(round=round, created_by=writer, contact_email=contact.email.upper())
    assert [each.user for each in assigning.eligible_for(need)] == [other]
    assert assigning.needs_for(round.id, writer) == assigning.needs_for(round.id, contact) == []
    found = assigning.even_distribution(round.id, [writer.id, contact.id, other.id], 2)
    assert found.pairs == [(need.id, other.id)]
    [gap] = found.gaps
    assert (gap.lacking, gap.own) == (1, ["가은", "나래"])
    with pytest.raises(Refused) as refused:
        assigning.assign(need, contact.id, officer, now)
    assert refused.value.field == "reviewer"


def test_a_score_that_was_submitted_is_left_out_with_a_reason_and_taken_up_again(app, client, officer, now):
    round, reviewer = a_round(), an_expert(name="이가온")
    need = a_need(round=round)
    review = a_review(need, reviewer, dict.fromkeys(criteria_for(round), 4))
    page = f"/staff/rounds/{round.id}/reviews/needs/{need.id}"
    address = f"/staff/rounds/{round.id}/reviews/sheets/{review.id}/set-aside"
    client.sign_in(officer)
    assert address in client.get(page).text
    assert client.post(address, data={"reason": " "}).status_code == 200
    assert review.state is ReviewState.SUBMITTED
    assert client.post(address, data={"reason": "수요기관으로 옮겼습니다."}).location == page
    db.session.refresh(review)
    assert (review.state, review.recusal_reason) == (ReviewState.RECUSED, "담당자가 제외: 수요기관으로 옮겼습니다.")
    assert len(review.scores) == 2
    last = history_of(need)[-1]
    said = {"reviewer": reviewer.id, "reason": "수요기관으로 옮겼습니다."}
    assert (last.action, last.actor_name, last.detail) == ("need.review_set_aside", "김하늘", said)
    assert "제외 되돌리기" in client.get(page).text
    assert "담당자가 점수를 뺌" in client.get(f"/staff/rounds/{round.id}/reviews/record").text
    mine = app.test_client().sign_in(reviewer)
    assert "담당자가 심사에서 뺀 과제입니다." in mine.get("/reviews").text
    assert "심사에서 빠진 까닭" in mine.get(f"/reviews/{review.id}").text
    assert "보낸 점수만 뺄 수 있습니다." in client.get(address).text
    assigning.undo_recusal(review, officer, now)
    review.state, review.submitted_at = ReviewState.SUBMITTED, now
    saved(Selection(need_id=need.id, outcome=Outcome.RESERVE, reason="까닭", decided_by_id=officer.id, decided_at=now))
    with pytest.raises(Refused, match="이미 선정 여부를 정한"):
        assigning.set_aside(review, "까닭", officer, now)


def test_a_need_under_review_stays_in_its_round(app, client, officer, now):
    round, other, house, reviewer = a_round(), a_round(), an_organization(), an_expert()
    owner, need = an_owner(house), a_need(round=round, organization=house)
    review = assigning.assign(need, reviewer.id, officer, now)
    db.session.commit()
    client.sign_in(owner)
    topics = {"themes": [each.id for each in need.themes], "audiences": [each.id for each in need.audiences]}
    typed = topics | {
        "region": "KR",
        "stage": "idea",
        "save": "leave",
        "round": "",
        "seen": need.changed_at.isoformat(),
    }
    answer = client.post(f"/my/needs/{need.id}/edit/topics", data=typed)
    assert "심사가 시작된 과제는 수요조사를 바꿀 수 없습니다. 담당자에게 알려 주세요." in answer.text
    for chosen in (None, other):
        with pytest.raises(Refused, match="심사위원에게 맡긴 과제"):
            choose_round(need, chosen, officer, now)
    choose_round(need, round, owner, now)  # it stays where it is
    review.state, review.recusal_reason = ReviewState.RECUSED, "자문위원이었습니다."
    db.session.flush()
    with pytest.raises(Refused, match="심사가 시작된"):
        choose_round(need, None, owner, now)
    made = saved(
        Selection(need_id=need.id, outcome=Outcome.RESERVE, reason="까닭", decided_by_id=officer.id, decided_at=now)
    )
    with pytest.raises(Refused, match="먼저 없던 일로"):
        choose_round(need, other, officer, now)
    made.told_at = now
    with pytest.raises(Refused, match="심사 결과를 알린"):
        choose_round(need, other, officer, now)
    db.session.delete(made)
    db.session.flush()
    choose_round(need, other, officer, now)
    assert need.round is other


def test_each_reviewer_is_asked_once_in_their_language_and_reminded_while_silent(app, officer, now):
    round = a_round(reviews_due_on=None)
    needs = [a_need(round=round) for _ in range(3)]
    first, second = an_expert(email="first@example.kr"), an_expert(email="second@example.kr", locale="en")
    for need in needs:
        a_review(need, first)
    a_review(needs[0], second)
    today = now.date()
    with pytest.raises(Refused, match="심사 기한을 먼저"):
        asking_reviewers.ask(round, officer, today, now)
    with pytest.raises(Refused, match="이미 지난 날"):
        assigning.set_due(round, today - timedelta(days=1), today=today, by=officer, now=now)
    assigning.set_due(round, DUE, today=today, by=officer, now=now)
    with pytest.raises(Refused, match="아직 심사를 부탁하지"):
        asking_reviewers.remind(round, officer, today, now)
    assert asking_reviewers.ask(round, officer, today, now) == 2
    with pytest.raises(Refused, match="새로 알릴 심사위원이 없습니다"):
        asking_reviewers.ask(round, officer, today, now)
    [korean], [english] = mails_to(app, first.email), mails_to(app, second.email)
    assert "3건의 심사를 부탁드립니다: 2026. 12. 4.(금)까지" in korean.subject
    assert links_in(korean) == ["/reviews"]
    assert english.subject == "[Ieum] Please score 1 needs by Fri 4 Dec 2026"
    assert links_in(english) == ["/en/reviews"]
    a_review(a_need(round=round), second)
    assert list(asking_reviewers.untold(round.id)) == [second]
    assert asking_reviewers.remind(round, officer, today, now) == 2
    assert asking_reviewers.remind(round, officer, today, now) == 0
    done = db.session.scalars(select(Review).where(Review.reviewer_id == first.id)).all()
    for review in done:
        review.state, review.submitted_at = ReviewState.SUBMITTED, now
    db.session.commit()
    assert all(isinstance(mail, Dropped) for mail in mails_to(app, first.email))


def test_two_days_before_the_last_day_who_is_silent_is_reminded_by_itself_once(app, officer, now):
    round = a_round(reviews_due_on=DUE)
    asked, late, unasked = (an_expert(email=f"{name}@example.kr") for name in ("asked", "late", "unasked"))
    a_review(a_need(round=round), asked)
    asking_reviewers.ask(round, officer, now.date(), now)
    assert asking_reviewers.remind_due(now, SEOUL) == 0
    with time_machine.travel("2026-12-01T20:00:00+00:00", tick=False):
        jobs.remind_reviewers(app)  # in the quiet hours
        assert len(mails_to(app, asked.email)) == 1
    with time_machine.travel("2026-12-02T01:00:00+00:00", tick=False):
        moment = clock.now()
        a_review(a_need(round=round), late)
        asking_reviewers.ask(round, officer, moment.date(), moment)
        a_review(a_need(round=round), unasked)
        jobs.remind_reviewers(app)
        assert len(mails_to(app, asked.email)) == 2
        assert asking_reviewers.remind_due(moment + timedelta(hours=20), SEOUL) == 0
        reminder = mails_to(app, asked.email)[-1]
        assert "심사 기한이 다가옵니다: 2026. 12. 4.(금)까지, 과제 1건" in reminder.subject
        assert (len(mails_to(app, late.email)), mails_to(app, unasked.email)) == (1, [])


def test_an_expert_who_joined_the_house_is_asked_for_nothing_more(app, officer, now):
    round, need, expert = a_round(reviews_due_on=DUE), None, an_expert()
    need = a_need(round=round)
    a_review(need, expert)
    assert list(asking_reviewers.waiting(round.id).values()) == [1]
    saved(Membership(user_id=expert.id, organization_id=need.organization_id))
    assert asking_reviewers.waiting(round.id) == {}
