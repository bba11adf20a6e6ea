"""Success stories: begun from a match, agreed to by both sides to the letter, published, taken back."""

import io
import struct
import zlib
from datetime import date

import pytest

from briefings.archive import stories, stories_asking
from briefings.archive.models import Story, StoryState
from briefings.archive.pictures import PNG_HEAD, without_metadata
from briefings.archive.stories_links import consent_token
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.files.models import StoredFile
from briefings.outbox.mail import Dropped
from briefings.participation import ending, matching
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import EndReason, ReplyState
from briefings.participation.replying import reply_of
from tests.builders import a_need, a_reply, a_user, saved
from tests.mails import links_in, mails_to

OWNER, PARTNER = "owner@example.kr", "gaon@example.com"


def the_story():
    """The one story there is."""
    return stories.story_with(db.session.query(Story).one().public_id)


@pytest.fixture
def officer(app):
    return a_user(name="김하늘", email="staff@example.kr")


@pytest.fixture
def match(app, now):
    """A match that both sides have confirmed."""
    reply = a_reply(a_need(contact_email=OWNER), email=PARTNER, state=ReplyState.MATCHED)
    found = Match(
        need=reply.need, matched_on=date(2026, 11, 2), summary="함께 공정을 엽니다.", recorded_at=now, confirmed_at=now
    )
    found.organizations = [
        MatchOrganization(organization=reply.need.organization, contribution="작업장", confirmed_at=now),
        MatchOrganization(organization=reply.organization, contribution="재생 설비", confirmed_at=now),
    ]
    return saved(found)


def asked(match, officer, now):
    """A story both sides were asked about."""
    with unit_of_work():
        stories_asking.ask(stories.begin(match, stories.draft_of(match), officer, now), officer, now)
    return the_story()


def page_of(story, place):
    """The page on which an organization of the match answers."""
    return f"/stories/consent/{consent_token(story, story.match.standing[place].organization_id)}"


