"""Joint work as both sides say it: recorded, confirmed, objected to, changed, counted; talks that end without it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import NeedState, NeedStatus
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.participation import answering, ending, match_watch, matching, progressing, replying
from briefings.participation.match_models import Match, MatchProgress
from briefings.participation.matching import Terms
from briefings.participation.models import EndReason, ReplyColleague, ReplyState
from briefings.statistics.published import published_figures
from briefings.web.tokens import token_for
from tests.builders import a_need, a_reply, a_user, an_organization, an_owner, saved
from tests.mails import links_in, mails_to

TODAY = date(2026, 11, 23)
SEOUL = ZoneInfo("Asia/Seoul")
SUMMARY = "폐어망을 모아 재생 원료를 함께 만들기로 했습니다."


def the_match():
    """The one match there is."""
    return db.session.scalars(select(Match)).one()


def kinds_to(address):
    """The kinds of all messages to an address, the first one first."""
    return list(db.session.scalars(select(Message.kind).where(Message.recipient == address).order_by(Message.id)))


def link(reply, action=""):
    """The partner's own page of the match."""
    return f"/matches/{token_for('match', reply.public_id, reply.link_version)}{action}"


def agreed(reply, *others, now, summary=SUMMARY, **changed):
    """The owner records the match with these repliers, as it was or changed."""
    brings = {made.organization_id: "설비" for made in (reply, *others)} | {reply.need.organization_id: "작업장"}
    terms = {"contributions": brings, "matched_on": TODAY, "summary": summary} | changed
    with unit_of_work():
        matching.record_match(reply.need, [reply, *others], Terms(**terms), a_user(), TODAY, now)
    return the_match()


def confirmed(reply, now):
    """The partner says so, too."""
    match = matching.match_of(reply.need)
    with unit_of_work():
        matching.confirm(match, reply.organization_id, reply.name, match.of(reply.organization_id).asked_at, now)


@pytest.fixture
def reply(app):
    """A reply to a need whose owner can be written to."""
    return a_reply(a_need(contact_email="owner@example.kr"))


def test_a_match_counts_and_is_public_once_its_partner_confirms(app, client, now, reply):
    match = agreed(reply, now=now, starts_on=date(2027, 1, 4))
    assert (reply.state, reply.need.status, match.confirmed_at) == (ReplyState.CONSULTING, NeedStatus.CONSULTING, None)
    assert published_figures(TODAY, "Asia/Seoul").matches == 0
    assert SUMMARY not in client.get(f"/needs/{reply.need_id}").text
    [mail] = mails_to(app, reply.email)
    assert "2027. 1. 4.(월)" in mail.text and "설비" in mail.text
    [address] = links_in(mail)
    assert address == link(reply)
    page = client.get(address).text
    assert SUMMARY in page and "이대로 확인하기" in page
    assert the_match().confirmed_at is None  # looking changes nothing
    seen = the_match().of(reply.organization_id).asked_at.isoformat()
    answer = client.post(address + "/confirm", data={"seen": seen}, follow_redirects=True)
    assert "성사를 확인했습니다" in answer.text
    assert (reply.state, reply.need.status) == (ReplyState.MATCHED, NeedStatus.MATCHED)
    assert the_match().of(reply.organization_id).confirmed_by == reply.name
    shown = client.get(f"/needs/{reply.need_id}").text
    assert SUMMARY in shown and reply.organization.name in shown and "2027. 1. 4.(월)부터" in shown
    found = published_figures(TODAY, "Asia/Seoul")
    assert (found.matches, found.in_matches, found.public_private) == (1, 2, 1)
    assert kinds_to("owner@example.kr") == ["match_confirmed"]
    assert kinds_to(reply.email) == ["match_asked", "reply_matched"]
    again = client.post(address + "/confirm", data={"seen": ""})
    assert "이미 확인했습니다" in again.text


def test_who_reads_english_reads_that_a_confirmation_is_waited_for(app, client, now, reply):
    agreed(reply, now=now)
    [mail] = mails_to(app, reply.email)
    page = client.get("/en" + links_in(mail)[0].removeprefix("/en")).text
    assert "Waiting for confirmation" in page and "Waiting to be read" not in page


