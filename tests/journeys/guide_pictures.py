"""The pictures of the guides, of the running example: `make pictures` writes them to briefings/static/guide/."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import User
from briefings.db import db
from briefings.demo.people import PASSWORD
from briefings.live.models import Attendance
from briefings.needs.models import Need
from briefings.organizations.models import Membership
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState
from briefings.schedule.registration_models import Registration, RegistrationState

FOLDER = Path(__file__).parents[2] / "briefings" / "static" / "guide"
WIDE = {"width": 960, "height": 600}
PHONE = {"width": 390, "height": 640}
LANGUAGES = {"ko": "", "en": "/en"}
QUALITY = 0.72

# A picture no smaller than it has to be: the browser itself can write WebP.
AS_WEBP = """async ([png, quality]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height});
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', quality).split(',')[1];
}"""


class Shot(NamedTuple):
    """A picture: the page it is of, what stands at its upper edge, what the window is like."""

    address: str
    top: str = "main"
    window: Mapping[str, int] = WIDE


# Name → what it shows; addresses are filled in from `places`. In both languages but for the staff's.
OF_EVERYBODY = {
    "attendees-briefing": Shot("/briefings/{briefing}", "main h1"),
    "attendees-register": Shot("/briefings/{briefing}/register", "main form", PHONE),
    "attendees-own": Shot("/r/{registration}", "main h1", PHONE),
    "attendees-room": Shot("/join/{room}", "#programme", PHONE),
    "attendees-reply": Shot("/briefings/{briefing}/reply", "main h1"),
    "presenters-talk": Shot("/present/{talk}", "main h1"),
    "presenters-materials": Shot("/present/{talk}/materials", "main h1"),
}
OF_OWNERS = {
    "owners-write": Shot("/my/needs/{need}/edit/introduction", "main h1"),
    "owners-needs": Shot("/my/needs", "main h1"),
    "owners-replies": Shot("/my/replies", "main h1"),
    "owners-talk": Shot("/my/replies/{reply}/talk", "main h1"),
}
OF_EXPERTS = {
    "experts-reviews": Shot("/reviews", "main h1"),
    "experts-sheet": Shot("/reviews", "main form fieldset"),
}
OF_STAFF = {
    "staff-today": Shot("/staff/", "main h1"),
    "staff-needs": Shot("/staff/needs", "main h1"),
    "staff-board": Shot("/staff/seasons/1/board", ".board"),
    "staff-briefing": Shot("/staff/briefings/{number}", "main h1"),
    "staff-registrants": Shot("/staff/briefings/{number}/registrations", "main h1"),
    "staff-sheet": Shot("/staff/briefings/{today}/day", "main h1"),
    "staff-mail": Shot("/staff/outbox?kind=invitation", ".mail"),
    "staff-funnel": Shot("/staff/statistics/funnel", "main h1"),
}
OWNER = "owner@example.kr"
PEOPLE = {OWNER: OF_OWNERS, "expert@example.kr": OF_EXPERTS}
STAFF = "staff@example.kr"


def places() -> dict[str, Any]:
    """What the addresses of the pictures are filled with, from the rows of the example; inside its context."""
    now = clock.now()
    coming = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at > now)
    briefing = db.session.scalars(coming.order_by(Briefing.starts_at)).first()
    on = db.session.scalars(
        select(Briefing)
        .where(Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at <= now)
        .order_by(Briefing.starts_at.desc())
    ).first()
    assert briefing and on
    confirmed = select(Registration).where(Registration.state == RegistrationState.CONFIRMED)
    there = select(Registration).join(Attendance, Attendance.registration_id == Registration.id)
    talks = select(PresenterSlot).join(Briefing).where(PresenterSlot.presenter_email != "", Briefing.starts_at > now)
    asked = talks.where(PresenterSlot.state == SlotState.UNANSWERED, Briefing.state == BriefingState.PUBLISHED)
    own = select(Membership.organization_id).join(User, User.id == Membership.user_id).where(User.email == OWNER)
    alive = ParticipationReply.state.in_((ReplyState.SENT, ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING))
    replies = select(ParticipationReply).join(Need).where(alive, Need.organization_id.in_(own))
    registration = db.session.scalars(confirmed.where(Registration.briefing_id == briefing.id)).first()
    inside = db.session.scalars(there.where(Registration.briefing_id == on.id)).first()
    talk = db.session.scalars(asked.order_by(Briefing.starts_at)).first() or db.session.scalars(talks).first()
    reply = next((each for each in db.session.scalars(replies) if not (each.talk and each.talk.stands(now))), None)
    assert registration and inside and talk and reply
    return {
        "briefing": briefing.public_id,
        "number": briefing.id,
        "today": on.id,
        "registration": token_of(registration),
        "room": token_of(inside, "join"),
        "talk": presenter_token(talk),
        "reply": reply.public_id,
        "need": reply.need_id,
    }


def take_guides(browser: Browser, address: str, filled: Mapping[str, Any]) -> None:
    """Write every picture of the guides."""
    FOLDER.mkdir(exist_ok=True)
    for language, prefix in LANGUAGES.items():
        visitor = _window(browser, address)
        for name, shot in OF_EVERYBODY.items():
            _take(visitor, f"{name}.{language}", shot, prefix, filled)
        for email, shots in PEOPLE.items():
            person = _window(browser, address, email)
            for name, shot in shots.items():
                _take(person, f"{name}.{language}", shot, prefix, filled)
    staff = _window(browser, address, STAFF)
    for name, shot in OF_STAFF.items():
        _take(staff, f"{name}.ko", shot, "", filled)


def _window(browser: Browser, address: str, email: str = "") -> BrowserContext:
    context = browser.new_context(base_url=address, locale="ko-KR", timezone_id="Asia/Seoul")
    if email:
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("전자우편").fill(email)
        page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="로그인").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.close()
    return context


def _take(context: BrowserContext, name: str, shot: Shot, prefix: str, filled: Mapping[str, Any]) -> None:
    page = context.new_page()
    page.set_viewport_size(dict(shot.window))
    answer = page.goto(prefix + shot.address.format(**filled))
    assert answer and answer.ok, f"{name}: {shot.address} answers {answer and answer.status}"
    if name.startswith("experts-sheet"):
        page.locator("main a[href*='/reviews/']").first.click()
    if name.startswith("staff-mail"):
        page.locator("main table a").first.click()
    page.wait_for_load_state("networkidle")
    page.locator(shot.top).first.evaluate("e => scrollTo(0, scrollY + e.getBoundingClientRect().top - 16)")
    page.wait_for_timeout(300)
    (FOLDER / f"{name}.webp").write_bytes(_webp(context, page.screenshot()))
    print(f"briefings/static/guide/{name}.webp")
    page.close()


def _webp(context: BrowserContext, png: bytes) -> bytes:
    page: Page = context.new_page()  # a page of its own: on ours the content policy allows no such thing
    written = page.evaluate(AS_WEBP, [base64.b64encode(png).decode(), QUALITY])
    page.close()
    return base64.b64decode(written)
