"""A letter to those whom staff ticked in the list of registrants, and to nobody else."""

from sqlalchemy import select

from briefings.db import db
from briefings.outbox.models import Message
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_registration, a_user

WORDS = {"subject": "준비물 안내", "body": "#{이름} 님께\n\n준비물을 알립니다.\n\n- #{안내 주소}"}


def test_goes_to_those_ticked_who_meet_the_conditions(client):
    client.sign_in(a_user())
    briefing = a_briefing()
    ticked, waiting, other = (
        a_registration(briefing, name="김가온"),
        a_registration(briefing, name="이나래", state=RegistrationState.WAITLISTED),
        a_registration(briefing, name="박다솜"),
    )
    address = f"/staff/briefings/{briefing.id}/announcements/new?id={ticked.public_id}&id={waiting.public_id}"

    assert "고른 2명에게만 보냅니다" in client.get(address).text
    people = f"{ticked.public_id} {waiting.public_id}"
    draft = client.post(address, data=WORDS | {"states": ["confirmed"], "people": people}, follow_redirects=True)
    assert "신청자 목록에서 고른 2명" in draft.text
    edited = client.get(f"{draft.request.path}/edit").text
    assert f'value="{people}"' in edited
    client.post(f"{draft.request.path}/send", data={"when": "now"})
    client.post(f"{draft.request.path}/send", data={"when": "now", "agreed": "now"})

    told = list(db.session.scalars(select(Message.recipient).where(Message.kind == "announcement")))
    assert told == [ticked.email] and other.email not in told
