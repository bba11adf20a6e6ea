"""The audit log: every act has words, nothing in it can be changed, and what is looked for is found at any size."""

import ast
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from briefings import clock
from briefings.accounts.models import Role
from briefings.audit.about import KINDS
from briefings.audit.details import KEYS
from briefings.audit.models import AuditEntry
from briefings.audit.recording import record
from briefings.audit.seeing import PAGES
from briefings.audit.words import ACTIONS, SENDING, SIGN_INS
from briefings.db import Base, db, unit_of_work
from briefings.needs.officers import give_themes
from briefings.participation.models import Appointment
from briefings.rights.erasing import ask
from briefings.schedule.words import ACTIONS as OF_BRIEFING
from briefings.web.forms import Filters
from tests.builders import a_briefing, a_need, a_registration, a_reply, a_round, a_theme, a_user, saved

PACKAGE = Path(__file__).parents[2] / "briefings"
ACT = re.compile(r"[a-z_]+\.[a-z_]+")
LOG = "/staff/audit"


@pytest.fixture
def administrator(app):
    """Somebody who reads everything."""
    return a_user(Role.ADMINISTRATOR, name="관리자")


@pytest.fixture
def desk(client, administrator):
    """The administrator at work."""
    return client.sign_in(administrator)


def noted(actor, action, about, now, **detail):
    record(actor, action, about, now, **detail)
    db.session.commit()


@cache
def parts_of_program() -> list[tuple[Path, list[ast.AST]]]:
    """The files that speak of recording, each with every part of it."""
    written = ((path, path.read_text()) for path in PACKAGE.rglob("*.py"))
    return [(path, list(ast.walk(ast.parse(words)))) for path, words in written if "record" in words]


@cache
def calls_of_record() -> list[tuple[Path, ast.Call]]:
    """Every call of `record`, `record_each` or a `_record` of its own in the program, with its file."""
    calls = ((path, node) for path, nodes in parts_of_program() for node in nodes if isinstance(node, ast.Call))
    return [(path, node) for path, node in calls if _called(node).removeprefix("_") in ("record", "record_each")]


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_every_act_that_is_recorded_has_words(app):
    said, files = set(), set()
    for path, call in calls_of_record():
        files.add(path)
        for argument in call.args:
            said |= {node.value for node in ast.walk(argument) if isinstance(node, ast.Constant)}
    acts = {each for each in said if isinstance(each, str) and ACT.fullmatch(each)}
    prefixes = {each.partition(".")[0] for each in ACTIONS}
    for path, nodes in parts_of_program():  # acts that stand in tables and constants beside the call
        for node in nodes if path in files else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACT.fullmatch(node.value):
                acts |= {node.value} if node.value.partition(".")[0] in prefixes else set()
    acts -= set(app.view_functions)
    known = app.extensions["audit_actions"]
    assert sorted(acts - set(known)) == [], "write what it is called into audit/words.py"
    assert set(SENDING) | SIGN_INS | {shown.action for shown in PAGES.values()} <= set(ACTIONS)


def test_every_act_on_a_briefing_has_the_words_of_its_page():
    acts = set()
    for _, call in calls_of_record():
        if any(getattr(argument, "id", "") == "briefing" for argument in call.args):
            acts |= {each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    assert len(acts) > 20
    assert {act for act in acts if not act.endswith("seen")} <= set(OF_BRIEFING)


def test_everything_an_entry_says_has_a_name():
    said = {word.arg for _, call in calls_of_record() for word in call.keywords if word.arg}
    apart = 0
    for path, call in calls_of_record():
        for word in call.keywords if "demo" not in path.parts else ():
            if word.arg is None:
                said |= said_apart(path, word.value)
                apart += 1
    assert apart > 20 and "per_need" in said
    assert sorted(said - set(KEYS) - {"now", "by"}) == [], "write what it is called into audit/details.py"


def said_apart(path: Path, handed_on: ast.expr) -> set[str]:
    """The names in a dictionary that a call of `record` gets whole: it is written in the same file, or by callers."""
    nodes = dict(parts_of_program())[path]
    name = getattr(handed_on, "id", "")
    made = [node.value for node in nodes if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name]
    displays = [node for each in (handed_on, *made) for node in ast.walk(each) if isinstance(node, ast.Dict)]
    said = {key.value for display in displays for key in display.keys if isinstance(key, ast.Constant)}
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and node.args.kwarg]
    through = {each.name for each in functions if each.args.kwarg.arg == name}
    for _, others in parts_of_program():
        calls = [node for node in others if isinstance(node, ast.Call) and _called(node) in through]
        said |= {word.arg for call in calls for word in call.keywords if word.arg}
    return {each for each in said if each}


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_every_condition_of_a_list_has_a_name(app):
    def forms_below(kind):
        for each in kind.__subclasses__():
            yield from (each, *forms_below(each))

    fields = {
        name for form in forms_below(Filters) for name in dir(form) if hasattr(getattr(form, name), "field_class")
    }
    assert "theme" in fields
    assert sorted(fields - set(KEYS) - {"id", "sort"}) == [], "write what it is called into audit/details.py"


