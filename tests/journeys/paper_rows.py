"""Certificates and booklets in every state that their pages show."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from briefings.accounts.models import User
from briefings.afterwards import certifying
from briefings.afterwards.models import CertificateRule
from briefings.archive import booklets
from briefings.archive.models import Booklet
from briefings.db import db, unit_of_work
from briefings.files.storing import store
from briefings.live.models import Attendance
from briefings.needs.models import Audience, Theme
from briefings.schedule.links import token_of
from briefings.schedule.materials import hand_in
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_need, a_registration, saved
from tests.files import samples
from tests.journeys.running import BEGINNING

SEOUL = ZoneInfo("Asia/Seoul")


def fill_papers(officer: User, theme: Theme, audience: Audience, long_title: str) -> dict[str, Any]:
    """A briefing that is over with everything, one with a booklet on its way, one without anything."""
    topic = {"themes": [theme], "audiences": [audience]}
    common = {"theme": theme, "audience": audience, "starts_at": BEGINNING - timedelta(days=3)}
    full = a_briefing(needs=2, title=f"{long_title} 설명회"[:120], **common)
    full.slots[0].need = a_need(title=long_title, **topic)
    full.replay_url, full.replay_captioned = "https://www.youtube.com/watch?v=abcdefghijk", True
    full.replay_transcript, full.slots[0].replay_seconds = "안녕하십니까. 설명회를 시작합니다.", 600
    bare = a_briefing(needs=0, **common)
    waiting = a_briefing(needs=1, **common)
    rows = {"paper_id": full.id, "paper": full.public_id, "bare_paper": bare.public_id, "bare_paper_id": bare.id}
    rows |= {"waiting_paper_id": waiting.id} | _booklets(full, waiting, officer) | _certificates(full, officer)
    return rows


def _booklets(full: Briefing, waiting: Briefing, officer: User) -> dict[str, Any]:
    with unit_of_work():
        hand_in(full.slots[0], "발표자료.pdf", samples.a_pdf(), BEGINNING, officer, True)
        hand_in(full.slots[0], "내부 검토용.pptx", samples.an_office_file(), BEGINNING, officer)
        file = store("자료집.pdf", samples.a_pdf(b"book"), BEGINNING)
        told = ["‘발표자료.pdf’: 암호가 걸렸거나 손상되었거나 너무 길어 묶지 못하고 첨부했습니다."]
        made = {"made_at": BEGINNING, "made_of": "", "pages": 12, "left_out": told, "published_at": BEGINNING}
        db.session.add(Booklet(briefing_id=full.id, file=file, **made))
        site = {"name": "협업이음 설명회", "issuer": "행정안전부", "address": "http://127.0.0.1"}
        booklets.ask_for(waiting, site, officer, BEGINNING)
    return {"paper_file": full.slots[0].files[0].file.public_id}


def _certificates(full: Briefing, officer: User) -> dict[str, Any]:
    saved(CertificateRule(briefing_id=full.id, offered=True, minutes=60, survey=False))
    people = {
        name: _attended(full, minutes) for name, minutes in (("taken", 90), ("lost", 90), ("ready", 80), ("short", 20))
    }
    with unit_of_work():
        taken, lost = (certifying.issue(people[name], SEOUL, BEGINNING) for name in ("taken", "lost"))
        certifying.revoke(lost, "다른 분이 참가하셨습니다.", officer, BEGINNING)
        right = certifying.correct(taken, "이가은", "가온재활용 본부", "이름을 잘못 적음", SEOUL, officer, BEGINNING)
    links = {f"cert_{name}": token_of(registration, "join") for name, registration in people.items()}
    return links | {"number": right.number, "number_old": taken.number, "number_lost": lost.number}


def _attended(briefing: Briefing, minutes: int) -> Registration:
    registration = a_registration(briefing)
    first = briefing.starts_at
    saved(Attendance(registration=registration, first_seen_at=first, last_seen_at=first + timedelta(minutes=minutes)))
    return registration
