"""The words of messages: a built-in file for each, which staff may rewrite; their placeholders checked and filled."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from sqlalchemy import select

from briefings.config import beside_or_inside
from briefings.db import db
from briefings.outbox.models import Medium, WrittenText
from briefings.outbox.texting import fault_of

PLACEHOLDER = re.compile(r"#\{([^{}\n]*)\}")
SUBJECT_LENGTH = 200
BODY_LENGTH = 10_000

_MARK = "\x00"  # in no text: stands for a value that has to survive

Key = tuple[str, str]
"""The name of a text and its language."""


class Placeholder(NamedTuple):
    """What stands for a value in a text, what it means, and an example; `optional`: it may have nothing to say."""

    name: str
    meaning: str
    example: str
    optional: bool = False

    @property
    def written(self) -> str:
        """As it stands in a text."""
        return f"#{{{self.name}}}"


@dataclass(frozen=True)
class Text:
    """What staff should know of one text, and what it may say.

    `must` names the placeholders without which the message fails its reader. `kinds` are the kinds of messages that use
    the text, if not the one of its own name.
    """

    title: str
    placeholders: tuple[Placeholder, ...] = ()
    must: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    medium: Medium = Medium.MAIL

    def known(self) -> dict[str, Placeholder]:
        """Every placeholder the text may use, by name, those that every text may use after its own."""
        return {each.name: each for each in (*self.placeholders, *COMMON)}


class Template(NamedTuple):
    """A subject and a body with placeholders."""

    subject: str
    body: str


class Fault(NamedTuple):
    """What is wrong with a text, and in which field: `subject` or `body`."""

    field: str
    sentence: str


NAME = Placeholder("이름", "받는 사람의 이름", "이가온", optional=True)
COMMON = (
    Placeholder("서비스 이름", "이 서비스의 이름", "협업이음 설명회"),
    Placeholder("문의처", "궁금한 점을 묻는 곳", "협업이음 사무국"),
    Placeholder("문의 전화", "문의처의 전화번호", "044-000-0000"),
    Placeholder("문의 전자우편", "문의처의 전자우편 주소", "help@example.kr"),
)


class Texts:
    """The texts as they are now: what is being tried out, what staff wrote, else the built-in words.

    Looks into the database once, when first asked; whoever sends many messages takes a new one now and then.
    """

    def __init__(self, drafts: Mapping[Key, Template] | None = None) -> None:
        self.drafts = drafts or {}
        self.used: set[Key] = set()
        self._written: dict[Key, Template] | None = None

    def template(self, name: str, locale: str) -> Template:
        """The words in force for one text in one language."""
        key = name, locale
        self.used.add(key)
        if self._written is None:
            found = db.session.scalars(select(WrittenText))
            self._written = {(each.name, each.locale): Template(each.subject, each.body) for each in found}
        return self.drafts.get(key) or self._written.get(key) or built_in(name, locale)


@cache
def built_in(name: str, locale: str) -> Template:
    """The words in `templates/mail/<name>.<locale>.txt`; for `text/<name>` in `templates/text`."""
    path = name if "/" in name else f"mail/{name}"
    words = (beside_or_inside("templates") / f"{path}.{locale}.txt").read_text(encoding="utf-8")
    subject, _, body = words.partition("\n")
    return Template(subject.strip(), body.strip("\n"))


def placeholders_in(words: str) -> list[str]:
    """The names of the placeholders in `words`, in order."""
    return _pieces(words)[1::2]


def fill(template: Template, values: Mapping[str, object], must: tuple[str, ...] = ()) -> Template:
    """Subject and body with every placeholder replaced, once: what a value says is never a placeholder itself.

    A list line in which a placeholder has nothing to say is left out, otherwise its whole paragraph.
    """
    said = {name: str(value).strip() for name, value in values.items() if value is not None}
    if silent := [name for name in must if not said.get(name)]:
        raise ValueError(f"nothing to say for {', '.join(silent)}")
    paragraphs = (_paragraph(each, said) for each in re.split(r"\n\s*\n", template.body.strip()))
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    tidy = "\n".join(line.rstrip() for line in body.splitlines())
    subject = " ".join(_filled(template.subject, said).split())
    return Template(subject, re.sub(r"\n{3,}", "\n\n", tidy).strip())


def check(subject: str, body: str, text: Text) -> list[Fault]:
    """What is wrong with a text that staff wrote; nothing if it may be used."""
    faults = [*_shape(subject, body)]
    for field, words in (("subject", subject), ("body", body)):
        faults += [Fault(field, sentence) for sentence in _unreadable(words, text)]
    missing = [name for name in text.must if name not in placeholders_in(body)]
    faults += [Fault("body", f"#{{{name}}} 자리가 빠졌습니다. 받는 분께 꼭 필요하니 넣어 주세요.") for name in missing]
    if not faults:
        faults += [Fault("body", sentence) for sentence in _lost_with_others(body, text)]
    if not faults and text.medium is Medium.TEXT:
        examples = {name: each.example for name, each in text.known().items()}
        unfit = fault_of(fill(Template(subject, body), examples).body)
        faults += [Fault("body", unfit)] if unfit else []
    return faults


def example_values(text: Text) -> dict[str, str]:
    """An example for every placeholder of a text's own."""
    return {each.name: each.example for each in text.placeholders}


