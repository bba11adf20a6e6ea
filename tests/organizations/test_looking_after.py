"""Organizations that stand there twice, or wrongly, are put right; everything counted says the same afterwards."""

from datetime import date, timedelta

import pytest
import sqlalchemy
from sqlalchemy import delete, func, select

from briefings.accounts.models import Role
from briefings.api.keys import make_key
from briefings.api.models import Scope
from briefings.archive import stories
from briefings.archive.models import StoryConsent, StoryState
from briefings.archive.stories_links import consent_token
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.needs.officers import give_themes
from briefings.organizations import looking_after
from briefings.organizations.belongings import numbers_of
from briefings.organizations.finding import kinds_named, members_of, named, number_named
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.models import Message
from briefings.participation import matching, progressing, replying
from briefings.participation.models import (
    AnswerTemplate,
    Consultation,
    ParticipationReply,
    ReplyState,
    TemplatePurpose,
)
from briefings.statistics.funnel import Step
from briefings.statistics.published import published_figures
from tests.builders import (
    a_briefing,
    a_contact,
    a_need,
    a_registration,
    a_reply,
    a_round,
    a_theme,
    a_user,
    an_organization,
    an_owner,
    saved,
)
from tests.participation.test_matching import TODAY, agreed, confirmed, kinds_to, the_match
from tests.statistics.test_three_ways import BY_KIND, for_a_program, in_the_file, on_the_page

BOTH = "마루모빌리티"


@pytest.fixture
def administrator(app):
    return a_user(Role.ADMINISTRATOR, name="박나래")


@pytest.fixture
def stays(app):
    return an_organization(BOTH, OrganizationKind.COMPANY)


@pytest.fixture
def gone(app, now):
    """The same body, known before its legal form was no part of its key, and as something else."""
    written = {"name": "(주)마루 모빌리티", "name_key": "(주)마루모빌리티", "created_at": now}
    return saved(Organization(kind=OrganizationKind.PUBLIC_INSTITUTION, **written))


def keys_to_organizations():
    """Every column that names an organization."""
    tables = db.metadata.tables.values()
    return {key.parent for table in tables for key in table.foreign_keys if key.column.table.name == "organizations"}


def told(app):
    return app.extensions["belongings"]


def made_one(app, gone, stays, by, now):
    read = looking_after.as_read(gone, stays)
    with unit_of_work():
        return looking_after.merge(gone, stays, read, told(app), by, now)


def test_whatever_names_an_organization_moves_with_it(app):
    moving = [each.column.property.columns[0] for each in told(app) if each.through is None]
    assert len(moving) == len(set(moving))
    assert set(moving) == keys_to_organizations(), "tell in the slice's belongings.py what becomes of it"


@pytest.fixture
def lived(gone, stays, now):
    """Both have replied to a need, are in its match and have something of everything."""
    earlier, later = now - timedelta(days=9), now - timedelta(days=2)
    need, other = a_need(published_at=now - timedelta(days=20)), a_need(published_at=now - timedelta(days=20))
    second = a_reply(need, organization=gone, sent_at=earlier, email="gone@maru.example.kr")
    first = a_reply(need, organization=stays, sent_at=later, email="stays@maru.example.kr")
    match = agreed(first, second, now=now)
    confirmed(second, now - timedelta(days=1))
    confirmed(first, now)
    progressing.add_progress(need, gone.id, TODAY, "현장을 함께 보았습니다.", True, "이가온", TODAY, now)
    story = stories.begin(match, stories.Words("만나서 시작했습니다", "요약", "글"), a_user(), now)
    story.state, story.version, story.asked_at = StoryState.ASKED, 2, now
    for organization, version in ((gone, 1), (stays, 2)):
        said = {"agreed": True, "said_by": "이가온", "said_at": now, "version": version}
        saved(StoryConsent(story=story, organization=organization, **said))
    saved(Consultation(reply=second, held_on=TODAY, notes="만남", noted_at=now))
    taken_back = {"state": ReplyState.WITHDRAWN, "withdrawn_at": now}
    a_reply(other, organization=gone, sent_at=earlier, **taken_back)
    a_reply(other, organization=stays, sent_at=later)
    own = a_need(organization=gone, title="버스 차고지를 함께 쓸 곳", published_at=now - timedelta(days=20))
    a_reply(own, organization=an_organization(kind=OrganizationKind.COMPANY))
    an_owner(gone, name="이가온")
    a_contact(a_round(), organization=gone)
    briefing = a_briefing(starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=3, hours=-1))
    a_registration(briefing, organization=gone)
    a_registration(briefing, organization=stays)
    for organization, text in (
        (gone, "고맙습니다."),
        (stays, "고맙습니다."),
        (gone, "곧 답하겠습니다."),
        (stays, "다음 주에 봅시다."),
    ):
        title = "고맙다는 말" if "고맙" in text else "답"
        words = {"purpose": TemplatePurpose.ACKNOWLEDGE, "title": title, "text": text, "changed_at": now}
        saved(AnswerTemplate(organization_id=organization.id, **words))
    db.session.commit()
    return {"need": need, "other": other, "own": own, "first": first, "second": second, "story": story}