def test_who_has_not_confirmed_is_neither_counted_nor_shown(app, client, now, reply):
    second = a_reply(reply.need)
    agreed(reply, second, now=now)
    confirmed(reply, now)
    page = client.get(f"/needs/{reply.need_id}").text
    assert reply.organization.name in page and second.organization.name not in page
    found = published_figures(TODAY, "Asia/Seoul")
    assert (found.in_matches, found.in_matches_distinct) == (2, 2)
    assert second.state is ReplyState.CONSULTING


def test_a_partner_objects_the_owner_corrects_and_asks_again(app, client, now, reply):
    owner = an_owner(reply.need.organization)
    agreed(reply, now=now)
    page = client.get(link(reply, "/object")).text
    assert "다르게 알고 있는 것" in page
    assert "입력해 주세요" in client.post(link(reply, "/object"), data={"said": ""}).text
    form = {"said": "우리는 설비만 맡습니다.", "seen": the_match().of(reply.organization_id).asked_at.isoformat()}
    assert "수요기관에 알렸습니다" in client.post(link(reply, "/object"), data=form, follow_redirects=True).text
    assert "우리는 설비만 맡습니다." in mails_to(app, "owner@example.kr")[0].text
    client.sign_in(owner)
    address = f"/my/replies/{reply.public_id}/match"
    assert "우리는 설비만 맡습니다." in client.get(address).text
    assert "우리는 설비만 맡습니다." in client.get(f"/my/matches/{reply.need_id}").text
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        corrected = {
            "partners": str(reply.id),
            "matched_on": "2026-11-23",
            "starts_on": "",
            "summary": SUMMARY,
            "own_contribution": "작업장",
            f"contribution_{reply.organization_id}": "설비만",
        }
        client.post(address, data=corrected)
    assert kinds_to(reply.email) == ["match_asked", "match_asked"]
    confirmed(reply, now + timedelta(hours=2))
    assert the_match().is_public


def test_changed_words_want_another_confirmation_but_what_counted_goes_on_counting(app, client, now, reply):
    second = a_reply(reply.need)
    agreed(reply, now=now)
    confirmed(reply, now)
    agreed(reply, second, now=now + timedelta(days=1))  # somebody joins: nothing changes for the first
    assert kinds_to(reply.email) == ["match_asked", "reply_matched"]
    agreed(reply, second, now=now + timedelta(days=2), summary="다른 요약입니다.")
    assert kinds_to(reply.email) == ["match_asked", "reply_matched", "match_asked"]
    match = the_match()
    assert not match.is_public and match.confirmed_at == now
    assert published_figures(TODAY, "Asia/Seoul").matches == 1
    assert "다른 요약입니다." not in client.get(f"/needs/{reply.need_id}").text
    confirmed(reply, now + timedelta(days=3))
    assert the_match().of(reply.organization_id).confirmed_at == now
    assert "다른 요약입니다." in client.get(f"/needs/{reply.need_id}").text


def test_a_press_on_words_that_have_changed_is_refused(app, client, now, reply):
    match = agreed(reply, now=now)
    seen = match.of(reply.organization_id).asked_at.isoformat()
    agreed(reply, now=now + timedelta(hours=1), summary="다른 요약입니다.")
    answer = client.post(link(reply, "/confirm"), data={"seen": seen})
    assert "그사이 내용이 바뀌었습니다" in answer.text and "다른 요약입니다." in answer.text
    assert "그사이" in client.post(link(reply, "/object"), data={"said": "아닙니다.", "seen": seen}).text
    assert "그사이" in client.post(link(reply, "/confirm"), data={"seen": "어제"}).text
    assert the_match().confirmed_at is None


def test_an_objection_to_what_was_confirmed_takes_it_back(app, client, now, reply):
    agreed(reply, now=now)
    confirmed(reply, now)
    client.post(link(reply, "/object"), data={"said": "함께하지 않습니다.", "seen": ""})
    assert (the_match().confirmed_at, reply.state, reply.need.matched_at) == (None, ReplyState.CONSULTING, None)
    assert published_figures(TODAY, "Asia/Seoul").matches == 0
    assert "다르다고 수요기관에 알렸습니다" in client.get(link(reply)).text


def test_who_is_left_out_is_told_and_who_confirmed_stays(app, now, reply):
    second = a_reply(reply.need)
    agreed(reply, second, now=now)
    confirmed(reply, now)
    agreed(reply, now=now + timedelta(hours=1))
    assert kinds_to(second.email) == ["match_asked", "match_left_out"]
    with pytest.raises(Refused, match="이미 확인해 뺄 수 없습니다"):
        agreed(second, now=now + timedelta(hours=2))
    assert [mail for mail in mails_to(app, second.email) if isinstance(mail, Dropped)]


