"""The accounts of the example data, said to whoever may want to try the program with them."""

from flask import current_app

from briefings.accounts.signing_in import user_with
from briefings.demo.people import ACCOUNTS, PASSWORD


def example_accounts() -> list[tuple[str, str, str]]:
    """(role, address, password) of each example account; none in production or where they are not loaded."""
    if current_app.config["PRODUCTION"] or user_with(ACCOUNTS[0][1]) is None:
        return []
    return [(title, email, PASSWORD) for _, email, _, title in ACCOUNTS]
