"""SMTP_URL, and servers that want to know who we are."""

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from briefings.config import SettingsError
from briefings.outbox.delivering import Unreachable
from briefings.outbox.smtp import Server, server_from, way_out
from tests.outbox.mail_server import MailServer

MAIL = b"Subject: x\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.kr", Server("smtp", "mail.example.kr", 25, "", "")),
        ("smtp+starttls://u:p%40ss%2F@mail.example.kr", Server("smtp+starttls", "mail.example.kr", 587, "u", "p@ss/")),
        ("smtps://mail.example.kr:10465", Server("smtps", "mail.example.kr", 10465, "", "")),
        ("smtp://[::1]:2525", Server("smtp", "::1", 2525, "", "")),
    ],
)
def test_the_address_of_the_server_says_how_to_talk_to_it(url, server):
    assert server_from(url) == server


@pytest.mark.parametrize("url", ["", "mail.example.kr", "smtp://", "smtp://host:many", "https://mail.example.kr"])
def test_an_address_that_says_no_such_thing_is_refused(url):
    with pytest.raises(SettingsError, match="SMTP_URL"):
        server_from(url)


@pytest.fixture
def guarded():
    """The port of a server that takes mail from `ieum` with the password `open sesame` only."""
    server = MailServer()

    def knows(server, session, envelope, mechanism, auth):
        known = isinstance(auth, LoginPassword) and (auth.login, auth.password) == (b"ieum", b"open sesame")
        return AuthResult(success=known, handled=False)

    guard = Controller(
        server, hostname="127.0.0.1", port=server.port, authenticator=knows, auth_required=True, auth_require_tls=False
    )
    guard.start()
    yield server
    guard.stop()


# aiosmtpd warns of our guard, which takes passwords without TLS, and of its own interface.
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
class TestPasswords:
    def test_the_right_password_lets_mail_through(self, guarded):
        url = f"smtp://ieum:open%20sesame@127.0.0.1:{guarded.port}"
        with way_out(url, "invite@example.kr") as send:
            send("a@example.kr", MAIL)
        assert guarded.recipients == ["a@example.kr"]

    def test_a_wrong_password_keeps_everything_in_the_line(self, guarded):
        with (
            way_out(f"smtp://ieum:wrong@127.0.0.1:{guarded.port}", "invite@example.kr") as send,
            pytest.raises(Unreachable, match="535"),
        ):
            send("a@example.kr", MAIL)


def test_nothing_is_sent_in_the_open_where_encryption_was_asked_for(mail_server):
    url = mail_server.url.replace("smtp:", "smtp+starttls:")
    with way_out(url, "invite@example.kr") as send, pytest.raises(Unreachable):
        send("a@example.kr", MAIL)
    assert mail_server.taken == []


def test_a_server_that_ended_the_connection_between_two_messages_is_called_again(mail_server):
    with way_out(mail_server.url, "invite@example.kr") as send:
        send("a@example.kr", MAIL)
        mail_server.hang_up()
        send("b@example.kr", MAIL)
    assert mail_server.recipients == ["a@example.kr", "b@example.kr"]
    assert mail_server.connections == 2
