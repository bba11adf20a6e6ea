"""A reviewer's own side: what they may score, until when, and what is kept of it."""

import re
from datetime import date, timedelta

import pytest

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.files.models import StoredFile
from briefings.needs.history import steps_of
from briefings.needs.models import NeedFile, NeedState
from briefings.needs.registering import FIELDS, Entry, edit
from briefings.needs.review_models import Outcome, ReviewState, Selection
from briefings.organizations.models import Membership
from briefings.reviews import scoring as reviews
from briefings.reviews.scoring import Mark, version_seen
from tests.builders import a_need, a_review, a_round, a_user, an_expert, an_organization, an_owner, criteria_for, saved

TODAY = date(2026, 11, 23)


@pytest.fixture
def sheet(app):
    """A sheet of a round with two criteria, due in a week."""
    round = a_round(reviews_due_on=TODAY + timedelta(days=7))
    criteria_for(round, 60, 40)
    return a_review(a_need(round=round), an_expert(name="이가온"))


def criteria(sheet):
    return reviews.criteria_of(sheet.need.round_id)


def submit(sheet, *points, now, reason="", today=TODAY):
    marks = {each.id: Mark(number, reason) for each, number in zip(criteria(sheet), points, strict=False)}
    reviews.submit(sheet, marks, "잘 읽었습니다.", seen=version_seen(sheet, criteria(sheet)), today=today, now=now)


def test_a_sheet_is_saved_half_way_submitted_whole_and_changed_until_the_last_day(sheet, now):
    first, second = criteria(sheet)
    seen = version_seen(sheet, [first, second])
    reviews.save(sheet, {first.id: Mark(4, "필요합니다.")}, "", seen=seen, today=TODAY, now=now)
    assert (sheet.state, [score.points for score in sheet.scores]) == (ReviewState.ASSIGNED, [4])
    assert history_of(sheet.need) == []
    with pytest.raises(Refused, match="그 사이 과제나 심사 기준"):
        reviews.save(sheet, {}, "", seen=seen, today=TODAY, now=now)
    with pytest.raises(Refused) as refused:
        submit(sheet, 4, now=now)
    assert refused.value.field == f"points_{second.id}"
    with pytest.raises(Refused) as refused:
        submit(sheet, 0, 3, now=now)
    assert refused.value.field == f"reason_{first.id}"
    submit(sheet, 5, 0, reason="맞지 않습니다.", now=now)
    submit(sheet, 5, 1, now=now, today=TODAY + timedelta(days=7))
    with pytest.raises(Refused, match="심사 기한"):
        submit(sheet, 5, 2, now=now, today=TODAY + timedelta(days=8))
    acts = [(entry.action, entry.actor_name, entry.detail) for entry in history_of(sheet.need)]
    assert acts == [
        ("need.reviewed", "이가온", {"score": "60.0"}),
        ("need.review_changed", "이가온", {"score": "68.0", "score_was": "60.0"}),
    ]
    assert steps_of(sheet.need) == []
    assert [step.what for step in steps_of(sheet.need, for_staff=True)] == ["보낸 점수를 고침", "점수를 보냄"]


def test_what_may_not_be_scored_says_why(sheet, now):
    need = sheet.need
    own = saved(Membership(user_id=sheet.reviewer_id, organization_id=need.organization_id))
    with pytest.raises(Refused, match="소속 기관이나 본인이 낸 과제"):
        submit(sheet, 5, 5, now=now)
    db.session.delete(own)
    need.state = NeedState.RETURNED
    with pytest.raises(Refused, match="지금은 심사하지 않는"):
        submit(sheet, 5, 5, now=now)
    need.state = NeedState.SUBMITTED
    officer = a_user()
    made = saved(
        Selection(need_id=need.id, outcome=Outcome.RESERVE, reason="까닭", decided_by_id=officer.id, decided_at=now)
    )
    with pytest.raises(Refused, match="심사를 마감했습니다"):
        submit(sheet, 5, 5, now=now)
    with pytest.raises(Refused, match="심사를 마감했습니다"):
        reviews.recuse(sheet, "까닭", today=TODAY, now=now)
    db.session.delete(made)
    submit(sheet, 5, 5, now=now)
    reviews.recuse(sheet, " 지난해 자문위원이었습니다. ", today=TODAY, now=now)
    assert (sheet.state, sheet.recusal_reason, sheet.scores) == (
        ReviewState.RECUSED,
        "지난해 자문위원이었습니다.",
        [],
    )
    with pytest.raises(Refused, match="회피한 과제"):
        submit(sheet, 5, 5, now=now)


def test_what_was_edited_since_the_reviewer_opened_it_is_read_again_before_it_is_scored(client, sheet, now):
    need, known = sheet.need, criteria(sheet)
    client.sign_in(sheet.reviewer)
    address = f"/reviews/{sheet.id}"
    typed = {"submit": "1", "comment": "읽었습니다."} | {f"points_{each.id}": "5" for each in known}
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(address).text)[1]
    entry = Entry(**{name: getattr(need, name) for name in FIELDS} | {"offers": "전혀 다른 것"})
    with unit_of_work():
        edit(need, entry, need.changed_at, an_owner(need.organization), now)
    answer = client.post(address, data=typed | {"seen": seen}).text
    assert "그 사이 과제나 심사 기준" in answer
    assert "전혀 다른 것" in answer
    assert sheet.state is ReviewState.ASSIGNED
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', answer)[1]
    assert client.post(address, data=typed | {"seen": seen}).status_code == 303
    assert sheet.state is ReviewState.SUBMITTED