def test_two_that_are_one_are_counted_as_one_everywhere(app, client, lived, gone, stays, administrator, now):
    link = f"/stories/consent/{consent_token(lived['story'], gone.id)}"
    before, number, second = published_figures(TODAY, "Asia/Seoul"), gone.id, lived["second"].id
    assert (before.in_matches, before.in_matches_distinct, before.public_private) == (3, 3, 1)
    assert (before.replying, before.replying_distinct) == (4, 3)
    client.sign_in(administrator)
    page = client.get(f"/staff/organizations/{gone.id}/merge/{stays.id}").text
    assert "이미 공표한 날짜의 수도 함께 바뀝니다" in page and "되돌릴 수 없습니다" in page
    assert "의 이름을 적는 사람도" in page, "whose particle is right after a name and a kind of any ending"
    seen = looking_after.as_read(gone, stays)
    answer = client.post(f"/staff/organizations/{gone.id}/merge/{stays.id}", data={"seen": seen}, follow_redirects=True)
    assert "한 기관으로 셉니다" in answer.text

    for column in keys_to_organizations():
        assert not db.session.scalar(select(func.count()).where(column == number)), column
    assert db.session.get(Organization, number) is None
    after = published_figures(TODAY, "Asia/Seoul")
    assert (after.in_matches, after.in_matches_distinct, after.public_private) == (2, 2, 1)
    assert after.in_matches_by_kind[OrganizationKind.COMPANY] == 1
    assert (after.needs_replied, after.replying, after.replying_distinct) == (3, 3, 2)
    # What was counted of a day that is past is still: the need had a reply, of this one now.
    assert published_figures(date(2026, 11, 15), "Asia/Seoul").needs_replied == 3
    _, secret = make_key("통계", [Scope.FUNNEL], None, by=administrator, today=now.date(), now=now)
    db.session.commit()
    bearer = {"Authorization": f"Bearer {secret}"}
    page, program = on_the_page(client, BY_KIND), for_a_program(client, BY_KIND, bearer)
    assert {step: program["전체", step] for step in Step} == page
    assert in_the_file(client, BY_KIND, "csv") == program
    assert not program.get(("공공기관", Step.REPLIES))
    assert page[Step.REPLIES] == after.replying
    assert app.test_client().get(f"/api/v1/organizations/{number}").status_code == 404
    assert app.test_client().get(f"/api/v1/organizations/{stays.id}").json["name"] == BOTH
    assert "버스 차고지를 함께 쓸 곳" in client.get(f"/needs?q={BOTH}").text

    [kept] = db.session.scalars(select(ParticipationReply).where(ParticipationReply.need_id == lived["need"].id))
    assert (kept.state, kept.email, kept.consultations[0].notes) == (
        ReplyState.MATCHED,
        "stays@maru.example.kr",
        "만남",
    )
    [colleague] = kept.colleagues
    assert colleague.is_in and colleague.email == "gone@maru.example.kr"
    assert kinds_to(colleague.email)[-1] == "reply_joined"
    joined = the_match().of(stays.id)
    assert joined.agrees and joined.confirmed_at == now - timedelta(days=1) and len(the_match().partners) == 1
    texts = db.session.scalars(select(AnswerTemplate.title).order_by(AnswerTemplate.title))
    assert list(texts) == ["고맙다는 말", "답", "답 (2)"]
    [consent] = db.session.scalars(select(StoryConsent))
    assert (consent.organization_id, consent.version) == (stays.id, 2)
    assert [user.name for user in members_of(stays)] == ["이가온"]
    too_late = client.post(f"/staff/organizations/{number}/edit", data={"name": "아무개"})
    assert too_late.location == f"/staff/organizations/{stays.id}"
    assert f"{number}번 기관은 이미 이 기관과 합쳐졌습니다. 더 한 일은 없습니다." in client.get(too_late.location).text
    assert app.test_client().get(link).status_code == 200  # who was asked as the other goes on
    [entry] = history_of(stays)
    assert (entry.action, entry.detail["gone"], entry.detail["kept"]) == ("organization.merged", number, stays.id)
    assert entry.detail["moved"] == {
        "accounts": 1,
        "consultations": 1,
        "contacts": 1,
        "matches": 1,
        "needs": 1,
        "progress": 1,
        "registrations": 1,
        "replies": 2,
        "story_consents": 1,
        "templates": 2,
    }
    page = client.get(f"/staff/organizations/{stays.id}").text
    assert "두 기관을 합침" in page and "(주)마루 모빌리티 (공공기관" in page
    about_both = {message.params.get("reply") for message in db.session.scalars(select(Message))}
    assert about_both == {kept.id} and second != kept.id