def test_what_stands_for_something_is_read_as_what_it_stands_for(desk, administrator, now):
    theme, officer = a_theme("바다와 섬"), a_user(name="이보람")
    round, briefing = a_round(name="가을 수요조사"), a_briefing(title="탄소중립 설명회")
    said = {"pairs": [[1, officer.id], [2, officer.id]], "per_need": 1, "sheets": 2}
    noted(administrator, "round.reviews_assigned", round, now, **said)
    noted(administrator, "round.reviews_due", round, now, before="2026-11-30", after="2026-12-04")
    noted(administrator, "list.taken", briefing, now, confirmed=3, waitlisted=2, skipped=1)
    noted(administrator, "registration.moved", briefing, now, to=briefing.id, together=7)
    filters = {"theme": str(theme.id), "user": str(officer.id)}
    noted(administrator, "needs.exported", administrator, now, rows=1, filters=filters)
    noted(administrator, "account.opened", officer, now, role="owner")
    with unit_of_work():
        give_themes(officer, [theme.id], administrator, now)
    noted(administrator, "retention.changed", administrator, now, kind="registrations", before=365, days=400)
    noted(None, "registration.corrected", briefing, now, fields=["name"])
    rungs = ["week", "day:text", "absent"]
    other = a_theme("산과 들")
    changed = {"reminders": [[], rungs], "visibility": ["listed", "unlisted"], "theme_id": [other.id, theme.id]}
    noted(administrator, "briefing.edited", briefing, now, changed=changed | {"approval": [False, True]})
    noted(administrator, "briefing.ways_set", briefing, now, ways=[["phone", "", "044-000-0100"]])
    noted(administrator, "day.set_up", briefing, now, changed={"late_minutes": [10, 5]})
    noted(administrator, "round.edited", round, now, changed={"reviews_due_on": ["", "2026-12-04"]})
    noted(administrator, "need.edited", a_need(), now, changed={"offer_tags": [[], ["budget"]]})
    noted(administrator, "import.decided", briefing, now, rows={"3": "leave"})
    noted(administrator, "api_key.made", administrator, now, scopes=["funnel"])
    page = desk.get(LOG).text.partition("<tbody>")[2]
    for words in (
        "갈래: 참가 신청의 이름과 연락처",
        "범위: 단계별 성과",
        "항목: 이름",
        "알림: 없음 → 7일 전, 하루 전 문자, 다음 날: 참가하지 못한 사람에게",
        "누리집에 보이기: 목록에 보이기 → 주소를 아는 사람만 보기",
        "주제: 산과 들 → 바다와 섬",
        "자리를 주는 방법: 바로 자리 주기 → 승인한 뒤에 자리 주기",
        "길: 전화로 듣기 044-000-0100",
        "늦은 참석 (시작 몇 분 뒤부터): 10 → 5",
        "심사 기한: 없음 → 2026. 12. 4.(금)",
        "제공 자원 유형: 없음 → 예산·현물",
        "3째 줄: 빼기",
        "심사위원마다: 이보람 2건",
        "과제 하나에 심사위원: 1",
        "2026. 11. 30.(월) → 2026. 12. 4.(금)",
        "신청 확정: 3",
        "대기 중: 2",
        "받는 쪽: 탄소중립 설명회",
        "주제: 바다와 섬",
        f"계정: {officer.id}<",
        "역할: 수요기관",
        "모든 주제 → 바다와 섬",
    ):
        assert words in page, words


def test_what_somebody_did_by_their_own_link_is_not_said_to_be_done_by_the_program(desk, now):
    briefing = a_briefing()
    noted(None, "slot.accepted", briefing, now, need="과제", presenter="정나무")
    assert "개인 링크를 받은 사람" in desk.get(LOG).text.partition("<tbody>")[2]
    noted(None, "support.destroyed", briefing, now, people=1)
    assert "프로그램" in desk.get(LOG).text.partition("<tbody>")[2]


