"""What the worker does when a booklet was asked for: each PDF is looked into, then everything is set as one paper."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from sqlalchemy import select

from briefings.archive.booklets import Part, booklet_of, made_of, parts_of
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
FAILED = "자료집을 만들지 못했습니다. 다시 해 보고, 또 그러면 발표자료를 하나씩 빼고 해 보세요."
WORDS = {
    "contents": "차례",
    "programme": "발표 순서",
    "time": "시각",
    "need": "수요 과제",
    "owner": "수요기관",
    "empty": "발표할 과제가 아직 없습니다.",
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


def bind(work: Work) -> dict[str, Any]:
    """The pages of the booklet, once it is there in place of the earlier one; it may be begun anew at any point."""
    briefing = db.session.get(Briefing, work.params["briefing"])
    if briefing is None:
        raise Refused("그사이 지워진 설명회입니다.")
    parts = parts_of(briefing)
    mark, number = made_of(briefing, parts), sum(len(part.bound) for part in parts)
    try:
        with workplace() as folder:
            data = _data(briefing, parts, work.params["site"], folder)
            left_out = _too_large(parts)
            slides = [(place, file) for place, part in enumerate(parts) for file in part.bound]
            for done, (place, file) in enumerate(slides, start=1):
                left_out += _bound(data, place, done, file, folder, work)
                work.tell(done, number + 1, f"발표자료를 살펴보는 중: {file.name}")
            _attach(data, parts, folder)
            db.session.commit()  # nothing may be open on our side while it takes its time
            work.tell(number, number + 1, "자료집을 묶는 중")
            pages = set_book(folder, "booklet", data, work.clock(), SECONDS_TO_SET, work.wanted)
            _keep(briefing.id, (folder / "paper.pdf").read_bytes(), pages, mark, left_out, work)
    except Stopped:
        work.tell(number + 1, number + 1)  # says why it is not wanted: Cancelled or Stopping
        raise
    except NoFont:
        raise Refused(NO_FONT) from None
    except PaperError as error:
        log.error("booklet of briefing=%s: %s", work.params["briefing"], error)
        raise Refused(FAILED) from None
    work.tell(number + 1, number + 1)
    return {"pages": pages}


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


def _bound(data: dict[str, Any], place: int, number: int, file: StoredFile, folder: Path, work: Work) -> list[str]:
    """Put a PDF in, or attach it as it is where it cannot be bound; what staff are told of that."""
    path = _written(file, folder, f"slides-{number}.pdf")
    name = file.name
    db.session.commit()
    try:
        wide = look_into(path, SECONDS_TO_LOOK, work.wanted).wide
    except Unreadable as error:
        log.info("a PDF of briefing=%s is not bound: %s", work.params["briefing"], error)
        data["attached"].append(_attachment(place, number, file, path.name))
        return [f"‘{name}’: 암호가 걸렸거나 손상되었거나 너무 길어 묶지 못하고 첨부했습니다."]
    data["needs"][place]["slides"].append({"name": name, "file": path.name, "sheets": sheets(wide)})
    return []


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


def _keep(number: int, content: bytes, pages: int, mark: str, left_out: list[str], work: Work) -> None:
    """In place of the earlier one, as public as that was."""
    now: datetime = work.clock()
    with unit_of_work():
        briefing = db.session.get_one(Briefing, number)
        lock(briefing)
        file = store(f"{briefing.title} 자료집.pdf", content, now, only=frozenset({Kind.PDF}), largest=LARGEST)
        booklet = booklet_of(briefing)
        if booklet is None:
            booklet = Booklet(briefing_id=number, file=file, made_at=now, made_of=mark, pages=pages, left_out=left_out)
            db.session.add(booklet)
            return
        booklet.file = file  # the earlier one goes with it
        booklet.made_at, booklet.made_of, booklet.pages, booklet.left_out = now, mark, pages, left_out