def yes(story, **given):
    """The form of somebody who agrees."""
    return {"seen": str(story.version), "agreed": "yes", "said": "", "by": "이가온"} | given


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A picture of one point with these chunks between head and data."""
    head = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    rest = ((b"IDAT", zlib.compress(b"\x00\xff\xff\xff")), (b"IEND", b""))
    parts = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
             for kind, data in (head, *chunks, *rest))  # fmt: skip
    return PNG_HEAD + b"".join(parts)


def test_from_a_match_to_a_public_story_with_the_consent_of_both_sides(app, client, now, officer, match):
    client.sign_in(officer)
    assert match.need.title in client.get("/staff/stories").text
    begin = f"/staff/stories/of/{match.need_id}"
    page = client.get(begin).text
    assert "함께 공정을 엽니다." in page and "재생 설비" in page and db.session.query(Story).count() == 0
    form = {"title": "버려진 그물이 새 원료로", "summary": "두 기관이 함께 만들었습니다.", "text": "처음.\n\n다음."}
    client.post(begin, data=form)
    story = the_story()
    own = f"/staff/stories/{story.public_id}"
    assert client.get(begin).headers["Location"].endswith(own)
    assert OWNER not in client.get(own + "/ask").text and "이가온" in client.get(own + "/ask").text
    client.post(own + "/ask")
    assert client.get(f"/stories/{story.public_id}").status_code == 404
    [address] = links_in(mails_to(app, OWNER)[0])
    assert address == page_of(the_story(), 0)
    assert "버려진 그물이 새 원료로" in client.get(address).text
    assert "골라 주세요" in client.post(address, data={"by": "홍길동"}).text
    assert "모두 동의하면" in client.post(address, data=yes(story), follow_redirects=True).text
    assert the_story().state is StoryState.ASKED
    answer = client.post(links_in(mails_to(app, PARTNER)[0])[0], data=yes(story), follow_redirects=True)
    assert "모두 동의해 이야기를 게시했습니다" in answer.text
    shown = client.get(f"/stories/{story.public_id}").text
    assert all(each.organization.name in shown for each in the_story().match.standing)
    assert "버려진 그물이 새 원료로" in client.get("/stories").text
    for beyond in ("9", "0", "x"):  # pages that are none
        assert client.get(f"/stories?page={beyond}").status_code == 200
    assert "첫 쪽으로 가기" in client.get("/stories?page=9").text
    assert f"/stories/{story.public_id}" in client.get("/sitemap.xml").text
    assert [entry.action for entry in history_of(the_story())][-1] == "story.published"
    assert "게시 중" in client.get(own).text
    assert links_in(mails_to(app, PARTNER)[-1]) == [f"/stories/{story.public_id}", page_of(the_story(), 1)]
    assert mails_to(app, "staff@example.kr")[-1].subject.endswith("버려진 그물이 새 원료로")


def test_who_does_not_agree_says_why_and_a_rewritten_story_is_asked_about_anew(app, client, now, officer, match):
    story = asked(match, officer, now)
    first = page_of(story, 0)
    client.post(first, data=yes(story))
    client.post(page_of(story, 1), data=yes(story, agreed="no", said="수치를 고쳐 주세요."))
    assert "수치를 고쳐 주세요." in mails_to(app, "staff@example.kr")[0].text
    client.sign_in(officer)
    own = f"/staff/stories/{story.public_id}"
    assert "수치를 고쳐 주세요." in client.get(own).text
    form = {"seen": "1", "title": story.title, "summary": "한 줄", "text": "고친 글"}
    client.post(own + "/edit", data=form)
    assert "그사이 이야기가 바뀌었습니다" in client.post(own + "/edit", data=form).text
    for seen in ({}, {"seen": "²"}, {"seen": "9" * 5000}):
        odd = {name: value for name, value in form.items() if name != "seen"} | seen
        assert "그사이 이야기가 바뀌었습니다" in client.post(own + "/edit", data=odd).text
    story = the_story()
    assert (story.version, story.state) == (2, StoryState.DRAFT)
    changed = client.get(first)
    assert changed.status_code == 410 and "이야기가 바뀌었습니다" in changed.text
    assert all(isinstance(mail, Dropped) for mail in mails_to(app, OWNER))
    client.post(own + "/ask")
    client.post(page_of(the_story(), 0), data=yes(the_story()))
    assert the_story().state is StoryState.ASKED  # what was said to the first version counts no more


def test_a_consent_taken_back_takes_the_story_off_at_once(app, client, now, officer, match):
    story = asked(match, officer, now)
    for place in (0, 1):
        client.post(page_of(story, place), data=yes(story))
    public = f"/stories/{story.public_id}"
    assert client.get(public).status_code == 200
    back = page_of(story, 1) + "/take-back"
    assert "바로 누리집에서 내립니다" in client.get(back).text
    assert client.get(public).status_code == 200
    assert "그사이" in client.post(back, data={"by": "이가온"}).text  # what was read, nobody knows
    client.post(back, data={"seen": "1", "by": "이가온", "said": "사정이 바뀌었습니다."})
    assert client.get(public).status_code == 404
    assert the_story().state is StoryState.WITHDRAWN
    assert "사정이 바뀌었습니다." in mails_to(app, "staff@example.kr")[-1].text
    client.post(page_of(story, 1), data=yes(story))
    assert client.get(public).status_code == 200


def test_staff_take_a_story_off_with_a_reason_and_remind_once_a_day(app, client, now, officer, match):
    story = asked(match, officer, now)
    client.sign_in(officer)
    own = f"/staff/stories/{story.public_id}"
    remind = f"{own}/organizations/{story.match.standing[1].organization_id}/remind"
    assert "다시 알렸습니다" in client.post(remind, follow_redirects=True).text
    assert "오늘 이미" in client.post(remind, follow_redirects=True).text
    assert len(mails_to(app, PARTNER)) == 2
    assert "게시한 이야기가 아닙니다" in client.post(own + "/withdraw", data={"reason": "오류"}).text
    for place in (0, 1):
        client.post(page_of(story, place), data=yes(story))
    known, said = page_of(story, 0), yes(story)
    client.post(own + "/withdraw", data={"reason": "사실 확인이 필요합니다."})
    assert client.get(f"/stories/{story.public_id}").status_code == 404
    assert "사실 확인이 필요합니다." in client.get(own).text
    again = yes(the_story())
    assert client.post(known, data=said).status_code == 410
    assert client.post(page_of(the_story(), 0), data=again).status_code == 410  # no consent puts it back
    client.post(own + "/edit", data={"title": "고친 이야기", "summary": "소개", "text": "글", "seen": again["seen"]})
    client.post(own + "/ask")
    assert (the_story().state, the_story().version) == (StoryState.ASKED, 2)
    assert not any(saying.agreed for saying in stories.sayings_of(the_story()))


def test_a_picture_has_words_for_those_who_do_not_see_it_and_nothing_hidden(app, client, now, officer, match):
    with unit_of_work():
        stories.begin(match, stories.draft_of(match), officer, now)
    story = the_story()
    client.sign_in(officer)
    own = f"/staff/stories/{story.public_id}"
    secret = png((b"tEXt", b"Author\x00Hong"), (b"eXIf", b"GPS"))
    without_words = client.post(own + "/picture", data={"file": (io.BytesIO(secret), "그림.png"), "picture_alt": ""})
    assert "입력해 주세요" in without_words.text
    words = {"picture_alt": "두 사람이 원료를 살펴본다."}
    client.post(own + "/picture", data={"file": (io.BytesIO(secret), "그림.png"), **words})
    assert b"Hong" not in db.session.query(StoredFile).one().content
    refused = client.post(own + "/picture", data={"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf"), **words})
    assert refused.status_code == 200 and db.session.query(StoredFile).count() == 1
    client.post(own + "/picture", data={"file": (io.BytesIO(png()), "b.png"), "picture_alt": "새 그림"})
    assert db.session.query(StoredFile).count() == 1
    with unit_of_work():
        stories_asking.ask(the_story(), officer, now)
    story = the_story()
    file = story.picture.public_id
    assert client.get(f"{page_of(story, 0)}/picture/{file}").status_code == 200
    assert client.get(f"/stories/{story.public_id}/picture/{file}").status_code == 404
    for place in (0, 1):
        client.post(page_of(story, place), data=yes(story))
    assert 'alt="새 그림"' in client.get(f"/stories/{story.public_id}").text
    assert client.get(f"/stories/{story.public_id}/picture/{file}").data == png()
    client.post(own + "/picture/remove")
    assert (the_story().state, db.session.query(StoredFile).count()) == (StoryState.DRAFT, 0)


def test_a_photograph_keeps_only_how_it_is_turned():
    tiff = (
        b"II*\x00" + struct.pack("<IHHHII", 8, 2, 0x0112, 3, 1, 6) + struct.pack("<HHII", 0x8825, 4, 1, 99) + b"\0" * 4
    )
    exif = b"Exif\x00\x00" + tiff + b"GPS 37.5"
    scan = b"\xff\xda\x00\x02picture\xff\xd9"
    jfif = b"\xff\xe0\x00\x07JFIF\x00"

    def segment(marker: int, body: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body

    photograph = b"\xff\xd8" + jfif + segment(0xE1, exif) + segment(0xFE, b"Hong") + segment(0xDB, b"q") + scan
    plain = without_metadata(photograph)
    assert b"GPS" not in plain and b"Hong" not in plain and plain.endswith(segment(0xDB, b"q") + scan)
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in plain
    assert without_metadata(plain) == plain
    for broken in (b"\xff\xd8", b"\xff\xd8\xff", PNG_HEAD, b"GIF", photograph[:30]):
        assert isinstance(without_metadata(broken), bytes)


def test_only_confirmed_matches_have_stories_and_links_of_others_open_nothing(app, client, now, officer, match):
    story = asked(match, officer, now)
    with pytest.raises(Refused, match="이미 있습니다"), unit_of_work():
        stories.begin(match, stories.draft_of(match), officer, now)
    for wrong in ("abc.def", consent_token(story, 2**31 - 1), f"{story.public_id}-x.y"):
        assert client.get(f"/stories/consent/{wrong}").status_code == 404
    unconfirmed = a_reply()
    waiting = Match(need=unconfirmed.need, matched_on=date(2026, 11, 2), summary="요약", recorded_at=now)
    waiting.organizations = [MatchOrganization(organization=unconfirmed.organization, asked_at=now)]
    saved(waiting)
    with pytest.raises(Refused, match="확인한 성사만"), unit_of_work():
        stories.begin(waiting, stories.draft_of(waiting), officer, now)
    assert client.get("/stories").status_code == 200


def test_a_story_outlives_a_match_that_came_to_nothing_and_nobody_reads_it(app, client, match, officer, now):
    with unit_of_work():
        stories.begin(match, stories.draft_of(match), officer, now)
    made = reply_of(match.partners[0].organization, match.need)
    with unit_of_work():
        matching.object_to(match, made.organization_id, "함께하지 않습니다.", None, now)
    with unit_of_work():
        ending.end_by_replier(made, EndReason.OTHER, "", now)
    assert (made.state, made.need.matched_at, matching.match_of(made.need)) == (ReplyState.ENDED, None, None)
    client.sign_in(officer)
    assert client.get(f"/staff/stories/{the_story().public_id}").status_code == 200
    assert made.need.title not in client.get("/staff/matches").text
    with pytest.raises(Refused, match="두 기관이 확인한 성사만"), unit_of_work():
        stories.ask(the_story(), officer, now)