def test_who_would_answer_themselves_is_not_made_one(app, client, administrator, gone, stays, now):
    own = a_need(organization=stays, title="폐어망 되살림")
    reply = a_reply(own, organization=gone)
    agreed(reply, now=now)
    confirmed(reply, now)
    for one, other in ((gone, stays), (stays, gone)):
        with pytest.raises(Refused, match="폐어망 되살림"):
            made_one(app, one, other, administrator, now)
    page = client.sign_in(administrator).get(f"/staff/organizations/{gone.id}/merge/{stays.id}").text
    assert "아직 합칠 수 없습니다" in page and f"/staff/matches/{own.id}" in page and "만 남기고 합치기" not in page
    assert client.get(f"/staff/organizations/{gone.id}/merge/{gone.id}").status_code == 404
    with pytest.raises(Refused):
        made_one(app, gone, gone, administrator, now)
    with unit_of_work():
        matching.object_to(matching.match_of(own), gone.id, "우리끼리입니다.", None, now)
        replying.withdraw(reply, now)
    assert made_one(app, gone, stays, administrator, now)["replies"] == 1


def test_one_confirms_what_the_other_objects_to(app, administrator, gone, stays, now):
    need = a_need()
    first, second = a_reply(need, organization=gone), a_reply(need, organization=stays)
    match = agreed(first, second, now=now)
    confirmed(first, now)
    match.of(stays.id).object("그런 적이 없습니다.", now)
    db.session.commit()
    with pytest.raises(Refused, match="사실과 다르다고"):
        made_one(app, gone, stays, administrator, now)


def test_name_and_kind_are_put_right(app, client, administrator, gone, stays, now):
    need = a_need(organization=gone)
    client.sign_in(administrator)
    address = f"/staff/organizations/{gone.id}/edit"
    wrong = {"name": "마루모빌리티 주식회사", "kind": "company", "seen": looking_after.as_read(gone)}
    page = client.post(address, data=wrong).text
    assert "이미 있습니다" in page and 'href="#kind"' in page
    assert f"/staff/organizations/{gone.id}/merge/{stays.id}" in page
    page = client.post(address, data=wrong | {"name": "한울교통", "seen": "그 전"}).text
    assert "그사이 다른 사람이" in page
    answer = client.post(address, data=wrong | {"name": " 한울  교통 "}, follow_redirects=True)
    assert "고쳤습니다" in answer.text and "(주)마루 모빌리티 → 한울 교통" in answer.text
    assert (gone.name, gone.name_key, gone.kind) == ("한울 교통", "한울교통", OrganizationKind.COMPANY)
    assert need.title in client.get("/staff/needs?q=한울교통").text
    again = {"name": "한울 교통", "kind": "company", "seen": looking_after.as_read(gone)}
    assert "바뀐 것이 없습니다" in client.post(address, data=again, follow_redirects=True).text
    assert [entry.action for entry in history_of(gone)] == ["organization.renamed"]


def test_whoever_writes_an_old_name_means_what_the_body_is_now(app, administrator, gone, stays, now):
    old, kind = gone.name, gone.kind
    made_one(app, gone, stays, administrator, now)
    assert named("마루모빌리티 (주)", kind, now) is stays and number_named(old, kind, now) == stays.id
    assert kinds_named(["마루모빌리티"]) == {"마루모빌리티": {OrganizationKind.COMPANY}}
    with unit_of_work():
        seen = looking_after.as_read(stays)
        looking_after.correct(stays, "마루교통", stays.kind, seen, told(app), administrator, now, keep=True)
    assert named(BOTH, OrganizationKind.COMPANY, now) is stays
    assert kinds_named(["마루모빌리티"]) == {"마루모빌리티": {OrganizationKind.COMPANY, kind}}
    other = an_organization("다른 기관")
    merged = an_organization("셋째 기관")
    made_one(app, stays, other, administrator, now)
    made_one(app, merged, other, administrator, now)
    assert {each.name for each in looking_after.other_names_of(other)} == {old, BOTH, "마루교통", "셋째 기관"}
    assert db.session.scalar(select(func.count(Organization.id))) == 1


