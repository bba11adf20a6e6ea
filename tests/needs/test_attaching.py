"""Files attached to a need: handed in, ordered, taken away, and given to those who may read what they belong to."""

import pytest
from werkzeug.datastructures import MultiDict

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.files.models import StoredFile
from briefings.needs import attaching
from briefings.needs.history import steps_of
from briefings.needs.models import Need, NeedState
from tests.builders import BEFORE, a_need, a_user, an_organization, an_owner
from tests.conftest import NOW
from tests.files import samples


@pytest.fixture
def organization(app):
    """The body the signed-in owner acts for."""
    return an_organization("가온해양공단")


@pytest.fixture
def owner(client, organization):
    """A client signed in for it."""
    return client.sign_in(an_owner(organization))


def sent(*files):
    """A form with files, each (name, content)."""
    return MultiDict([("files", (samples.BytesIO(data), name)) for name, data in files])


def attached(need, name="사업계획.pdf", data=None):
    """A file of the need."""
    with unit_of_work():
        return attaching.attach(need, name, data or samples.a_pdf(name.encode()), a_user(), NOW)


def names_of(need):
    """What is attached, in its order."""
    return [file.name for file in attaching.files_of(need)]


def test_several_files_come_in_at_once_and_what_is_refused_does_not_hold_up_the_rest(owner, organization):
    need = a_need(organization=organization, state=NeedState.DRAFT)
    address = f"/my/needs/{need.id}/edit/files"
    assert "아직 붙인 파일이 없습니다" in owner.get(address).text
    assert "올릴 파일을 골라 주세요." in owner.post(address, data={}).text
    files = [
        ("사업계획.hwp", samples.an_hwp()),
        ("실행.pdf", b"MZ"),
        ("발표.pptx", samples.an_office_file()),
        ("암호.hwp", samples.an_hwp(3)),
    ]
    page = owner.post(address, data=sent(*files)).text
    assert "파일 2개를 붙였습니다: 사업계획.hwp, 발표.pptx" in page
    for error in ("‘실행.pdf’ 파일은 이름과 달리 내용이 받을 수 없는 형식입니다", "‘암호.hwp’ 파일에 암호나"):
        assert page.count(error) == 2, "above the form and at the field"
    assert "(HWP, 6KB)" in page
    assert names_of(need) == ["사업계획.hwp", "발표.pptx"]
    answer = owner.post(address, data=sent(("새 이름.pptx", samples.an_office_file()))).text
    assert "이미 붙인 파일과 내용이 같습니다" in answer
    assert "아직 붙인 파일이 없습니다" not in owner.get(f"/my/needs/{need.id}/edit/check").text


def test_there_may_be_ten_and_no_more(owner, organization):
    need = a_need(organization=organization)
    for number in range(attaching.MOST - 1):
        attached(need, f"{number}.pdf")
    address = f"/my/needs/{need.id}/edit/files"
    page = owner.post(address, data=sent(("열째.png", samples.a_png()), ("열한째.pdf", samples.a_pdf()))).text
    assert "파일은 10개까지 붙일 수 있습니다. ‘열한째.pdf’ 파일은 올리지 않았습니다." in page
    assert "더 올리려면 붙인 파일을 먼저 지워 주세요" in page
    assert len(names_of(need)) == attaching.MOST
    assert db.session.query(StoredFile).count() == attaching.MOST, "what was refused is not kept"


def test_files_are_ordered_and_taken_away_and_the_history_says_so(owner, organization):
    need = a_need(organization=organization)
    first, second = attached(need, "하나.pdf").public_id, attached(need, "둘.pdf").public_id
    address = f"/my/needs/{need.id}/edit/files"
    owner.post(f"{address}/{second}/up")
    owner.post(f"{address}/{second}/up")
    assert names_of(need) == ["둘.pdf", "하나.pdf"]
    page = owner.get(f"{address}/{first}/remove").text
    assert "지우면 바로 공개 화면에서 사라지고" in page
    assert len(names_of(need)) == 2
    assert "‘하나.pdf’ 파일을 지웠습니다." in owner.post(f"{address}/{first}/remove", follow_redirects=True).text
    assert owner.post(f"{address}/{first}/remove").status_code == 404
    assert names_of(need) == ["둘.pdf"]
    assert db.session.query(StoredFile).count() == 1
    said = [(step.what, step.file) for step in steps_of(db.session.get(Need, need.id))]
    assert said[:2] == [("첨부 삭제", "하나.pdf"), ("첨부 순서 바꿈", "둘.pdf")]
    assert said[-1] == ("첨부 추가", "하나.pdf")
    assert db.session.get(Need, need.id).changed_at > BEFORE


