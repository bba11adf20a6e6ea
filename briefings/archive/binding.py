"""What the worker does when a booklet was asked for: each PDF is looked into, then everything is set as one paper."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import segno
from sqlalchemy import select

from briefings.archive.booklets import Part, booklet_of, held_by, made_of, parts_of
from briefings.archive.models import Booklet
from briefings.db import db, lock, unit_of_work
from briefings.errors import Refused
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.files.storing import store
from briefings.needs.words import REGIONS, RESOURCES, STAGES
from briefings.papers.looks import bring_mark, colours
from briefings.papers.setting import NoFont, PaperError, Stopped, Unreadable, look_into, set_book, workplace
from briefings.schedule.models import Briefing
from briefings.tasks.running import Work
from briefings.web.filters import clock_period, period, phone

log = logging.getLogger(__name__)

SECONDS_TO_LOOK = 60.0
SECONDS_TO_SET = 300.0
LARGEST = 100 * 1024 * 1024
"""Bytes of a booklet: the files in it have half as much room."""
NO_FONT = "서버에 한글 글꼴이 없어 PDF를 만들지 못합니다. 글꼴을 설치하고 다시 해 주세요."
FAILED = "자료집을 만들지 못했습니다. 다시 해 보고, 또 그러면 발표자료를 하나씩 빼고 해 주세요."
WORDS = {
    "contents": "차례",
    "programme": "발표 순서",
    "time": "시각",
    "need": "수요 과제",
    "owner": "수요기관",
    "empty": "발표할 과제가 아직 없습니다.",
    "kept_back": "지금은 공개하지 않는 과제입니다.",
    "offers": "제공 자원",
    "seeks": "필요 역량",
    "background": "배경",
    "facts": "과제 정보와 문의",
    "reply": "참여 답글은 아래 주소에서 남겨 주세요",
    "qr": "과제 화면 주소의 QR 코드",
    "slides": "발표자료",
    "leaf": "#쪽",
    "attached": "첨부 파일",
    "how_attached": "이 PDF에 첨부한 파일입니다. PDF를 보는 프로그램의 ‘첨부 파일’ 창에서 열어 저장할 수 있습니다.",
    "number": "과제",
    "file": "파일",
    "kind": "형식",
}


class Book(NamedTuple):
    """A booklet as it was bound, what staff are told of files that could not be, and what in it may be kept back."""

    content: bytes
    pages: int
    left_out: list[str]
    holds: list[str]


Tell = Callable[[int, int, str], None]
"""Hears how many steps of how many are done, and which is next."""


def bind(work: Work) -> dict[str, Any]:
    """The pages of the booklet, once it is there in place of the earlier one; it may be begun anew at any point."""
    briefing = db.session.get(Briefing, work.params["briefing"])
    if briefing is None:
        raise Refused("그사이 지워진 설명회입니다.")
    number, parts = briefing.id, parts_of(briefing)
    mark = made_of(briefing, parts)

    def tell(done: int, total: int, note: str) -> None:
        db.session.commit()  # nothing may be open on our side while the next step takes its time
        work.tell(done, total, note)

    try:
        book = bound(briefing, parts, work.params["site"], work.clock(), tell, work.wanted)
    except Stopped:
        work.tell(1, 1)  # says why it is not wanted: Cancelled or Stopping
        raise
    except NoFont:
        raise Refused(NO_FONT) from None
    except PaperError as error:
        log.error("booklet of briefing=%s: %s", number, error)
        raise Refused(FAILED) from None
    with unit_of_work():
        keep(db.session.get_one(Briefing, number), book, mark, work.clock())
    return {"pages": book.pages}


def bound(
    briefing: Briefing,
    parts: list[Part],
    site: dict[str, str],
    now: datetime,
    tell: Tell = lambda done, total, note: None,
    wanted: Callable[[], bool] = lambda: True,
) -> Book:
    """All of it as one PDF; PaperError where that cannot be made, Stopped once it is not `wanted`."""
    slides = [(place, file) for place, part in enumerate(parts) for file in part.bound]
    holds = held_by(parts)
    with workplace() as folder:
        data, left_out = _data(briefing, parts, site, folder), _too_large(parts)
        for number, (place, file) in enumerate(slides, start=1):
            name, path = file.name, _written(file, folder, f"slides-{number}.pdf")
            tell(number - 1, len(slides) + 1, f"발표자료를 살펴보는 중: {name}")
            try:
                wide = look_into(path, SECONDS_TO_LOOK, wanted).wide
            except Unreadable as error:
                log.info("a PDF is not bound: %s", error)
                data["attached"].append(_attachment(place, number, file, path.name))
                left_out.append(f"‘{name}’: 암호가 걸렸거나 손상되었거나 너무 길어 묶지 못하고 첨부했습니다.")
            else:
                data["needs"][place]["slides"].append({"name": name, "file": path.name, "sheets": sheets(wide)})
        _attach(data, parts, folder)
        tell(len(slides), len(slides) + 1, "자료집을 묶는 중")
        pages = set_book(folder, "booklet", data, now, SECONDS_TO_SET, wanted)
        return Book((folder / "paper.pdf").read_bytes(), pages, left_out, holds)


def _data(briefing: Briefing, parts: list[Part], site: dict[str, str], folder: Path) -> dict[str, Any]:
    return {
        "colours": colours(),
        "mark": bring_mark(folder),
        "site": site["name"],
        "issuer": site["issuer"],
        "title": briefing.title,
        "label": "자료집",
        "when": period((briefing.starts_at, briefing.ends_at)),
        "topic": f"{briefing.theme.name} × {briefing.audience.name}",
        "description": briefing.description,
        "words": WORDS,
        "needs": [_need(number, part, site["address"], folder) for number, part in enumerate(parts, start=1)],
        "attached": [],
    }


def _need(number: int, part: Part, address: str, folder: Path) -> dict[str, Any]:
    need = part.entry.need
    here, qr = f"{address}/needs/{need.id}", f"need-{number}.svg"
    segno.make(here, error="m").save(str(folder / qr), border=0)
    facts = [
        ("수요기관", need.organization.name),
        ("부서", need.department),
        ("전화", phone(need.contact_phone)),
        ("지역", REGIONS[need.region]),
        ("단계", STAGES[need.stage]),
        ("수혜 대상", need.beneficiaries),
        ("기간", need.period),
    ]
    return {
        "number": str(number),
        "time": clock_period((part.entry.starts_at, part.entry.ends_at)),
        "title": need.title,
        "public": need.is_public,
        "owner": need.organization.name,
        "summary": need.summary,
        "background": need.background,
        "offers": need.offers,
        "offer_tags": ", ".join(RESOURCES[each] for each in need.offer_resources),
        "seeks": need.seeks,
        "seek_tags": ", ".join(RESOURCES[each] for each in need.seek_resources),
        "facts": [[label, value] for label, value in facts if value],
        "address": here,
        "qr": qr,
        "slides": [],
    }


def sheets(wide: list[bool]) -> list[list[int]]:
    """Which pages stand together on one sheet: two wide ones under each other, a high one alone."""
    together: list[list[int]] = []
    for number, is_wide in enumerate(wide, start=1):
        before = together[-1] if together else []
        if is_wide and len(before) == 1 and wide[before[0] - 1]:
            before.append(number)
        else:
            together.append([number])
    return together


def _attach(data: dict[str, Any], parts: list[Part], folder: Path) -> None:
    number = len(data["attached"])
    for place, part in enumerate(parts):
        for file in part.attached:
            number += 1
            path = _written(file, folder, f"attached-{number}.bin")
            data["attached"].append(_attachment(place, number, file, path.name))


def _attachment(place: int, number: int, file: StoredFile, path: str) -> dict[str, str]:
    inside = f"{number:02}_{file.name}"  # two may have the same name
    kind = file.kind
    words = {"need": str(place + 1), "name": file.name, "kind": f"{kind.word}, {file.size_in_words}"}
    return words | {"inside": inside, "file": path, "media_type": kind.media_type}


def _written(file: StoredFile, folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(db.session.scalars(select(StoredFile.content).where(StoredFile.id == file.id)).one())
    return path


def _too_large(parts: list[Part]) -> list[str]:
    return [
        f"‘{file.name}’: 자료집이 너무 커져 넣지 않았습니다. ‘지난 설명회’ 화면에서 따로 내려받을 수 있습니다."
        for part in parts
        for file in part.too_large
    ]


def keep(briefing: Briefing, book: Book, mark: str, now: datetime) -> Booklet:
    """Put it in place of the earlier one, as public as that was."""
    lock(briefing)
    name = f"{briefing.title} 자료집.pdf"
    file = store(name, book.content, now, only=frozenset({Kind.PDF}), largest=LARGEST)
    booklet = booklet_of(briefing)
    if booklet is None:
        booklet = Booklet(briefing_id=briefing.id)
        db.session.add(booklet)
    booklet.file, booklet.made_at, booklet.made_of = file, now, mark  # the earlier file goes by itself
    booklet.pages, booklet.left_out, booklet.holds = book.pages, book.left_out, book.holds
    db.session.flush()
    return booklet
