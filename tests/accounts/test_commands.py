"""Accounts from the command line."""

import pytest

from briefings.accounts.models import Role
from briefings.accounts.signing_in import password_fits, user_with
from tests.builders import a_user

PASSWORD = "그물을 다시 씁니다"


@pytest.fixture
def run(app):
    def run(*arguments, text=""):
        return app.test_cli_runner().invoke(args=["users", *arguments], input=text)

    return run


def test_an_administrator_is_created_with_the_password_from_standard_input(run):
    result = run(
        "create-administrator", "First@Example.kr", "--name", "박나래", "--password-stdin", text=f"{PASSWORD}\n"
    )
    assert result.exit_code == 0, result.output
    user = user_with("first@example.kr")
    assert (user.name, user.role) == ("박나래", Role.ADMINISTRATOR)
    assert password_fits(user, PASSWORD)


def test_the_password_is_asked_for_twice_and_not_shown(run):
    result = run("create-administrator", "first@example.kr", "--name", "박나래", text=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("email", "password", "why"),
    [
        ("first@example.kr", "1234567890", "짐작하기 쉬운"),
        ("first", PASSWORD, "@"),
        ("old@example.kr", PASSWORD, "이미 계정이 있는"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(app, run, email, password, why):
    a_user(email="old@example.kr")
    result = run("create-administrator", email, "--name", "박나래", "--password-stdin", text=f"{password}\n")
    assert result.exit_code == 1
    assert why in result.output
    assert user_with("first@example.kr") is None


def test_the_list_names_everybody(app, run):
    a_user(email="old@example.kr", active=False)
    assert "old@example.kr\t담당자\t꺼짐\t김하늘" in run("list").output
