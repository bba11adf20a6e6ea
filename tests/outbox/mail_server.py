"""A real SMTP server for tests, which treats a message as the name before the @ of its recipient says."""

import asyncio
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

RECIPIENTS = {"greylisted": "450 4.2.0 Greylisted, try again", "nobody": "550 5.1.1 No such user"}
MESSAGES = {"overquota": "452 4.2.2 Mailbox full", "spam": "554 5.7.1 Message refused"}


class MailServer:
    """Keeps what it took: (recipient, message) in the order it came; `connections` counts who said EHLO."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.connections = 0
        self.refused_senders: set[str] = set()
        self.cured: set[str] = set()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        """The SMTP_URL of this server, up or down."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """Whom the messages were for, in the order they came."""
        return [recipient for recipient, _ in self.taken]

    @contextmanager
    def up(self) -> Iterator["MailServer"]:
        """Run at its port; outside, connections to it are refused."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=5)
        controller.start()
        self.connections = 0
        try:
            yield self
        finally:
            controller.stop()

    def hang_up(self) -> None:
        """End the connection that is open, as servers do after some time."""
        self.loop.call_soon_threadsafe(self.latest.transport.abort)

    def _trouble(self, address: str) -> str:
        name = address.partition("@")[0]
        return "" if name in self.cured else name

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        self.latest, self.loop = server, asyncio.get_running_loop()
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused_senders:
            return "553 5.7.1 Sender not allowed"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := RECIPIENTS.get(self._trouble(address)):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [recipient] = envelope.rcpt_tos
        trouble = self._trouble(recipient)
        if reply := MESSAGES.get(trouble):
            return reply
        self.taken.append((recipient, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        if trouble == "hangs":
            await asyncio.sleep(60)
        if trouble == "cut":
            server.transport.abort()
        return "250 OK"