def _paragraph(paragraph: str, said: Mapping[str, str]) -> str:
    lines = paragraph.splitlines()
    if any(_says_nothing(line, said) for line in lines if not line.startswith("- ")):
        return ""
    return "\n".join(_filled(line, said) for line in lines if not _says_nothing(line, said))


def _says_nothing(line: str, said: Mapping[str, str]) -> bool:
    return any(not said.get(name) for name in placeholders_in(line))


def _filled(words: str, said: Mapping[str, str]) -> str:
    pieces = [*_pieces(words)]
    pieces[1::2] = [said.get(name, "") for name in pieces[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _pieces(words: str) -> list[str]:
    """`words` where they were cut: in every second place the name of a placeholder, between what stands around them."""
    pieces = PLACEHOLDER.split(words)
    pieces[1::2] = [" ".join(name.split()) for name in pieces[1::2]]
    return pieces


def _shape(subject: str, body: str) -> Iterator[Fault]:
    if not subject.strip():
        yield Fault("subject", "제목을 적어 주세요.")
    if "\n" in subject.strip():
        yield Fault("subject", "제목은 한 줄로 적어 주세요.")
    if len(subject) > SUBJECT_LENGTH:
        yield Fault("subject", f"제목은 {SUBJECT_LENGTH}자까지 적을 수 있습니다. 지금 {len(subject)}자입니다.")
    if not body.strip():
        yield Fault("body", "본문을 적어 주세요.")
    if len(body) > BODY_LENGTH:
        yield Fault("body", f"본문은 {BODY_LENGTH:,}자까지 적을 수 있습니다. 지금 {len(body):,}자입니다.")


def _unreadable(words: str, text: Text) -> Iterator[str]:
    """Placeholders nobody can fill, each once, and those never closed."""
    known = list(text.known())
    unknown = [name for name in dict.fromkeys(placeholders_in(words)) if name not in known]
    for name in unknown:
        near = difflib.get_close_matches(name, known, 1, 0.4)
        meant = f" 혹시 #{{{near[0]}}}입니까?" if near else ""
        yield f"이 글에는 #{{{name}}} 자리가 없습니다.{meant}"
    if unknown:
        yield "쓸 수 있는 자리: " + ", ".join(f"#{{{name}}}" for name in known) + "."
    for opened in re.finditer(r"#\{.{0,20}", PLACEHOLDER.sub("·", words)):
        yield f"‘{opened[0].strip()}’에서 연 자리를 닫지 않았습니다. 이름 뒤에 }}를 적어 주세요."


def _lost_with_others(body: str, text: Text) -> Iterator[str]:
    """Placeholders a message must have, standing where another that may be empty takes them along."""
    optional = [name for name, each in text.known().items() if each.optional and name not in text.must]
    for name in text.must:
        alone = {each: "" if each in optional else "·" for each in text.known()} | {name: _MARK}
        if _MARK not in fill(Template("·", body), alone).body:
            yield (
                f"#{{{name}}} 자리가 비어 있을 수 있는 자리와 같은 문단에 있어서 함께 빠질 수 있습니다. "
                "앞뒤에 빈 줄을 넣어 문단을 나누어 주세요."
            )
