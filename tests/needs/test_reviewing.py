"""Publishing and returning."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from briefings.needs import registering, reviewing
from briefings.needs.history import steps_of
from briefings.needs.models import NeedState
from briefings.organizations import managing
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.outbox.quiet import QuietHours
from tests.builders import a_need, a_user, an_expert, an_organization, an_owner
from tests.mails import links_in, mails_to


@pytest.fixture
def submitted(app):
    """A need that waits for a decision."""
    organization = an_organization()
    author = an_owner(organization, email="haneul@example.kr")
    return a_need(
        organization=organization,
        state=NeedState.SUBMITTED,
        published_at=None,
        created_by=author,
        contact_name=author.name,
        contact_email=author.email,
    )


def test_publishing_shows_the_need_and_tells_its_owner(app, submitted, now):
    reviewing.publish(submitted, a_user(), now)
    assert (submitted.is_public, submitted.published_at) == (True, now)
    [mail] = mails_to(app, "haneul@example.kr")
    assert mail.subject == f"[협업이음] 수요 과제를 게시했습니다: {submitted.title}"
    assert links_in(mail) == [f"/needs/{submitted.id}"]


def test_returning_keeps_the_reason_and_tells_the_owner_what_to_do(app, submitted, now):
    reviewing.send_back(submitted, "  수거량을 숫자로 적어 주세요. ", a_user(name="김하늘"), now)
    assert (submitted.state, submitted.return_reason) == (NeedState.RETURNED, "수거량을 숫자로 적어 주세요.")
    [mail] = mails_to(app, "haneul@example.kr")
    assert "수거량을 숫자로 적어 주세요." in mail.text
    assert "다시 제출하기" in mail.text
    assert links_in(mail) == [f"/my/needs/{submitted.id}"]
    [step] = steps_of(submitted)
    assert (step.who, step.what, step.reason) == ("김하늘", "돌려보냄", "수거량을 숫자로 적어 주세요.")


def test_the_owner_is_told_until_when_and_reminded_once_two_days_before(app, submitted, now):
    due_on = date(2026, 12, 7)
    reviewing.send_back(submitted, "수거량을 적어 주세요.", a_user(), now, due_on, now.date())
    assert steps_of(submitted)[0].due_on == due_on
    [returned] = mails_to(app, "haneul@example.kr")
    assert "- 고칠 기한: 2026. 12. 7.(월)" in returned.text
    assert [remind(now.replace(month=12, day=day)) for day in (4, 5, 6, 7, 8)] == [0, 1, 0, 0, 0]
    _, reminder = mails_to(app, "haneul@example.kr")
    assert reminder.subject == f"[협업이음] 2026. 12. 7.(월)까지 수요 과제를 고쳐 주세요: {submitted.title}"
    assert "수거량을 적어 주세요." in reminder.text
    assert links_in(reminder) == [f"/my/needs/{submitted.id}"]
    registering.submit(submitted, submitted.created_by, now)
    assert all(isinstance(mail, Dropped) for mail in mails_to(app, "haneul@example.kr")[:2])


def test_a_reminder_waits_for_the_morning_and_does_not_follow_at_once(app, submitted, now):
    reviewing.send_back(submitted, "수거량을 적어 주세요.", a_user(), now, date(2026, 11, 25), now.date())
    assert remind(now + timedelta(days=1)) == 0, "it was returned two days before"
    moved = now + timedelta(days=1)
    reviewing.move_deadline(submitted, date(2026, 11, 26), a_user(), moved, moved.date())
    assert remind(moved + timedelta(minutes=1)) == 0, "they were told of the other deadline just now"
    reviewing.move_deadline(submitted, date(2026, 12, 7), a_user(), moved, moved.date())
    night = now.replace(month=12, day=5, hour=14)
    assert remind(night) == 1
    due = db.session.scalars(select(Message.due_at).where(Message.kind == "need_return_due")).one()
    assert due == night.replace(day=5, hour=23), "08:00 in Seoul"
    assert reviewing.number_overdue(date(2026, 12, 7)) == 0
    assert reviewing.number_overdue(date(2026, 12, 8)) == 1


def remind(at):
    """How many reminders a look at that moment brings."""
    return reviewing.remind_due(at, QuietHours(ZoneInfo("Asia/Seoul"), 21, 8))


def test_a_need_without_a_deadline_is_not_chased(app, submitted, now):
    reviewing.send_back(submitted, "수거량을 적어 주세요.", a_user(), now)
    assert "고칠 기한" not in mails_to(app, "haneul@example.kr")[0].text
    assert remind(now + timedelta(days=9)) == 0


def test_a_need_is_never_returned_without_a_reason(submitted, now):
    with pytest.raises(Refused) as refused:
        reviewing.send_back(submitted, "  ", a_user(), now)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.RETURNED, NeedState.PUBLISHED, NeedState.CLOSED])
def test_only_submitted_needs_are_decided_on(app, now, state):
    need = a_need(state=state)
    with pytest.raises(Refused):
        reviewing.publish(need, a_user(), now)
    with pytest.raises(Refused):
        reviewing.send_back(need, "까닭", a_user(), now)
    assert history_of(need) == []


def test_a_returned_need_comes_back_without_its_reason(submitted, now):
    reviewing.send_back(submitted, "수거량을 적어 주세요.", a_user(), now)
    registering.submit(submitted, submitted.created_by, now)
    assert (submitted.state, submitted.return_reason) == (NeedState.SUBMITTED, "")


def test_mails_that_time_overtook_are_not_sent(app, submitted, now):
    reviewing.send_back(submitted, "수거량을 적어 주세요.", a_user(), now)
    registering.submit(submitted, submitted.created_by, now)
    reviewing.publish(submitted, a_user(), now)
    registering.withdraw(submitted, submitted.created_by, now)
    returned, _, published = mails_to(app, "haneul@example.kr")
    assert isinstance(returned, Dropped)
    assert isinstance(published, Dropped)


def test_an_account_that_moved_hears_nothing_more_of_the_former_organizations_needs(app, submitted, now):
    author, officer, elsewhere = submitted.created_by, a_user(), an_organization("나래공단")
    submitted.contact_email, submitted.contact_name = "saero@example.kr", "윤새로"
    reviewing.send_back(submitted, "수거량을 적어 주세요.", officer, now)
    managing.assign(author, Role.OWNER, (elsewhere.name, elsewhere.kind), officer, now)
    reviewing.move_deadline(submitted, date(2026, 12, 7), officer, now, now.date())
    [returned] = mails_to(app, author.email)
    assert isinstance(returned, Dropped), "written before the move, sent after it"
    assert not any(isinstance(mail, Dropped) for mail in mails_to(app, "saero@example.kr"))
    submitted.contact_email = ""
    assert registering.owners_of(submitted) == []


@pytest.mark.parametrize("account", [an_owner, an_expert, a_user])
def test_a_contact_whose_account_cannot_open_the_need_is_sent_to_no_page_of_it(app, submitted, now, account):
    submitted.created_by, submitted.contact_email = a_user(), account(email="saero@example.kr").email
    reviewing.send_back(submitted, "수거량을 적어 주세요.", a_user(), now)
    [mail] = mails_to(app, "saero@example.kr")
    assert links_in(mail) == []
    assert "수거량을 적어 주세요." in mail.text