def test_a_match_needs_a_partner_a_day_that_has_come_and_replies_that_stand(app, now, reply):
    for partners, day in (([], TODAY), ([reply], date(2026, 11, 24))):
        with pytest.raises(Refused), unit_of_work():
            matching.record_match(reply.need, partners, Terms({}, day, "요약"), a_user(), TODAY, now)
    with pytest.raises(Refused):
        agreed(a_reply(state=ReplyState.ENDED), now=now)
    assert db.session.query(Match).count() == 0


def test_colleagues_confirm_by_links_of_their_own(app, client, now, reply):
    joined = ReplyColleague(reply=reply, name="박누리", email="nuri@example.com", asked_at=now, accepted_at=now)
    saved(joined)
    agreed(reply, now=now)
    [address] = links_in(mails_to(app, "nuri@example.com")[0])
    seen = the_match().of(reply.organization_id).asked_at.isoformat()
    client.post(address + "/confirm", data={"seen": seen})
    assert the_match().of(reply.organization_id).confirmed_by == "박누리"


def test_staff_confirm_what_came_on_paper_with_a_reason(app, client, now, reply):
    agreed(reply, now=now)
    client.sign_in(a_user(name="김하늘"))
    assert reply.need.title in client.get("/staff/matches?shelf=waiting").text
    assert "이 상태의 성사가 없습니다" in client.get("/staff/matches?shelf=late").text
    address = f"/staff/matches/{reply.need_id}/organizations/{reply.organization_id}/confirm"
    assert "문서로 받았습니다" in client.get(f"/staff/matches/{reply.need_id}").text
    assert "입력해 주세요" in client.post(address, data={"reason": ""}).text
    client.post(address, data={"reason": "공문으로 확인했습니다.", "seen": now.isoformat()})
    assert the_match().is_public and the_match().of(reply.organization_id).confirmed_by == "김하늘"
    assert history_of(reply.need)[-1].detail["reason"] == "공문으로 확인했습니다."
    assert client.get(address).status_code == 302
    assert client.get("/staff/matches/999999").status_code == 404
    assert kinds_to("owner@example.kr") == ["match_confirmed"]


def test_the_list_of_staff_holds_every_match_that_has_a_partner(app, client, now, reply):
    needs = [reply.need]
    for made in (reply, a_reply(need=a_need(title="둘째 과제"))):
        brings = {made.organization_id: "설비", made.need.organization_id: "작업장"}
        with unit_of_work():
            terms = Terms(contributions=brings, matched_on=TODAY, summary=SUMMARY)
            matching.record_match(made.need, [made], terms, a_user(), TODAY, now)
        needs.append(made.need)
    shown = client.sign_in(a_user()).get("/staff/matches").text
    assert all(need.title in shown for need in needs)


def test_the_unconfirmed_are_reminded_once_after_five_working_days(app, client, now, reply):
    agreed(reply, now=now)
    monday = datetime(2026, 11, 30, 1, tzinfo=UTC)
    with unit_of_work():
        assert match_watch.remind_unconfirmed(now + timedelta(days=4), SEOUL) == 0
        assert match_watch.remind_unconfirmed(monday, SEOUL) == 1
        assert match_watch.remind_unconfirmed(monday + timedelta(days=3), SEOUL) == 0
    assert kinds_to(reply.email) == ["match_asked", "match_reminded"]
    assert match_watch.number_unconfirmed(monday) == 1
    assert match_watch.number_unconfirmed(now + timedelta(days=6)) == 0  # a Sunday: four working days
    with time_machine.travel(monday, tick=False):
        client.sign_in(a_user())
        assert "확인이 늦음" in client.get("/staff/matches").text
        assert "근무일 5일이 지났습니다" in client.get(f"/staff/matches/{reply.need_id}").text
    confirmed(reply, monday)
    assert all(isinstance(mail, Dropped) for mail in mails_to(app, reply.email)[:2])


