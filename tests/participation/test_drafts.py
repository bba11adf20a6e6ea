"""What is written of a reply is kept a week, found again by whoever wrote it, and gone once it is sent."""

from datetime import timedelta

import pytest
import time_machine

from briefings.db import db
from briefings.participation import drafts
from briefings.participation.models import ParticipationReply, ReplyDraft
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_need, a_registration
from tests.participation.test_pages import SENDER, offering


def kept():
    """All drafts there are."""
    return db.session.query(ReplyDraft).all()


@pytest.fixture
def place(app):
    """Somebody's place in a briefing of two needs, with the page on which they reply and their two needs."""
    registration = a_registration(a_briefing(needs=2))
    first, second = (slot.need for slot in registration.briefing.slots)
    return f"/join/{token_of(registration, 'join')}/reply", first, second


def test_what_was_kept_by_a_personal_link_is_there_on_every_machine_until_it_is_sent(app, client, place, now):
    page, first, second = place
    form = {**SENDER, **offering(first, "재생 설비가 있습니다."), **offering(second, "판로가")}
    answer = client.post(page, data={**form, "do": "save"}, follow_redirects=True)
    assert "임시 저장했습니다" in answer.text
    assert "2026. 11. 30.(월) 10:00에 지웁니다" in answer.text
    elsewhere = app.test_client()
    assert "재생 설비가 있습니다." in elsewhere.get(page).text
    assert elsewhere.get(page).text.count('value="yes" checked') == 0  # personal data are agreed to when it is sent
    del form[f"chosen_{second.id}"]
    elsewhere.post(page, data=form)
    (rest,) = kept()  # what was written for the other need stays
    assert (f"offer_{first.id}" in rest.content, rest.content[f"offer_{second.id}"]) == (False, "판로가")
    assert db.session.query(ParticipationReply).one().need_id == first.id
    elsewhere.post(page, data={**SENDER, **offering(second, "판로가 있습니다.")})
    assert kept() == []


def test_a_visitor_finds_it_in_the_same_browser_alone_and_needs_on_other_pages_are_kept_beside_it(app, client):
    first, second = a_need(), a_need()
    for need, words in ((first, "재생 설비"), (second, "시험 현장")):
        answer = client.post(f"/needs/{need.id}/reply", data={**SENDER, **offering(need, words), "do": "autosave"})
        assert answer.status_code == 204
    assert len(kept()) == 1
    assert "gaon@example.com" not in kept()[0].owner_key
    assert "재생 설비" in client.get(f"/needs/{first.id}/reply").text
    assert "재생 설비" not in app.test_client().get(f"/needs/{first.id}/reply").text
    client.post(f"/needs/{first.id}/reply", data={"do": "forget"})
    assert kept() == []


def test_after_a_week_it_is_not_shown_and_the_worker_destroys_it(app, client, place, now):
    page, first, _ = place
    client.post(page, data={**SENDER, **offering(first), "do": "save"})
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert "재생 설비" not in client.get(page).text
    assert drafts.destroy_due(now + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert drafts.destroy_due(now + timedelta(days=7)) == 1


def test_keeping_is_not_counted_as_sending_and_any_bytes_may_be_kept(app, client, place, limited):
    page, first, _ = place
    odd = {**SENDER, "kind": "nobody", **offering(first, "한\x00글\u202e" + "가" * 5000, tags="gold"), "do": "autosave"}
    assert {client.post(page, data=odd).status_code for _ in range(15)} == {204}
    assert kept()[0].content[f"offer_{first.id}"].startswith("한글가")
    assert client.get(page).status_code == 200
