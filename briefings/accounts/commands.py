"""Accounts from the command line: the first administrator has nobody who could invite them."""

import sys

import click
import email_validator
from flask.cli import AppGroup
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import Role, User
from briefings.accounts.opening import open_account
from briefings.accounts.passwords import refuse_easy
from briefings.accounts.second_factor import reset
from briefings.accounts.signing_in import set_password, user_with
from briefings.accounts.words import ROLES
from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.errors import Refused

users = AppGroup("users", help="People who sign in.")


@users.command("create-administrator")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def create_administrator(email: str, name: str, password_stdin: bool) -> None:
    """Add an administrator with a password."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    now = clock.now()
    try:
        email_validator.validate_email(email, check_deliverability=False)
        refuse_easy(password, email, name)
        with unit_of_work():
            user = open_account(email, name, Role.ADMINISTRATOR, now)
            set_password(user, password)
            record(None, "account.opened", user, now, role=user.role)
    except (Refused, email_validator.EmailNotValidError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{user.email} may sign in as an administrator.")


@users.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Let an administrator whom no other can help set the second factor up anew."""
    user = user_with(email)
    if user is None:
        raise click.ClickException(f"No account has the address {email}.")
    try:
        with unit_of_work():
            reset(user, None, clock.now())
    except Refused as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{user.email} sets the second factor up anew at the next sign-in.")


@users.command("list")
def list_users() -> None:
    """Print every account: address, role, on or off, name."""
    for user in db.session.scalars(select(User).order_by(User.email)):
        click.echo(f"{user.email}\t{ROLES[user.role]}\t{'켜짐' if user.active else '꺼짐'}\t{user.name}")
