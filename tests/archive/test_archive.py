"""What everybody finds of a briefing that is over."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.schedule.links import presenter_token
from briefings.schedule.materials import hand_in, let_publish
from briefings.schedule.models import BriefingState, Visibility
from tests.builders import a_briefing, a_need, a_reply, a_theme, a_user
from tests.files import samples
from tests.papers.documents import WIDE, a_document


@pytest.fixture
def held(app, now):
    """A briefing of two needs that ended yesterday, with a recording and one file of two that everybody may have."""
    briefing = a_briefing(needs=2, starts_at=now - timedelta(days=1), title="폐어망 되살림 설명회")
    briefing.replay_url, briefing.replay_captioned = "https://www.youtube.com/watch?v=abc", True
    briefing.slots[1].replay_seconds = 750
    db.session.commit()
    with unit_of_work():
        for name, public in (("발표.pdf", True), ("내부용.pptx", False)):
            data = a_document(WIDE) if name.endswith("pdf") else samples.an_office_file()
            hand_in(briefing.slots[0], name, data, now, a_user(), public)
    a_reply(briefing.slots[0].need)
    return briefing


def test_its_page_shows_recording_files_replies_and_the_way_to_reply(app, client, held):
    page = client.get(f"/archive/{held.public_id}").text
    assert "12:30" in page and "t=750s" in page
    assert "발표.pdf" in page and "내부용.pptx" not in page
    assert "지금까지 1건" in page and f"/needs/{held.slots[0].need_id}/reply" in page
    assert "공개한 질문과 답이 없습니다" in page
    assert f"/archive/{held.public_id}" in client.get(f"/briefings/{held.public_id}").text
    assert client.get(f"/en/archive/{held.public_id}").status_code == 200


def test_a_recording_without_captions_or_transcript_is_not_shown(app, client, held):
    held.replay_captioned = False
    db.session.commit()
    assert "youtube" not in client.get(f"/archive/{held.public_id}").text


def test_only_files_their_presenters_let_everybody_have_are_given_out(app, client, held, now):
    open_one, kept = (each.file for each in held.slots[0].files)
    base = f"/archive/{held.public_id}/files"
    assert client.get(f"{base}/{open_one.public_id}").data.startswith(b"%PDF")
    assert client.get(f"{base}/{kept.public_id}").status_code == 404
    other = a_briefing(starts_at=now - timedelta(days=3))
    assert client.get(f"/archive/{other.public_id}/files/{open_one.public_id}").status_code == 404
    with unit_of_work():
        let_publish(held.slots[0], open_one.public_id, False, now)
    assert client.get(f"{base}/{open_one.public_id}").status_code == 404


def test_what_is_not_over_or_was_called_off_leads_to_its_own_page_and_drafts_are_not_there(app, client, now):
    for given in ({}, {"state": BriefingState.CANCELLED, "starts_at": now - timedelta(days=2)}):
        briefing = a_briefing(**given)
        answer = client.get(f"/archive/{briefing.public_id}")
        assert answer.location.endswith(f"/briefings/{briefing.public_id}")
        assert client.get(f"/archive/{briefing.public_id}/booklet.pdf").status_code == 404
    draft = a_briefing(state=BriefingState.DRAFT, starts_at=now - timedelta(days=2))
    assert client.get(f"/archive/{draft.public_id}").status_code == 404


def test_the_list_is_by_half_year_and_found_by_theme_and_words(app, client, now):
    assert "아직 끝난 설명회가 없습니다" in client.get("/archive").text
    theme = a_theme("섬과 바다")
    opened = {"registration_opens_at": datetime(2026, 5, 1, tzinfo=UTC)}
    a_briefing(title="겨울 설명회", starts_at=datetime(2026, 6, 30, 14, 59, tzinfo=UTC), theme=theme, **opened)
    late = a_briefing(title="여름 설명회", starts_at=datetime(2026, 6, 30, 15, 1, tzinfo=UTC), **opened)
    a_briefing(title="숨은 설명회", starts_at=now - timedelta(days=9), visibility=Visibility.UNLISTED)
    a_briefing(title="취소 설명회", starts_at=now - timedelta(days=9), state=BriefingState.CANCELLED)
    a_briefing(title="앞으로 설명회")
    late.slots[0].need = a_need(title="섬 마을 자전거 함께 고치기")
    db.session.commit()
    page = client.get("/archive").text
    assert page.index("2026년 하반기") < page.index("여름 설명회") < page.index("겨울 설명회")
    assert all(title not in page for title in ("숨은 설명회", "취소 설명회", "앞으로 설명회"))
    for query, found in {"half=2026-1": "겨울", f"theme={theme.id}": "겨울", "q=자전거 섬마을": "여름"}.items():
        listed = client.get(f"/archive?{query}").text
        assert f"{found} 설명회" in listed and "설명회 1건" in listed
    assert "조건을 줄여 주세요" in client.get("/archive?q=없는말입니다").text
    assert "첫 쪽으로" in client.get("/archive?page=9").text
    assert client.get("/archive?half=x&theme=x&page=x").status_code == 200


def test_however_many_there_are_the_list_asks_as_often(app, client, held, now, count_queries):
    client.get("/archive")
    with count_queries() as few:
        client.get("/archive")
    for days in range(2, 5):
        a_reply(a_briefing(needs=2, starts_at=now - timedelta(days=days)).slots[0].need)
    with count_queries() as many:
        client.get("/archive")
    assert len(many) == len(few)


def test_it_is_linked_from_every_page_and_known_to_search_engines(app, client, held):
    page = client.get("/").text
    assert 'href="/archive"' in page and 'href="/certificates"' in page
    assert f"/archive/{held.public_id}" in client.get("/sitemap.xml").text


def test_a_presenter_and_staff_say_of_each_file_whether_everybody_may_have_it(app, client, now):
    briefing = a_briefing(starts_at=now + timedelta(days=30))
    slot, slides = briefing.slots[0], {"files": [(io.BytesIO(a_document(WIDE)), "발표.pdf")]}
    own = f"/present/{presenter_token(slot)}/materials"
    staff, page = (
        app.test_client().sign_in(a_user()),
        f"/staff/briefings/{briefing.id}/presenters/{slot.public_id}/files",
    )
    client.post(own, data=slides | {"public": "y"}, content_type="multipart/form-data")
    [file] = slot.files
    assert file.public and "공개하지 않기" in client.get(own).text
    for visitor, address, public in ((client, own, ""), (staff, page, "1"), (client, own, "")):
        visitor.post(f"{address}/{file.file.public_id}/publish", data={"public": public})
        db.session.expire_all()
        assert slot.files[0].public == bool(public)
        assert ("공개하지 않음" in visitor.get(address).text) != bool(public)
    noted = [entry.action for entry in history_of(briefing)]
    assert noted[-3:] == ["slot.file_kept_back", "slot.file_published", "slot.file_kept_back"]
    assert "그사이 지워진" in client.post(f"{own}/{'0' * 32}/publish", data={}, follow_redirects=True).text
