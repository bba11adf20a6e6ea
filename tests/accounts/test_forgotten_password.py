"""A forgotten password: the answer never tells whether an address has an account."""

import pytest
from sqlalchemy import select

from briefings.accounts.signing_in import password_fits, set_password
from briefings.db import db
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message
from tests.builders import a_user
from tests.mails import links_in, mails_to

PASSWORD = "그물을 다시 씁니다"


@pytest.fixture
def user(app):
    user = a_user(email="haneul@example.kr")
    set_password(user, "예전에 쓰던 비밀번호")
    db.session.commit()
    return user


def ask(client, email, to=""):
    return client.post(f"{to}/forgotten-password", data={"email": email})


def test_the_way_from_the_page_to_a_new_password(app, client, user, now):
    assert "계정이 있으면 링크를 보냈습니다" in client.get(ask(client, " Haneul@example.kr").location).text
    [mail] = mails_to(app, "haneul@example.kr")
    assert mail.subject == "[협업이음] 비밀번호를 새로 정하는 링크"
    assert "김하늘 님" in mail.text
    assert "2026. 11. 23.(월) 11:00까지" in mail.text
    [link] = links_in(mail)
    assert "haneul@example.kr" in client.get(link).text
    assert client.post(link, data={"password": PASSWORD}).location == "/sign-in"
    assert password_fits(user, PASSWORD)
    assert mails_to(app, "haneul@example.kr")[-1].subject == "[협업이음] 비밀번호가 바뀌었습니다"


def test_known_and_unknown_addresses_get_the_same_answer_by_the_same_statements(app, client, user, count_queries):
    with count_queries() as known:
        first = ask(client, "haneul@example.kr")
    with count_queries() as unknown:
        second = ask(client, "nobody@example.kr")
    assert (first.status_code, first.location, first.data) == (second.status_code, second.location, second.data)
    assert known == unknown


def test_nothing_is_sent_where_there_is_no_account_or_it_is_switched_off(app, client, user):
    ask(client, "nobody@example.kr")
    assert isinstance(mails_to(app, "nobody@example.kr")[0], Dropped)
    user.active = False
    db.session.commit()
    ask(client, "haneul@example.kr")
    assert isinstance(mails_to(app, "haneul@example.kr")[0], Dropped)


def test_asking_again_at_once_sends_no_second_mail(app, client, user):
    ask(client, "haneul@example.kr")
    ask(client, "haneul@example.kr")
    assert len(mails_to(app, "haneul@example.kr")) == 1


def test_the_mail_is_in_the_language_of_the_page_it_was_asked_on(app, client, user):
    ask(client, "haneul@example.kr", "/en")
    [message] = db.session.scalars(select(Message))
    assert message.locale == "en"
    [mail] = mails_to(app, "haneul@example.kr")
    assert links_in(mail)[0].startswith("/en/new-password/")
    assert "works once, until Mon 23 Nov 2026, 11:00 KST" in mail.text


def test_asking_is_limited_for_one_address_and_for_one_place(client, user, limited):
    for _ in range(3):
        assert ask(client, "haneul@example.kr").status_code == 302
    assert ask(client, "haneul@example.kr").status_code == 429
    for n in range(7):
        assert ask(client, f"nobody{n}@example.kr").status_code == 302
    assert ask(client, "nobody9@example.kr").status_code == 429


def test_a_very_long_address_is_no_error(client, app):
    assert ask(client, "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".kr").status_code == 302
    assert ask(client, "a" * 400 + "@example.kr").status_code == 200


def test_a_link_in_the_mail_is_refused_after_the_password_changed(app, client, user):
    ask(client, "haneul@example.kr")
    [mail] = mails_to(app, "haneul@example.kr")
    set_password(user, PASSWORD)
    db.session.commit()
    assert isinstance(mail, Mail)
    assert client.get(links_in(mail)[0]).status_code == 410