def test_what_ended_keeps_its_files(owner, organization):
    need = a_need(organization=organization)
    file = attached(need)
    need.state = NeedState.CLOSED
    db.session.commit()
    address = f"/my/needs/{need.id}/edit/files"
    assert owner.post(address, data=sent(("a.pdf", samples.a_pdf()))).status_code == 409
    assert owner.post(f"{address}/{file.public_id}/remove").status_code == 409
    with pytest.raises(Refused):
        attaching.move_up(need, file.public_id, a_user(), NOW)
    assert names_of(need) == ["사업계획.pdf"]


def test_more_than_may_be_sent_at_once_is_said_at_the_field(owner, organization, monkeypatch):
    monkeypatch.setattr("briefings.web.uploads.AT_ONCE", 1000)
    need = a_need(organization=organization)
    address = f"/my/needs/{need.id}/edit/files"
    answer = owner.post(address, data=sent(("큰.pdf", samples.a_pdf(bytes(2000)))))
    assert (answer.status_code, answer.location) == (303, f"{address}?too-large=1")
    page = owner.get(answer.location).text
    assert "한 번에 보낼 수 있는 크기(100MB)를 넘었습니다" in page
    assert 'aria-invalid="true"' in page
    assert names_of(need) == []


def test_only_views_for_files_take_more_than_usual_and_only_from_those_they_are_for(
    app, owner, organization, monkeypatch
):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    need, big = a_need(organization=organization), samples.a_pdf(bytes(2000))
    assert owner.post(f"/my/needs/{need.id}/edit/introduction", data=sent(("큰.pdf", big))).status_code == 413
    stranger = app.test_client().post(f"/my/needs/{need.id}/edit/files", data=sent(("큰.pdf", big)))
    assert "/sign-in" in stranger.location
    assert owner.post(f"/my/needs/{need.id}/edit/files", data=sent(("큰.pdf", big))).status_code == 303
    assert attaching.files_of(need)[0].size_in_words == "2KB"


def test_a_public_file_is_sent_to_be_saved_and_never_to_be_shown(client, count_queries):
    need = a_need()
    file = attached(need, "사업 계획 “최종”.pdf")
    page = client.get(f"/needs/{need.id}").text
    assert f'href="/needs/{need.id}/files/{file.public_id}" download' in page
    assert f"(PDF, {file.size}B)" in page
    answer = client.get(f"/needs/{need.id}/files/{file.public_id}")
    assert answer.data == db.session.get(StoredFile, file.id).content
    said = answer.headers
    assert said["Content-Type"] == "application/pdf"
    assert said["Content-Disposition"] == (
        'attachment; filename="file.pdf"; '
        "filename*=UTF-8''%EC%82%AC%EC%97%85%20%EA%B3%84%ED%9A%8D%20%E2%80%9C%EC%B5%9C%EC%A2%85%E2%80%9D.pdf"
    )
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    with count_queries() as queries:
        again = client.get(answer.request.path, headers={"If-None-Match": said["ETag"]})
        head = client.head(answer.request.path)
    assert (again.status_code, again.data) == (304, b"")
    assert (head.content_length, head.data) == (file.size, b"")
    assert not [query for query in queries if "stored_files.content" in query], "nothing is read that is not sent"


def test_a_file_is_there_only_for_whoever_may_read_its_need(app, client, organization, owner):
    need, other = a_need(organization=organization, state=NeedState.DRAFT), a_need()
    file = attached(need)
    stranger, officer = app.test_client(), app.test_client().sign_in(a_user())
    assert owner.get(f"/my/needs/{need.id}/files/{file.public_id}").status_code == 200
    assert officer.get(f"/staff/needs/{need.id}/files/{file.public_id}").status_code == 200
    for address in (f"/needs/{need.id}", f"/needs/{other.id}"):
        assert stranger.get(f"{address}/files/{file.public_id}").status_code == 404
    assert app.test_client().sign_in(an_owner()).get(f"/my/needs/{need.id}/files/{file.public_id}").status_code == 404


def test_showing_many_files_costs_no_more_than_showing_one(client, count_queries):
    def cost(need):
        with count_queries() as queries:
            client.get(f"/needs/{need.id}")
        assert not [query for query in queries if "stored_files.content" in query]
        return len(queries)

    one, many = a_need(), a_need()
    attached(one)
    for number in range(3):
        attached(many, f"{number}.pdf")
    assert cost(one) == cost(many)
