"""Publishing and returning."""

import pytest

from briefings.audit.recording import history_of
from briefings.errors import Refused
from briefings.needs import registering, reviewing
from briefings.needs.history import steps_of
from briefings.needs.models import NeedState
from briefings.outbox.mail import Dropped
from tests.builders import a_need, a_user, an_owner
from tests.mails import links_in, mails_to


@pytest.fixture
def submitted(app):
    """A need that waits for a decision."""
    author = an_owner(email="haneul@example.kr")
    return a_need(
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