def test_a_name_that_was_wrong_may_become_another_body(app, administrator, stays, now):
    with unit_of_work():
        seen = looking_after.as_read(stays)
        looking_after.correct(stays, "누리교통", stays.kind, seen, told(app), administrator, now)
    assert named(BOTH, OrganizationKind.COMPANY, now) is not stays


def test_a_body_that_takes_back_an_old_name_bears_it_itself(app, administrator, stays, now):
    for name in ("누리교통", BOTH):
        with unit_of_work():
            seen = looking_after.as_read(stays)
            looking_after.correct(stays, name, stays.kind, seen, told(app), administrator, now, keep=True)
    assert [each.name for each in looking_after.other_names_of(stays)] == ["누리교통"]


def test_other_names_are_added_and_taken_away(app, client, administrator, stays, now):
    taken = an_organization("누리교통", OrganizationKind.COMPANY)
    client.sign_in(administrator)
    address = f"/staff/organizations/{stays.id}/names"
    assert 'href="#name"' in client.post(address, data={"name": "", "kind": "company"}).text
    page = client.post(address, data={"name": "누리 교통", "kind": "company"}).text
    assert "다른 기관의 것입니다" in page and f"/staff/organizations/{taken.id}/merge/{stays.id}" in page
    page = client.post(address, data={"name": "마루", "kind": "association"}, follow_redirects=True).text
    assert "다른 이름을 더했습니다" in page and "협회·단체" in page
    assert named("마 루", OrganizationKind.ASSOCIATION, now) is stays
    assert BOTH in client.get("/staff/organizations?q=마루").text
    assert "이미 이 기관으로 알려진" in client.post(address, data={"name": "마루", "kind": "association"}).text
    [other] = looking_after.other_names_of(stays)
    elsewhere = f"/staff/organizations/{taken.id}/names/{other.id}/remove"
    assert "이미 지운 이름입니다" in client.post(elsewhere, follow_redirects=True).text
    page = client.post(f"{address}/{other.id}/remove", follow_redirects=True).text
    assert "다른 이름을 지웠습니다" in page and "다른 이름이 없습니다" in page
    assert named("마루", OrganizationKind.ASSOCIATION, now) is not stays
    assert "기관의 다른 이름을 지움" in client.get(f"/staff/organizations/{stays.id}").text
    client.sign_in(a_user())
    assert client.get(address).status_code == 403


def test_two_that_are_different_bodies_are_not_shown_as_doubles_again(app, client, administrator, gone, stays, now):
    third = an_organization(BOTH, OrganizationKind.ASSOCIATION)
    client.sign_in(administrator)
    shelf, here = "/staff/organizations?shelf=double", f"/staff/organizations/{stays.id}"
    assert client.get(shelf).text.count('scope="row"') == 3
    assert "다른 기관입니다" in client.get(f"{here}/merge/{gone.id}").text
    page = client.post(f"{here}/apart/{gone.id}", follow_redirects=True).text
    assert "다른 기관으로 정했습니다" in page and "다른 기관으로 정한 곳" in page
    assert "이름이 비슷한 기관을 다른 기관으로 정함" in client.get(f"/staff/organizations/{gone.id}").text
    assert looking_after.told_apart_from(gone) == [stays]
    assert (looking_after.like(stays), looking_after.like(gone)) == ([third], [third])
    assert client.get(shelf).text.count('scope="row"') == 3  # the third looks like both still
    for one in (stays, gone):
        client.post(f"/staff/organizations/{one.id}/apart/{third.id}")
    assert "겹쳐 보이는 기관이 없습니다" in client.get(shelf).text
    assert "이미 다른 기관으로 정한" in client.post(f"{here}/apart/{gone.id}", follow_redirects=True).text
    assert client.post(f"{here}/apart/{stays.id}").status_code == 404
    assert "합치면 그 표시도 없어집니다" in client.get(f"{here}/merge/{gone.id}").text

    page = client.post(f"/staff/organizations/{gone.id}/apart/{stays.id}/undo", follow_redirects=True).text
    assert "되돌렸습니다" in page and "다른 기관이라고 정한 것을 되돌림" in page
    assert client.get(shelf).text.count('scope="row"') == 2
    undone = client.post(f"{here}/apart/{gone.id}/undo", follow_redirects=True).text
    assert "다른 기관으로 정한 두 기관이 아닙니다" in undone

    client.sign_in(a_user())
    page = client.get(here).text
    assert "다른 기관으로 정한 곳" in page and "되돌리기" not in page and "다른 기관입니다" not in page
    assert client.post(f"{here}/apart/{gone.id}").status_code == 403
    assert client.post(f"{here}/apart/{third.id}/undo").status_code == 403