def test_who_looked_at_a_list_is_not_said_to_have_looked_at_themselves(desk, administrator, now):
    officer = a_user(name="이보람")
    noted(officer, "needs.exported", officer, now, rows=1)
    noted(officer, "account.password_set", officer, now - timedelta(days=1))
    desk.get("/staff/privacy/requests")
    seen, exported, own = re.findall("<tr>.*?</tr>", desk.get(LOG).text.partition("<tbody>")[2], re.DOTALL)
    assert "지워 달라는 요청을 봄" in seen and "이것의 기록만" not in seen and '무엇에">–' in seen
    assert "이것의 기록만" not in exported and "이것의 기록만" in own


def test_what_has_no_title_is_not_said_to_be_gone(desk, now):
    there = ask(a_registration(email="gaon@example.kr").email, "ko", now)
    noted(None, "erasure.done", there, now, rows=1)
    page = desk.get(LOG).text.partition("<tbody>")[2]
    assert "지금은 없음" not in page and f"번호 {there.id}" in page


def test_a_talk_that_is_only_offered_has_no_page_the_log_could_lead_to(desk, administrator, now):
    offered = Appointment(reply_id=a_reply().id, offered_by_id=administrator.id, offered_at=now, place="044-000-0000")
    noted(administrator, "reply.talk_offered", saved(offered), now)
    assert "1:1 협의" in desk.get(LOG).text


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_everything_the_log_speaks_of_leads_to_its_page(app):
    for name, kind in KINDS.items():
        columns = Base.metadata.tables[name].c
        assert {each for each in (kind.title, kind.email, *kind.values.values()) if each} <= set(columns.keys()), name
        if kind.endpoint:
            [arguments] = {tuple(sorted(rule.arguments)) for rule in app.url_map.iter_rules(kind.endpoint)}
            assert arguments == tuple(sorted(kind.values)), name
    for shown in PAGES.values():
        assert not shown.table or shown.column in Base.metadata.tables[shown.table].c


def test_the_database_itself_refuses_to_change_or_delete_an_entry(app, now):
    noted(None, "need.edited", a_need(), clock.now(), title="하나")
    for statement in (
        "UPDATE audit_entries SET action = 'need.closed'",
        "UPDATE audit_entries SET detail = '{}'",
        "UPDATE audit_entries SET actor_name = 'x'",
        "DELETE FROM audit_entries",
    ):
        with pytest.raises(DBAPIError, match="audit entries"), db.session.begin_nested():
            db.session.execute(text(statement))
    assert db.session.query(AuditEntry).one().detail == {"title": "하나"}


def test_who_did_what_to_which_thing_is_read_and_looked_for(desk, administrator, now):
    officer = a_user(name="이보람", email="boram@example.kr")
    need, briefing = a_need(title="폐플라스틱"), a_briefing(title="탄소중립 설명회")
    noted(
        officer,
        "briefing.edited",
        briefing,
        now,
        changed={"title": ["옛 제목", "탄소중립 설명회"], "capacity": [10, 20]},
    )
    noted(officer, "need.published", need, now - timedelta(days=3))
    noted(None, "account.sign_in_failed", officer, now, network="203.0.114.7")
    noted(administrator, "needs.exported", administrator, now, reason="국정감사 자료", people=3)
    page = desk.get(LOG).text
    for words in (
        "설명회를 고침",
        "제목: 옛 제목 → 탄소중립 설명회",
        "정원: 10 → 20",
        "알 수 없음",
        "까닭: 국정감사 자료",
    ):
        assert words in page
    assert f'href="/staff/briefings/{briefing.id}"' in page and "이것의 기록만" in page
    assert '<option value="seen">조회</option>' in page and ">변경</span>" in page
    found = {
        "who=이보람": {"설명회를 고침", "과제를 게시함"},
        "who=boram@example.kr&deed=changed": {"설명회를 고침", "과제를 게시함"},
        "deed=exported": {"내려받기"},
        "deed=signed_in": {"로그인하지 못함"},
        "group=수요 과제": {"과제를 게시함"},
        "kind=needs&named=플라스틱": {"과제를 게시함"},
        f"about=briefings:{briefing.id}": {"설명회를 고침"},
        f"actor={officer.id}&since=2026-11-22": {"설명회를 고침"},
        "until=2026-11-21": {"과제를 게시함"},
        "q=국정감사": {"내려받기"},
        "q=100%": set(),
    }
    every = {"설명회를 고침", "과제를 게시함", "내려받기", "로그인하지 못함"}
    for query, words in found.items():
        shown = desk.get(f"{LOG}?{query}").text.partition("<tbody>")[2]
        assert {each for each in every if each in shown} == words, query
    assert "최근 90일" in desk.get(f"{LOG}?q=국정감사").text


