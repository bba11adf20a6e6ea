"""Replies: one per organization and need, told to owner and sender, changeable until opened."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from briefings import clock
from briefings.accounts.models import Role
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import claiming
from briefings.needs.models import NeedState
from briefings.organizations import managing
from briefings.organizations.models import OrganizationKind
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.participation import answering, replying
from briefings.participation.models import ParticipationReply, ReplyState, Visibility
from briefings.participation.replying import Offer, Sender, due_at
from briefings.privacy.consenting import consents_with, current_text
from briefings.privacy.models import Purpose
from briefings.web.tokens import token_fits, token_for
from tests.builders import a_need, a_reply, a_user, an_organization, an_owner
from tests.mails import links_in, mails_to

TODAY = date(2026, 11, 23)
GAON = Sender("이가온", "Gaon@example.com", "가온재활용(주)", OrganizationKind.COMPANY)


def send(now, *needs, sender=GAON, text="재생 설비가 있습니다."):
    """Reply to `needs` and commit."""
    with unit_of_work():
        return replying.reply(
            sender,
            [Offer(need, text, ("equipment",)) for need in needs],
            "",
            Visibility.OWNER,
            current_text(Purpose.REPLY, "ko"),
            "Asia/Seoul",
            now,
        )


def mails(kind):
    """Addresses of the queued messages of a kind."""
    return sorted(m.recipient for m in db.session.query(Message).filter_by(kind=kind))


def test_a_reply_is_kept_with_its_consent_and_told_to_owner_and_sender(app, now):
    organization = an_organization()
    owner = an_owner(organization)
    sent = send(now, a_need(organization=organization))
    made = sent.replies[0]
    assert (made.state, made.organization.name, made.email) == (ReplyState.SENT, "가온재활용(주)", "gaon@example.com")
    assert made.due_at == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert consents_with(f"reply:{made.public_id}")[0].stands
    assert mails("reply_received") == [owner.email]
    assert mails("reply_sent") == ["Gaon@example.com"]


def test_a_need_of_an_organization_without_account_is_told_to_its_contact(app, now):
    need = a_need(contact_email="contact@example.kr", contact_name="홍길동")
    made = send(now, need).replies[0]
    assert mails("reply_received") == ["contact@example.kr"]
    desk = f"/my/replies/{made.public_id}"
    assert links_in(mails_to(app, "contact@example.kr")[0]) == ["/account/request", desk], "they need an account first"
    with unit_of_work():
        claiming.ask(need, a_user(), clock.now())
    by_link = ["/needs/claim/" + claiming.claim_token(need), desk]
    assert links_in(mails_to(app, "contact@example.kr")[0]) == by_link
    with unit_of_work():
        claiming.take_over(need, claiming.claim_token(need), "ko", clock.now())
    assert links_in(mails_to(app, "contact@example.kr")[0]) == [desk]


def test_an_owner_who_moved_to_another_organization_reads_no_reply_to_the_former_ones_need(app, now):
    organization, elsewhere = an_organization(), an_organization()
    owner = an_owner(organization)
    need = a_need(organization=organization, created_by=owner, contact_email="contact@example.kr")
    made = send(now, need).replies[0]
    with unit_of_work():
        managing.assign(owner, Role.OWNER, (elsewhere.name, elsewhere.kind), a_user(), now)
    [received] = mails_to(app, owner.email)
    assert isinstance(received, Dropped)
    assert not isinstance(mails_to(app, "contact@example.kr")[0], Dropped)
    with unit_of_work():
        replying.withdraw(made, now)
    assert mails("reply_withdrawn") == ["contact@example.kr"]


def test_several_needs_make_one_reply_each_and_one_mail_to_the_sender(app, now):
    assert len(send(now, a_need(), a_need()).replies) == 2
    assert len(mails("reply_sent")) == 1


def test_the_same_organization_spelt_otherwise_does_not_reply_twice(app, now):
    need = a_need()
    send(now, need)
    again = send(
        now,
        need,
        sender=Sender("김하늘", "sky@example.com", " 가온 재활용(주)", OrganizationKind.COMPANY),
        text="다른 말입니다.",
    )
    assert again.replies == []
    assert again.already == [need]
    assert db.session.query(ParticipationReply).one().offer == "재생 설비가 있습니다."
    assert (mails("reply_join_asked"), mails("reply_join_waits")) == (["gaon@example.com"], ["sky@example.com"])
    send(now, need)  # the first sender again: no colleague, only the link once more
    assert mails("reply_exists") == ["Gaon@example.com"]


def test_after_taking_it_back_the_organization_may_reply_anew(app, now):
    need = a_need()
    made = send(now, need).replies[0]
    with unit_of_work():
        replying.withdraw(made, now)
    assert need.last_reply_at is None
    assert send(now, need, text="다시 생각했습니다.").replies[0].state is ReplyState.SENT
    assert need.last_reply_at == now
    assert db.session.query(ParticipationReply).count() == 1


@pytest.mark.parametrize("state", [NeedState.CLOSED, NeedState.SUBMITTED, NeedState.WITHDRAWN])
def test_a_need_that_takes_no_replies_refuses_and_nothing_is_kept(app, now, state):
    with pytest.raises(Refused, match="더 이상 답글을 받지 않습니다"):
        send(now, a_need(), a_need(state=state))
    assert db.session.query(ParticipationReply).count() == 0
    assert mails("reply_sent") == []


def test_an_organization_does_not_reply_to_its_own_need(app, now):
    own = an_organization("가온재활용(주)", OrganizationKind.COMPANY)
    with pytest.raises(Refused):
        send(now, a_need(organization=own))


def test_a_reply_changes_until_the_owner_opens_it(app, now):
    made = a_reply()
    with unit_of_work():
        replying.change(made, "설비와 인력이 있습니다.", ["people"], "내년부터", Visibility.PUBLIC)
        answering.acknowledge(made, now)
    with pytest.raises(Refused, match="이미 확인한"), unit_of_work():
        replying.change(made, "다른 말", [], "", Visibility.OWNER)
    assert made.offer == "설비와 인력이 있습니다."
    assert mails("reply_acknowledged") == [made.email]


def test_a_consultation_moves_reply_and_need_on(app, now):
    made = a_reply()
    with unit_of_work():
        answering.note_consultation(made, TODAY, "현장을 보기로 했습니다.", "12월 방문", a_user(), TODAY, now)
    assert made.state is ReplyState.CONSULTING
    assert made.need.consulting_since == now
    with pytest.raises(Refused, match="지난 날"), unit_of_work():
        answering.note_consultation(made, date(2026, 11, 24), "x", "", a_user(), TODAY, now)


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2026-11-23T10:00", "2026-11-30T18:00"),
        ("2026-11-27T23:59", "2026-12-04T18:00"),
        ("2026-11-28T00:00", "2026-12-04T18:00"),
        ("2026-12-23T10:00", "2026-12-31T18:00"),  # Christmas is none of the five
    ],
)
def test_the_clock_of_the_owner_runs_on_working_days_of_the_installation(sent, due):
    kst = ZoneInfo("Asia/Seoul")
    assert due_at(datetime.fromisoformat(sent).replace(tzinfo=kst), "Asia/Seoul") == datetime.fromisoformat(
        due
    ).replace(tzinfo=kst)


def test_a_reply_sent_anew_by_another_person_is_not_opened_by_the_link_of_the_first(app, now):
    need = a_need()
    first = send(now, need).replies[0]
    link = token_for("reply", first.public_id, first.link_version)
    with unit_of_work():
        replying.withdraw(first, now)
    again = send(now, need, sender=replace(GAON, name="박나래", email="narae@example.com")).replies[0]
    assert (again.id, again.name) == (first.id, "박나래")
    assert not token_fits(link, "reply", again.public_id, again.link_version)


def test_a_reply_sent_anew_waits_for_its_owner_anew(app, now):
    need = a_need()
    made = send(now, need).replies[0]
    with unit_of_work():
        answering.decline(made, "예산이 없습니다.", now)
    with unit_of_work():
        replying.withdraw(made, now)
    send(now, need)
    assert (made.state, made.acknowledged_at, made.withdrawn_at, made.decline_reason) == (
        ReplyState.SENT,
        None,
        None,
        "",
    )


def test_an_owner_with_the_longest_of_addresses_is_told(app, now):
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.kr"
    send(now, a_need(contact_email=longest))
    assert mails("reply_received") == [longest]