def test_both_sides_tell_how_it_goes_on_and_everybody_reads_what_is_public(app, client, now, reply):
    owner = an_owner(reply.need.organization)
    agreed(reply, now=now)
    told = {"happened_on": "2026-11-23", "text": "첫 원료 300kg을 만들었습니다.", "public": "y"}
    assert "두 기관이 확인한 뒤에" in client.post(link(reply, "/progress"), data=told).text
    confirmed(reply, now)
    assert "2026-11-24" in client.post(link(reply, "/progress"), data=told | {"happened_on": "2026-11-24"}).text
    client.post(link(reply, "/progress"), data=told)
    client.sign_in(owner)
    client.post(f"/my/matches/{reply.need_id}/progress", data={"happened_on": "2026-11-23", "text": "내부 소식입니다."})
    page = client.get(f"/my/matches/{reply.need_id}").text
    assert "300kg" in page and "내부 소식입니다." in page
    public = client.get(f"/needs/{reply.need_id}").text
    assert "300kg" in public and "내부 소식입니다." not in public
    said = {each.text: each.id for each in db.session.scalars(select(MatchProgress))}
    of_partner = said["첫 원료 300kg을 만들었습니다."]
    refused = client.post(f"/my/matches/{reply.need_id}/progress/{of_partner}/remove")
    assert "그사이 지워진 소식입니다" in refused.text  # another's words are not one's own to take away
    client.sign_in(a_user())
    client.post(f"/staff/matches/{reply.need_id}/progress/{of_partner}/hide", data={"reason": "사실과 다릅니다."})
    assert "300kg" not in client.get(f"/needs/{reply.need_id}").text
    client.post(link(reply, f"/progress/{of_partner}/remove"))
    assert db.session.query(MatchProgress).count() == 1


def test_half_a_year_later_both_sides_are_asked_once_how_it_goes(app, now, reply):
    agreed(reply, now=now)
    confirmed(reply, now)
    later = now + timedelta(days=183)
    with unit_of_work():
        assert match_watch.ask_for_progress(now + timedelta(days=100)) == 0
        assert match_watch.ask_for_progress(later) == 2
        assert match_watch.ask_for_progress(later) == 0
    assert links_in(mails_to(app, reply.email)[-1]) == [link(reply)]
    assert links_in(mails_to(app, "owner@example.kr")[-1]) == [f"/my/matches/{reply.need_id}"]


def test_who_has_told_lately_is_not_asked(app, now, reply):
    agreed(reply, now=now)
    confirmed(reply, now)
    with unit_of_work():
        progressing.add_progress(
            reply.need, reply.organization_id, TODAY, "나아갑니다.", False, "이가온", TODAY, now + timedelta(days=90)
        )
        assert match_watch.ask_for_progress(now + timedelta(days=183)) == 0


def test_the_owner_ends_talks_with_a_reason_and_says_what_becomes_of_the_need(app, client, now, reply):
    other = a_reply(reply.need)
    client.sign_in(an_owner(reply.need.organization))
    agreed(reply, other, now=now)
    address = f"/my/replies/{reply.public_id}/end"
    assert "다른 기관 1곳" in client.get(address).text
    assert "골라 주세요" in client.post(address, data={"stays_open": "yes"}).text
    client.post(address, data={"reason": "timing", "said": "내년에 봅시다.", "stays_open": "yes"})
    assert (reply.state, reply.end_reason, reply.need.state) == (
        ReplyState.ENDED,
        EndReason.TIMING,
        NeedState.PUBLISHED,
    )
    assert reply.need.consulting_since and the_match().of(reply.organization_id) is None
    [*_, mail] = mails_to(app, reply.email)
    assert "시기가 맞지 않음" in mail.text and "내년에 봅시다." in mail.text
    assert "내년에 봅시다." in client.get(f"/my/replies/{reply.public_id}").text
    assert "끝낼 협의가 없습니다" in client.get(address).text
    client.post(f"/my/replies/{other.public_id}/end", data={"reason": "budget", "said": "", "stays_open": "no"})
    assert (reply.need.state, reply.need.consulting_since) == (NeedState.CLOSED, None)
    assert db.session.query(Match).count() == 0