def test_what_was_said_of_one_is_said_of_what_it_is_made_one_with(app, administrator, gone, stays, now):
    third, fourth = (
        an_organization(BOTH, kind) for kind in (OrganizationKind.ASSOCIATION, OrganizationKind.UNIVERSITY)
    )
    with unit_of_work():
        for pair in ((gone, stays), (gone, third), (third, stays), (fourth, gone)):
            assert looking_after.tell_apart(*pair, administrator, now)
    made_one(app, gone, stays, administrator, now)
    assert set(looking_after.told_apart_from(stays)) == {third, fourth}
    assert looking_after.told_apart_from(third) == looking_after.told_apart_from(fourth) == [stays]
    assert looking_after.like(third) == [fourth]
    with pytest.raises(Refused):
        looking_after.tell_apart(stays, stays, administrator, now)


def test_the_desk_shows_who_stands_there_twice(app, client, count_queries, administrator, gone, stays, now):
    an_owner(gone, name="이가온")
    for number in range(3):
        an_organization(f"나눔재단 {number}")
    client.sign_in(administrator)
    with count_queries() as few:
        page = client.get("/staff/organizations?shelf=double").text
    assert page.count('scope="row"') == 2 and "나눔재단" not in page
    assert "나눔재단" not in client.get("/staff/organizations?q=마루 모빌&kind=company").text
    client.get("/staff/organizations")
    with count_queries() as many:
        assert "나눔재단 2" in client.get("/staff/organizations").text
    assert "이 쪽에는 아무것도 없습니다" in client.get("/staff/organizations?page=9").text
    assert len(many) <= len(few)
    file = client.post("/staff/exports/organizations?shelf=double", data={"format": "csv"}).data.decode("utf-8-sig")
    assert file.splitlines()[0].split(",")[5:] == ["계정", "수요 과제", "설명회 신청", "참여 답글", "성사"]
    assert [line.split(",")[5] for line in file.splitlines()[1:]] == ["1", "0"]
    page = client.get(f"/staff/organizations/{stays.id}").text
    assert "겹쳐 보이는 기관" in page and "(주)마루 모빌리티" in page
    assert "(주)마루 모빌리티" in client.get(f"/staff/organizations/{stays.id}/merge").text
    assert "그런 이름의 기관이 없습니다" in client.get(f"/staff/organizations/{stays.id}/merge?q=없는이름").text
    assert "이가온" in client.get(f"/staff/organizations/{gone.id}").text

    officer = a_user()
    with unit_of_work():
        give_themes(officer, [a_theme().id], administrator, now)
    client.sign_in(officer)
    page = client.get(f"/staff/organizations/{gone.id}").text
    assert "이가온" not in page and "이름과 유형 고치기" not in page and "관리자에게" in page
    assert client.get(f"/staff/organizations/{gone.id}/edit").status_code == 403
    assert client.post(f"/staff/organizations/{gone.id}/merge/{stays.id}").status_code == 403
    assert numbers_of([], told(app)) == {}
    assert db.session.scalar(select(func.count(Need.id))) == 0


@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)  # which tells how often it looked
def test_the_table_is_read_once_for_doubles_even_while_postgresql_thinks_it_empty(app):
    for _ in range(2):
        db.session.execute(delete(Organization))
        db.session.execute(sqlalchemy.text("ANALYZE organizations"))
        for number in range(100):
            for kind in (OrganizationKind.COMPANY, OrganizationKind.ASSOCIATION):
                an_organization(f"{number}번째 기관", kind)
    wanted = looking_after.look_double().compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = db.session.execute(sqlalchemy.text(f"EXPLAIN (ANALYZE, FORMAT JSON) {wanted}")).scalar_one()
    steps, reads = [plan[0]["Plan"]], 0
    while steps:
        step = steps.pop()
        steps += step.get("Plans", [])
        reads += step["Actual Loops"] * (step.get("Relation Name") == "organizations")
    assert reads == 1, plan
