"""A small IMAP server for tests (RFC 3501 as far as one who fetches and files needs it), with bad habits on demand."""

import asyncio
import re
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager

USER, PASSWORD = "office", 'pass "word" \\1'
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\)|\S+)')


class ImapServer:
    """Folders of mails by UID; what it was asked is kept in `asked`.

    `refused`: commands answered with NO. `unknown`: commands answered with BAD. `cut`: the connection ends instead of
    the n-th answer to a command. `news`: tells of flags of other mails in between, as servers may at any time.
    """

    def __init__(self, *mails: bytes, done: str | None = "Processed") -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": dict(enumerate(mails, 1))}
        if done:
            self.folders[done] = {}
        self.validity = 7
        self.deleted: set[int] = set()
        self.asked: list[str] = []
        self.refused: set[str] = set()
        self.unknown: set[str] = set()
        self.cut: dict[str, int] = {}
        self.news = False
        self.port = 0

    @property
    def url(self) -> str:
        """Its IMAP_URL."""
        return f"imap://{USER}:pass%20%22word%22%20%5C1@127.0.0.1:{self.port}/INBOX"

    def commands(self, name: str) -> list[str]:
        """What was asked by that name."""
        return [line for line in self.asked if line.split()[0] == name or line.startswith(f"UID {name}")]

    @contextmanager
    def up(self) -> Iterator["ImapServer"]:
        """Run it in a thread of its own."""
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port or 0))
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            server.close()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.folder = "INBOX"
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        try:
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                tag, _, command = line.partition(" ")
                if command.startswith("AUTHENTICATE"):
                    writer.write(b"+ \r\n")
                    command += " " + b64decode(await reader.readline()).decode()
                answer = self._answer(command)
                if answer is None:
                    break
                for piece in answer[:-1]:
                    writer.write(piece + b"\r\n")
                writer.write(f"{tag} ".encode() + answer[-1] + b"\r\n")
                await writer.drain()
                if command == "LOGOUT":
                    break
        except ConnectionError:
            pass
        writer.close()

    def _answer(self, command: str) -> list[bytes] | None:
        """The lines of an answer, the last without its tag; None to hang up."""
        words = [quoted.replace('\\"', '"').replace("\\\\", "\\") or plain for quoted, plain in _WORDS.findall(command)]
        name = words[1] if words[0] == "UID" else words[0]
        self.asked.append(command if name not in ("LOGIN", "AUTHENTICATE") else name)
        if name in self.cut:
            self.cut[name] -= 1
            if self.cut[name] == 0:
                del self.cut[name]
                return None
        if name in self.refused:
            return [b"NO [CANNOT] refused"]
        if name in self.unknown or (words[0] == "UID" and f"UID {name}" in self.unknown):
            return [b"BAD unknown command"]
        return getattr(self, f"_{name.lower()}")(words[2:] if words[0] == "UID" else words[1:])

    def _capability(self, words: list[str]) -> list[bytes]:
        return [b"* CAPABILITY IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS", b"OK done"]

    def _login(self, words: list[str]) -> list[bytes]:
        return [b"OK in" if words == [USER, PASSWORD] else b"NO [AUTHENTICATIONFAILED] wrong name or password"]

    def _authenticate(self, words: list[str]) -> list[bytes]:
        return [b"OK in" if words[1].endswith("비밀") else b"NO wrong"]

    def _select(self, words: list[str]) -> list[bytes]:
        self.folder = words[0]
        if self.folder not in self.folders:
            return [b"NO [NONEXISTENT] no such folder"]
        count = f"* {len(self.folders[self.folder])} EXISTS".encode()
        return [count, f"* OK [UIDVALIDITY {self.validity}] so far".encode(), b"OK [READ-WRITE] open"]

    def _search(self, words: list[str]) -> list[bytes]:
        assert words == ["UNDELETED"]
        found = [str(uid) for uid in reversed(self.folders[self.folder]) if uid not in self.deleted]
        return [f"* SEARCH {' '.join(found)}".rstrip().encode(), b"OK found"]

    def _fetch(self, words: list[str]) -> list[bytes]:
        uid, what = int(words[0]), words[1]
        mail = self.folders[self.folder].get(uid)
        news = [b"* 99 FETCH (FLAGS (\\Seen))"] if self.news else []
        if mail is None:
            return [*news, b"OK nothing"]
        if "SIZE" in what:
            return [*news, f"* 1 FETCH (UID {uid} RFC822.SIZE {len(mail)})".encode(), b"OK so large"]
        section = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in what else mail
        name = what.strip("()").replace(".PEEK", "")
        literal = f"* 1 FETCH (UID {uid} {name} {{{len(section)}}}\r\n".encode() + section + b")"
        return [*news, literal, b"OK here"]

    def _create(self, words: list[str]) -> list[bytes]:
        self.folders[words[0]] = {}
        return [b"OK created"]

    def _copy(self, words: list[str]) -> list[bytes]:
        if words[1] not in self.folders:
            return [b"NO [TRYCREATE] no such folder"]
        uid = int(words[0])
        if uid in self.folders[self.folder]:
            self.folders[words[1]][uid] = self.folders[self.folder][uid]
        return [b"OK copied"]

    def _move(self, words: list[str]) -> list[bytes]:
        answer = self._copy(words)
        if answer[0].startswith(b"OK"):
            self.folders[self.folder].pop(int(words[0]), None)
        return answer

    def _store(self, words: list[str]) -> list[bytes]:
        self.deleted.add(int(words[0]))
        return [b"OK stored"]

    def _expunge(self, words: list[str]) -> list[bytes]:
        gone = {int(words[0])} if words else set(self.deleted)
        for uid in gone & self.deleted:
            self.folders[self.folder].pop(uid, None)
        self.deleted -= gone
        return [b"OK gone"]

    def _logout(self, words: list[str]) -> list[bytes]:
        return [b"* BYE", b"OK bye"]