def test_what_is_not_understood_counts_as_not_said(desk):
    pages = ("before=x", "after=-1", "before=99999999999999999-1")
    for query in (*pages, "about=x", "actor=-1", "since=a", "q=%00", "kind=zz"):
        assert desk.get(f"{LOG}?{query}").status_code == 200, query
    assert "같거나 그 뒤의 날짜를" in desk.get(f"{LOG}?since=2026-11-22&until=2026-11-21").text


def test_officers_read_what_they_did_themselves(client, administrator, now):
    officer, need = a_user(), a_need()
    noted(administrator, "need.closed", need, now)
    noted(officer, "need.published", need, now)
    client.sign_in(officer)
    page = client.get(f"{LOG}?actor={administrator.id}&who=관리자").text
    assert "내 기록" in page and "과제를 게시함" in page and "과제를 마감함" not in page.partition("<tbody>")[2]


def test_pages_go_on_from_where_one_stands_and_cost_the_same_at_any_size(desk, now, count_queries):
    need = a_need()
    common = {"actor_id": None, "actor_name": "", "action": "need.edited", "about_type": "needs", "about_id": need.id}
    rows = [common | {"at": now - timedelta(seconds=n // 2), "detail": {"number": n}} for n in range(120)]
    db.session.execute(insert(AuditEntry), rows[:1])
    db.session.commit()
    with count_queries() as one:
        desk.get(f"{LOG}?kind=needs")
    db.session.execute(insert(AuditEntry), rows[1:])
    db.session.commit()
    seen, page = [], desk.get(f"{LOG}?kind=needs").text
    with count_queries() as many:
        desk.get(f"{LOG}?kind=needs")
    assert len(many) <= len(one), "what is on it is asked for by kind, not by row"
    while True:
        seen += re.findall(r"수: (\d+)<", page)
        older = re.search(r'href="([^"]+before=[^"]+)" rel="next"', page)
        if older is None:
            break
        page = desk.get(older[1].replace("&amp;", "&")).text
    assert sorted(map(int, seen)) == list(range(120))
    back = re.search(r'href="([^"]+after=[^"]+)" rel="prev"', page)
    numbers = re.findall(r"수: (\d+)<", desk.get(back[1].replace("&amp;", "&")).text)
    assert numbers == seen[50:100], "as it was on the way there"


def test_whose_data_was_seen_is_found_by_the_address(desk, administrator, now):
    registration = a_registration(name="이가온", email="gaon@example.kr")
    a_registration(name="박다솜", email="dasom@example.kr")
    of_briefing = f"/staff/briefings/{registration.briefing_id}/registrations"
    for address in (f"{of_briefing}/{registration.public_id}", "/staff/people?email=gaon@example.kr", of_briefing):
        for _ in range(2):
            assert desk.get(address).status_code == 200
    desk.get("/staff/people?email=dasom@example.kr")
    entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [entry.action for entry in entries] == [
        "registration.seen",
        "person.seen",
        "registrants.seen",
        "person.seen",
    ]
    assert "example.kr" not in str([entry.detail for entry in entries])
    shown = desk.get(f"{LOG}?person=Gaon@example.kr").text.partition("<tbody>")[2]
    assert "신청자 한 사람을 봄" in shown and "한 사람의 모든 것을 봄" in shown and "목록을 봄" not in shown
    assert shown.count("한 사람의 모든 것을 봄") == 1
    need = a_need(title="빈 어선을 다시 씁니다", contact_email="Gaon@Example.kr")  # as somebody typed it
    desk.get(f"/staff/needs/{need.id}")
    assert need.title in desk.get(f"{LOG}?person=gaon@example.kr").text.partition("<tbody>")[2]


def test_officers_learn_no_name_from_a_number_in_the_address(client):
    place = a_registration(name="남궁이슬")
    officer = a_user(Role.OFFICER)
    page = client.sign_in(officer).get(f"{LOG}?about=registrations:{place.id}").text
    assert ("남궁이슬" in page, f"신청: {place.id}" in page) == (False, True)
