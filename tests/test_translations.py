"""The English catalogue is whole, our words are plain, and English pages say which of their words are Korean."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import turbohtml
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import Environment, FileSystemLoader, meta, nodes

from briefings.accounts.models import User
from briefings.db import db
from tests.client import PageClient
from tests.journeys.rows import fill
from tests.journeys.test_every_page import IN_ENGLISH, TABLE

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "briefings" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"#\{[^}]*\}")  # has one name, whatever the language
HANGUL = re.compile("[가-힣]")
PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
Templates = dict[str, nodes.Template]
MARKS = ("_", "_l", "N_", "gettext", "lazy_gettext")
COLLECTED = (".py", ".html")
CALLED = re.compile(r"\b(_|_l|N_|\w*gettext)\s*\(|{%-?\s*trans\b")
MARKED = re.compile(rf"(?s)\b[rR]?[fF][rR]?[\"'].*\b({'|'.join(MARKS)})\s*\(")
OWN_NAMES = {"English"}  # a language is called what its readers call it

# Where to change a word, everywhere: what we do not write → what we write instead.
GLOSSARY = {
    r"이메일|메일(?!박스)": "전자우편",
    r"홈페이지|웹\s?사이트": "누리집",
    r"노쇼": "불참",
    r"(?<![가-힣])반려(?!동물)": "돌려보냄",
    r"귀하|귀사": "수신자의 이름, 기관의 이름",
    r"금번|금회|차회": "이번, 다음",
    r"(?<![가-힣])상기(?![가-힣])|(?<![가-힣])동 건": "위의, 이",
    r"익일|금일|명일": "다음 날, 오늘, 내일",
    r"필히|기\s등록|당해|소정의": "꼭, 이미 등록한, 그",
    r"클릭": "누르다",
    r"편지함|정크": "스팸함",
    r"바랍니다": "-해 주세요",
    r"전하지 마십시오": "전하지 말아 주세요",
    r"그\s?사이 다른 (?:사람|분|담당자|관리자|동료)[이가] ": "-이, 또는 다른 창에서",
    r"[가-힣](?<!주세)(?<!필)요[.?!]": "합쇼체, 부탁은 -해 주세요",
}
UNWANTED = re.compile("|".join(GLOSSARY))
# What people and meeting tools write above the columns of their lists.
OTHERS_WORDS = tuple(
    f"briefings/{name}.py" for name in ("registrations/list_columns", "live/tool_columns", "demo/attendance")
)
SAYS_NOTHING = {"자세히", "자세히 보기", "더보기", "더 보기", "여기", "여기를 누르세요", "바로가기", "확인", "확인하기"}


@pytest.fixture(scope="module")
def catalogue():
    """What is translated."""
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def test_what_is_translated_is_what_the_program_says_today(catalogue, tmp_path):
    used = _said_today(tmp_path / "messages.pot")
    translated = {message.id for message in catalogue if message.id and message.string and not message.fuzzy}
    kept = {message.id for message in [*catalogue, *catalogue.obsolete.values()] if message.id}
    assert sorted(used - translated) == [], "run `make translations` and write the English"
    assert sorted(kept - used) == [], "nobody says these any more: run `make translations`"


def test_translations_have_the_places_of_their_originals(catalogue):
    differing = [m.id for m in catalogue if sorted(PLACES.findall(m.id)) != sorted(PLACES.findall(m.string))]
    assert differing == []


def test_originals_are_korean_and_translations_are_not(catalogue):
    messages = [message for message in catalogue if message.id and message.id not in OWN_NAMES]
    assert [message.id for message in messages if not HANGUL.search(message.id)] == []
    assert [message.id for message in messages if HANGUL.search(PLACEHOLDER.sub("", message.string))] == []


def test_no_text_is_marked_inside_an_f_string():
    """Before Python 3.12 nothing finds it there."""
    inside = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, module in _modules(MARKED)
        for string in ast.walk(module)
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in MARKS
    ]
    assert inside == []


def test_korean_is_marked_and_plain_and_says_what_links_do():
    parsed = _parsed()
    for_everybody = _for_everybody(parsed)
    assert len(for_everybody) > 60
    unmarked = [f"{name}:{line} {text}" for name in for_everybody for line, text in _unmarked(parsed[name])]
    assert not unmarked, "\n".join(unmarked)
    texts = list(_texts(parsed))
    found = [
        f"{where}: {match[0]} → {instead}"
        for where, text in texts
        if not where.startswith(OTHERS_WORDS)
        if UNWANTED.search(text)
        for word, instead in GLOSSARY.items()
        for match in [re.search(word, text)]
        if match
    ]
    assert not found, "\n".join(found)
    assert [where for where, text in texts if text.strip() in SAYS_NOTHING] == []


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_english_pages_mark_what_is_korean(app: Flask, client: PageClient):
    rows = fill()
    left = []
    for email, pages in {email: TABLE[email] for email in IN_ENGLISH}.items():
        person = app.test_client()
        if email:
            person.sign_in(db.session.scalars(db.select(User).filter_by(email=email)).one())
        for name, address in pages.items():
            path, _, act = address.partition(" = ")[0].partition(" | ")
            path = "/en" + path.format(**rows)
            chosen = {"people": act.removeprefix("choose ")} if act.startswith("choose ") else {}
            answer = person.post(path, data=chosen) if act else person.get(path)
            assert answer.mimetype == "text/html", f"{name}: {answer.status}"
            left += [f"{name}: {text}" for text in _korean_in(answer.text)]
    assert not left, "\n".join(left)


def _korean_in(page: str) -> Iterator[str]:
    """Texts of an English page that are Korean and do not say so."""
    html = turbohtml.parse(page).find("html")
    if html.attrs.get("lang") == "ko":
        return  # a page that is Korean only, and says so
    for text in html.find("body").descendants:
        if isinstance(text, turbohtml.Text) and HANGUL.search(PLACEHOLDER.sub("", text.data)):
            around = text.parent
            if around.closest("[lang]").attrs["lang"] == "en" and not around.closest("textarea, script"):
                yield f"<{around.tag}> {text.data.strip()}"


def test_the_words_on_a_button_are_part_of_its_spoken_name_in_both_languages(catalogue):
    english = {message.id: message.string for message in catalogue if isinstance(message.id, str)}
    named = list(_spoken_names(_parsed()))
    assert named
    for place, seen, spoken in named:
        assert seen in spoken, place
        assert english[seen].lower() in english[spoken].lower(), place


def _said_today(collected: Path) -> set[str]:
    """The texts of the program, collected the way `make translations` does, from files that may have any."""
    files = [each for of in ("briefings", "templates") for each in (ROOT / of).rglob("*") if each.suffix in COLLECTED]
    marked = [str(each.relative_to(ROOT)) for each in files if CALLED.search(each.read_text("utf-8"))]
    options = ["-F", "pyproject.toml", "-k", "_l", "-k", "lazy_gettext", "-o", str(collected), *sorted(marked)]
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", "extract", *options], cwd=ROOT, check=True)
    with collected.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


def _modules(holding: re.Pattern[str]) -> Iterator[tuple[Path, ast.Module]]:
    """The modules of the program in whose text something is found."""
    for path in sorted((ROOT / "briefings").rglob("*.py")):
        if holding.search(text := path.read_text("utf-8")):
            yield path, ast.parse(text)


def _spoken_names(parsed: Templates) -> Iterator[tuple[str, str, str]]:
    """(place, words seen, words spoken) of every control that a macro gives both."""
    for name, template in parsed.items():
        for call in template.find_all(nodes.Call):
            label = next((given.value for given in call.kwargs if given.key == "label"), None)
            pair = [_collected(each) for each in (*call.args[:1], label)]
            if "button" in getattr(call.node, "attr", "") and all(pair):
                yield f"templates/{name}:{call.lineno}", *pair


def _collected(node: nodes.Node | None) -> str | None:
    """The text a call of gettext names."""
    match node:
        case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text)), *_]):
            return text
    return None


def _parsed() -> Templates:
    """Every template by its name."""
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.do"])  # noqa: S701
    loader = environment.loader
    assert loader
    return {name: environment.parse(loader.get_source(environment, name)[0]) for name in environment.list_templates()}


def _for_everybody(parsed: Templates) -> list[str]:
    """Names of the templates of pages in the public frame, of the frame of mails, and of all their parts."""
    wanted = [
        name for name, template in parsed.items() if name == "mail/frame.html" or _frame(template) == "public.html"
    ]
    for name in wanted:
        parts = meta.find_referenced_templates(parsed[name])
        wanted += [part for part in parts if part and part not in wanted]
    return wanted


def _frame(template: nodes.Template) -> object:
    extends = template.find(nodes.Extends)
    return extends.template.value if extends and isinstance(extends.template, nodes.Const) else None


def _unmarked(template: nodes.Template) -> Iterator[tuple[int, str]]:
    calls = [
        call for call in template.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == "_"
    ]
    marked = {id(constant) for call in calls for constant in call.find_all(nodes.Const)}
    for part in template.find_all(nodes.TemplateData):
        if HANGUL.search(part.data):
            yield part.lineno, part.data.strip()
    for constant in template.find_all(nodes.Const):
        if isinstance(constant.value, str) and HANGUL.search(constant.value) and id(constant) not in marked:
            yield constant.lineno, constant.value


def _texts(parsed: Templates) -> Iterator[tuple[str, str]]:
    """(place, text) for every Korean text in templates and modules, staff's included."""
    for name, template in parsed.items():
        for node in template.find_all((nodes.TemplateData, nodes.Const)):
            text = node.data if isinstance(node, nodes.TemplateData) else node.value
            if isinstance(text, str) and HANGUL.search(text):
                for piece in re.split(r"<[^>]*>", text):
                    yield f"templates/{name}:{node.lineno}", piece
    for path, module in _modules(HANGUL):
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and HANGUL.search(node.value):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
