"""Everybody's own account."""

import pytest

from briefings.accounts.models import Role
from briefings.accounts.signing_in import password_fits, set_password
from briefings.db import db
from tests.builders import a_user
from tests.mails import mails_to

OLD, NEW = "예전에 쓰던 비밀번호", "그물을 다시 씁니다"


@pytest.fixture
def user(app, client):
    user = a_user(email="haneul@example.kr")
    set_password(user, OLD)
    db.session.commit()
    client.sign_in(user)
    return user


def change(client, present=OLD, password=NEW):
    return client.post("/account/password", data={"present": present, "password": password})


def test_name_telephone_and_language_can_be_changed_and_nothing_else(client, user):
    data = {
        "name": "김하늘솔",
        "phone": "01012345678",
        "locale": "en",
        "role": "administrator",
        "email": "x@example.kr",
    }
    assert client.post("/account", data=data).location == "/account"
    assert (user.name, user.phone, user.locale) == ("김하늘솔", "010-1234-5678", "en")
    assert (user.role, user.email) == (Role.OFFICER, "haneul@example.kr")


def test_a_changed_password_signs_other_browsers_out_and_this_one_not(app, client, user):
    elsewhere = app.test_client().sign_in(user)
    assert elsewhere.get("/account").status_code == 200
    assert change(client).location == "/account"
    assert password_fits(user, NEW)
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert mails_to(app, user.email)[0].subject == "[협업이음] 비밀번호가 바뀌었습니다"


def test_the_present_password_must_be_known(client, user):
    assert "지금 비밀번호가 맞지 않습니다" in change(client, present="아닌 비밀번호입니다").text
    assert password_fits(user, OLD)


def test_an_easy_password_is_refused_at_its_field_and_not_shown_again(client, user):
    page = change(client, password="haneul1234").text
    assert 'href="#password"' in page
    assert "haneul1234" not in page
    assert password_fits(user, OLD)


def test_somebody_not_signed_in_is_asked_to(app, client):
    assert client.get("/account").location == "/sign-in?next=/account"
    assert client.post("/account/password").status_code == 302