def test_nobody_scores_what_they_wrote_or_are_the_contact_of(sheet, now):
    need, reviewer = sheet.need, sheet.reviewer
    need.contact_email = reviewer.email.upper()
    with pytest.raises(Refused, match="소속 기관이나 본인이 낸 과제"):
        submit(sheet, 5, 5, now=now)
    assert db.session.execute(reviews.open_sheets(need.round_id)).all() == []
    need.contact_email, need.created_by_id = "", reviewer.id
    with pytest.raises(Refused, match="소속 기관이나 본인이 낸 과제"):
        submit(sheet, 5, 5, now=now)
    need.created_by_id = None
    assert [tuple(row) for row in db.session.execute(reviews.open_sheets(need.round_id))] == [(reviewer.id, 1)]
    submit(sheet, 5, 5, now=now)


def test_a_reviewer_goes_through_their_sheets_and_sees_nobody_elses(app, client, count_queries):
    round = a_round(reviews_due_on=TODAY + timedelta(days=7))
    first, second = criteria_for(round, 50, 50)
    reviewer, other = an_expert(name="이가온"), an_expert(name="박나래")
    needs = [a_need(round=round) for _ in range(3)]
    mine = [a_review(need, reviewer) for need in needs]
    theirs = a_review(needs[0], other, {first: 5, second: 1}, comment="비밀 의견")
    client.sign_in(reviewer)
    assert client.get("/").text.count("내 심사") == 1
    page = client.get("/reviews").text
    assert "과제 3건 가운데 0건을 보냈습니다." in page
    with count_queries() as one:
        client.get("/reviews")
    for _ in range(3):
        a_review(a_need(round=round), reviewer)
    with count_queries() as many:
        client.get("/reviews")
    assert len(one) == len(many)
    address = f"/reviews/{mine[0].id}"
    page = client.get(address).text
    assert needs[0].title in page
    assert "비밀 의견" not in page + client.get("/reviews").text
    assert client.get(f"/reviews/{theirs.id}").status_code == 404
    seen = version_seen(mine[0], [first, second])
    typed = {"seen": seen, f"points_{first.id}": "0", "comment": "아직입니다."}
    answer = client.post(address, data=typed | {"save": "1"})
    assert "1번 기준에 0점을 준 까닭을 적어 주세요." in answer.text
    answer = client.post(address, data=typed | {"submit": "1", f"reason_{first.id}": "맞지 않습니다."})
    assert "2번 기준의 점수를 골라 주세요." in answer.text
    assert re.search(r'<input checked[^>]* value="0"', answer.text)
    saved_ = client.post(address, data=typed | {"save": "1", f"reason_{first.id}": "맞지 않습니다."})
    assert saved_.location == f"{address}#main"
    assert "저장해 둠" in client.get("/reviews").text
    stale = client.post(address, data=typed | {"submit": "1", f"points_{first.id}": "3", f"points_{second.id}": "3"})
    assert "그 사이 과제나 심사 기준, 또는 이 심사표가 바뀌었습니다" in stale.text
    assert "아직입니다." in stale.text
    older = client.post(address, data={"seen": seen, "submit": "1", f"points_{second.id}": "3"})
    assert "1번 기준의 점수를 골라 주세요." in older.text, "what another page saved meanwhile was not chosen here"
    whole = {"seen": version_seen(mine[0], [first, second]), f"points_{first.id}": "3", f"points_{second.id}": "4"}
    sent = client.post(address, data=whole | {"submit": "1"})
    assert sent.location == f"/reviews/{mine[1].id}#main"
    assert mine[0].state is ReviewState.SUBMITTED
    client.post(f"/reviews/{mine[1].id}/recuse", data={"reason": "자문위원이었습니다."})
    assert "회피한 까닭" in client.get(f"/reviews/{mine[1].id}").text
    assert "과제 5건 가운데 1건을 보냈습니다." in client.get("/reviews").text
    assert client.get("/en/reviews").status_code == 200


def test_files_of_a_need_are_for_its_reviewers_alone(app, client):
    round = a_round()
    need, house = a_need(round=round), an_organization()
    content = b"%PDF-1.7 plan"
    stored = saved(
        StoredFile(
            name="계획.pdf", media_type="application/pdf", size=len(content), sha256="0" * 64, content=content,
            created_at=need.created_at,
        )
    )  # fmt: skip
    saved(NeedFile(need_id=need.id, file_id=stored.id, position=1))
    reviewer, other = an_expert(house), an_expert()
    sheet, another = a_review(need, reviewer), a_review(a_need(round=round), other)
    client.sign_in(reviewer)
    assert "계획.pdf" in client.get(f"/reviews/{sheet.id}").text
    answer = client.get(f"/reviews/{sheet.id}/files/{stored.public_id}")
    assert (answer.data, answer.headers["X-Content-Type-Options"]) == (content, "nosniff")
    client.post(f"/reviews/{sheet.id}/recuse", data={"reason": "가깝습니다."})
    assert client.get(f"/reviews/{sheet.id}/files/{stored.public_id}").status_code == 404
    client.sign_in(other)
    assert client.get(f"/reviews/{another.id}/files/{stored.public_id}").status_code == 404
    assert client.get(f"/reviews/{sheet.id}/files/{stored.public_id}").status_code == 404
