"""One reply for an organization and a need: colleagues join it if whoever sent it lets them."""

import pytest

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.mail import Dropped
from briefings.participation import answering, colleagues, replying
from briefings.participation.links import colleague_url, token_of
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.privacy.consenting import consents_with
from tests.builders import a_colleague, a_need, a_reply, an_organization, an_owner
from tests.mails import links_in, mails_to
from tests.participation.test_pages import SENDER, link, offering

NARAE = {"name": "박나래", "email": "narae@example.com", "phone": "01098765432"}


@pytest.fixture
def need(app):
    """A need whose owner has an account."""
    organization = an_organization()
    an_owner(organization, email="owner@hanryeo.example.kr")
    return a_need(organization=organization)


def reply(client, need, **sender):
    """Send the form of one need, and read the page that follows, without what differs by itself."""
    form = {**SENDER, **sender, **offering(need, sender.pop("offer", "시험 현장이 있습니다."))}
    page = client.post(f"/needs/{need.id}/reply", data=form, follow_redirects=True)
    return page.text.replace(form["email"], "")


def test_whoever_is_second_reads_what_the_first_read_and_the_first_is_asked(app, client, need, now):
    first = reply(client, need)
    assert reply(app.test_client(), need, **NARAE) == first  # a stranger learns nothing of the reply there is
    assert db.session.query(ParticipationReply).count() == 1
    colleague = db.session.query(ReplyColleague).one()
    assert consents_with(f"reply-colleague:{colleague.public_id}")[0].stands
    asked = mails_to(app, "gaon@example.com")[-1]
    waits = mails_to(app, "narae@example.com")[-1]
    assert "박나래" in asked.text
    (page,) = links_in(asked)
    assert "시험 현장이 있습니다." in client.get(page).text
    assert "기다리고 있습니다" in client.get(links_in(waits)[0]).text
    assert len(mails_to(app, "owner@hanryeo.example.kr")) == 1  # of a second the owner hears when they are let in
    reply(app.test_client(), need, **NARAE)
    assert len(mails_to(app, "gaon@example.com")) == 2  # once a day, however often it is sent


def test_who_was_let_in_has_a_link_of_their_own_and_hears_what_the_owner_answers(app, client, need, now):
    reply(client, need)
    reply(client, need, **NARAE)
    made, colleague = db.session.query(ParticipationReply).one(), db.session.query(ReplyColleague).one()
    page = link(made, f"/colleagues/{colleague.public_id}")
    assert client.get(page).status_code == 405
    client.post(page, data={"answer": "join"})
    assert colleague.is_in
    own = f"/replies/{token_of(made, NARAE['email'])}"
    assert links_in(mails_to(app, "narae@example.com")[-1]) == [own]
    told = mails_to(app, "owner@hanryeo.example.kr")[-1]
    assert "박나래" in told.text
    owner = app.test_client().sign_in(db.session.query(User).filter_by(email="owner@hanryeo.example.kr").one())
    assert "narae@example.com · 010-9876-5432" in owner.get(links_in(told)[0]).text
    client.post(f"{own}/change", data={"offer": "설비와 현장이 있습니다.", "visibility": "owner", "conditions": ""})
    assert made.offer == "설비와 현장이 있습니다."
    assert client.get(f"{own}/colleagues").status_code == 404  # colleagues decide about nobody
    with unit_of_work():
        answering.acknowledge(made, now)
    first, second = mails_to(app, "gaon@example.com")[-1], mails_to(app, "narae@example.com")[-1]
    assert links_in(first) == [link(made)]
    assert links_in(second) == [own]
    assert client.get(f"{own}/withdraw").status_code == 303
    client.post(f"{own}/leave")
    assert client.get(own).status_code == 410
    assert db.session.query(ReplyColleague).count() == 0


def test_who_was_let_in_can_be_put_out_again_and_their_mails_open_nothing(app, client, need, now):
    made = a_reply(need)
    colleague = a_colleague(made, accepted_at=now)
    own = f"/replies/{token_of(made, colleague.email)}"
    with unit_of_work():
        answering.acknowledge(made, now)
    client.post(link(made, f"/colleagues/{colleague.public_id}"), data={"answer": "no"})
    for address in (own, f"{own}/change", f"{own}/leave"):
        ended = client.get(address)
        assert ended.status_code == 410 and "답글에 더는 함께하지 않는 분의 링크입니다" in ended.text
        assert need.title not in ended.text
    told, out = mails_to(app, colleague.email)
    assert isinstance(told, Dropped) or not any(client.get(at).status_code == 200 for at in links_in(told))
    assert "함께하지 않는다고" in out.text
    with pytest.raises(Refused, match="이미 답한"), unit_of_work():
        colleagues.let_join(colleague, now)


def test_strangers_and_colleagues_of_other_replies_are_not_found(app, client, now):
    made, other = a_reply(), a_colleague(a_reply())
    assert client.post(link(made, f"/colleagues/{other.public_id}"), data={"answer": "join"}).status_code == 404
    assert client.get(f"/replies/{token_of(made, other.email)}").status_code == 404
    assert client.get("/joining/abc.def").status_code == 404


def test_a_reply_taken_back_frees_whoever_was_in_it_or_waited(app, client, need, now):
    made = a_reply(need, email="gaon@example.com")
    inside, waiting = a_colleague(made, accepted_at=now), a_colleague(made)
    a_colleague(made, refused_at=now)
    with app.test_request_context():
        ways = f"/replies/{token_of(made, inside.email)}", colleague_url(waiting)
    assert made.need.last_reply_at is None
    with unit_of_work():
        replying.withdraw(made, now)
    assert db.session.query(ReplyColleague).count() == 0
    for way in ways:
        ended = client.get(way)
        assert ended.status_code == 410 and "답글에 더는 함께하지 않는" in ended.text
        assert client.get(f"{way}x").status_code == 404
    for address in (inside.email, waiting.email):
        (mail,) = mails_to(app, address)
        assert links_in(mail) == [f"/needs/{need.id}/reply"]
    with pytest.raises(Refused), unit_of_work():
        colleagues.let_join(a_colleague(made), now)