def test_the_replying_side_ends_talks_and_the_owner_hears_why(app, client, now):
    reply = a_reply(a_need(contact_email="owner@example.kr", consulting_since=datetime(2026, 11, 2, tzinfo=UTC)))
    reply.state = ReplyState.CONSULTING
    db.session.commit()
    answer = client.post(link(reply, "/end"), data={"reason": "rules", "said": "법에 막힙니다."}, follow_redirects=True)
    assert "협의를 끝내고 수요기관에 알렸습니다" in answer.text
    assert (reply.state, reply.need.status) == (ReplyState.ENDED, NeedStatus.OPEN)
    [mail] = mails_to(app, "owner@example.kr")
    assert "법에 막힙니다." in mail.text and links_in(mail) == [f"/my/needs/{reply.need_id}"]
    with pytest.raises(Refused, match="끝낼 협의가 없습니다"), unit_of_work():
        ending.end_by_replier(reply, EndReason.OTHER, "", now)


def taken_back(reply, now):
    replying.withdraw(reply, now)


def declined(reply, now):
    answering.decline(reply, "올해는 어렵습니다.", now)


@pytest.mark.parametrize("leave", [taken_back, declined])
def test_whoever_is_out_of_the_talks_is_out_of_the_match_they_were_asked_about(app, client, now, reply, leave):
    agreed(reply, now=now)
    with unit_of_work():
        leave(reply, now)
    later = now + timedelta(days=9)
    with unit_of_work():
        assert match_watch.remind_unconfirmed(later, SEOUL) == 0
    assert (matching.match_of(reply.need), match_watch.number_unconfirmed(later)) == (None, 0)
    assert all(isinstance(mail, Dropped) for mail in mails_to(app, reply.email)[:1])
    agreed(other := a_reply(reply.need), now=later)
    assert [partner.organization_id for partner in the_match().partners] == [other.organization_id]


def test_what_one_partner_objects_to_is_not_for_another_one_to_read(app, client, now, reply):
    other, third = a_reply(reply.need), a_reply(reply.need)
    agreed(reply, other, third, now=now)
    with unit_of_work():
        matching.confirm(the_match(), third.organization_id, "박셋째", now, now)
    client.post(link(reply, "/object"), data={"said": "우리 사정이 있습니다.", "seen": now.isoformat()})
    page = client.get(link(other)).text
    assert "다르다고 함" in page and "우리 사정이 있습니다." not in page and "박셋째" not in page
    assert "우리 사정이 있습니다." in client.get(link(reply)).text and "박셋째" in client.get(link(third)).text


def test_staff_confirm_only_the_words_they_have_on_paper(app, client, now, reply):
    agreed(reply, now=now)
    client.sign_in(a_user())
    address = f"/staff/matches/{reply.need_id}/organizations/{reply.organization_id}/confirm"
    assert now.isoformat() in client.get(address).text
    agreed(reply, now=now + timedelta(hours=1), summary="다른 요약입니다.")
    said = {"reason": "공문으로 확인했습니다.", "seen": now.isoformat()}
    page = client.post(address, data=said).text
    assert "그사이 내용이 바뀌었습니다" in page and "다른 요약입니다." in page
    assert not the_match().is_public
    client.post(address, data=said | {"seen": (now + timedelta(hours=1)).isoformat()})
    assert the_match().is_public


def test_a_reply_sent_again_begins_anew(app, now, reply):
    with unit_of_work():
        answering.acknowledge(reply, now, "검토하고 있습니다.")
        ending.end_by_replier(reply, EndReason.RULES, "법에 막힙니다.", now)
        replying.withdraw(reply, now)
        reply.send(now, now)
    assert (reply.acknowledgement, reply.end_reason, reply.end_words, reply.ended_at, reply.ended_by) == (
        *("", None, ""),
        *(None, None),
    )
    with unit_of_work():
        answering.acknowledge(reply, now)
        ending.end_by_replier(reply, EndReason.OTHER, "", now + timedelta(days=1))
    assert kinds_to("owner@example.kr").count("reply_ended_by_replier") == 2


def test_links_of_others_open_nothing(app, client, now, reply):
    other = a_reply(reply.need)
    agreed(reply, now=now)
    assert client.get("/matches/abc.def").status_code == 404
    assert client.get(f"/matches/{token_for('reply', reply.public_id, 1)}").status_code == 404
    assert "아직 성사를 기록하지 않았거나" in client.get(link(other)).text
    assert client.post(link(other, "/confirm"), data={"seen": ""}).status_code == 404
    client.sign_in(an_owner(an_organization()))
    assert client.get(f"/my/matches/{reply.need_id}").status_code == 404
    assert client.get(f"/my/replies/{reply.public_id}/end").status_code == 404
