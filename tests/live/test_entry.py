"""The short way in: a code and a number lead to one's own page; guessing gets nowhere; looking changes nothing."""

from datetime import timedelta
from itertools import count

import pytest
import time_machine

from briefings.db import db
from briefings.live.links import code_of, entry_number
from briefings.live.models import Attendance
from briefings.schedule.links import token_of
from briefings.schedule.registration_models import RegistrationState
from briefings.web.tokens import digits_for
from tests.builders import a_briefing, a_registration


@pytest.fixture
def soon(now):
    """A briefing that begins in an hour."""
    return a_briefing(starts_at=now + timedelta(hours=1))


def typed(registration, **other):
    """What its holder types."""
    number = entry_number(registration)
    return {"code": code_of(registration.briefing), "number": f"{number[:4]} {number[4:]}"} | other


def test_code_and_number_lead_to_ones_own_page_and_record_nothing(client, soon):
    somebody, _ = a_registration(soon), a_registration(soon)
    answer = client.post("/j", data=typed(somebody))
    assert answer.status_code == 303
    assert answer.location == f"/join/{token_of(somebody, 'join')}"
    assert db.session.query(Attendance).count() == 0


def test_both_stand_on_the_join_page_and_the_short_address_fills_the_code_in(client, soon):
    somebody = a_registration(soon)
    page = client.get(f"/join/{token_of(somebody, 'join')}").text
    number = entry_number(somebody)
    assert f"briefings.example.kr/j/{code_of(soon)}" in page
    assert f"{number[:4]} {number[4:]}" in page
    assert f'value="{code_of(soon)}"' in client.get(f"/j/{code_of(soon)}").text


def test_a_code_may_be_typed_as_it_looks(client, soon):
    soon.public_id = "i2ab3cde"
    somebody = a_registration(soon)
    for code in ("I2AB3", " l2ab3", "12 ab3"):
        assert client.post("/j", data=typed(somebody, code=code)).status_code == 303


def test_whatever_does_not_fit_is_refused_in_the_same_words(client, soon, now):
    far = a_briefing(starts_at=now + timedelta(days=3))
    cancelled = a_registration(soon, state=RegistrationState.CANCELLED)
    wrong = "맞는 입장 번호가 아닙니다"
    somebody = a_registration(soon)
    for data in (
        typed(a_registration(far)),
        typed(cancelled),
        typed(somebody, code="zzzzz"),
        typed(somebody, code="%____"),
        typed(somebody, number=f"{(int(entry_number(somebody)) + 1) % 10**8:08}"),
    ):
        answer = client.post("/j", data=data)
        assert answer.status_code == 200 and wrong in answer.text
    assert "숫자 8개입니다" in client.post("/j", data=typed(somebody, number="１２３")).text
    somebody.link_version += 1
    before = typed(somebody, number=digits_for("entry-number", somebody.public_id, somebody.link_version - 1, 8))
    db.session.commit()
    assert wrong in client.post("/j", data=before).text
    with time_machine.travel(soon.ends_at + timedelta(days=2), tick=False):
        assert wrong in client.post("/j", data=typed(somebody)).text


def test_two_people_with_the_same_number_are_told_apart_by_name(client, soon):
    ids, seen = (f"t{n:07}" for n in count()), {}
    for public_id in ids:
        number = digits_for("entry-number", public_id, 1, 8)
        if number in seen:
            break
        seen[number] = public_id
    first = a_registration(soon, public_id=seen[number], name="이가온")
    second = a_registration(soon, public_id=public_id, name="박나래")
    assert typed(first) == typed(second)
    assert "이름도 적어 주세요" in client.post("/j", data=typed(first)).text
    answer = client.post("/j", data=typed(second, name="박나래"))
    assert answer.location == f"/join/{token_of(second, 'join')}"


def test_one_network_guesses_ten_times_a_minute_and_is_not_counted_for_what_is_right(client, soon, limited):
    somebody = a_registration(soon)
    for _ in range(12):
        assert client.post("/j", data=typed(somebody)).status_code == 303
    for guess in range(10):
        assert client.post("/j", data=typed(somebody, code=f"zzzz{guess % 8 + 2}")).status_code == 200
    answer = client.post("/j", data=typed(somebody))
    assert answer.status_code == 429 and answer.headers["Retry-After"]


def test_the_picture_holds_the_personal_address_and_is_kept_by_nobody(client, soon):
    answer = client.get(f"/join/{token_of(a_registration(soon), 'join')}/qr.svg")
    assert answer.mimetype == "image/svg+xml" and answer.data.startswith(b"<svg")
    assert answer.headers["Cache-Control"] == "no-store"
