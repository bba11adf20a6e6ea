"""Links by which somebody sets a password: derived from the secret, good for one use, never stored."""

from datetime import datetime, timedelta

from briefings.accounts.models import User
from briefings.accounts.signing_in import user_numbered
from briefings.web.tokens import public_id_in, token_fits, token_for

PURPOSE = "new-password"
FORGOTTEN_FOR = timedelta(hours=1)
INVITED_FOR = timedelta(days=7)


def password_token(user: User, expires_at: datetime) -> str:
    """A token that lets its holder set the account's password until `expires_at`, once: setting it ends every other."""
    return token_for(PURPOSE, f"{user.id}-{int(expires_at.timestamp())}", user.session_version)


def user_behind(token: str, now: datetime) -> User | None:
    """The active account whose password `token` may set now; None if it is false, used or late."""
    public_id = public_id_in(token)
    number, _, seconds = public_id.partition("-")
    user = user_numbered(number)
    if user is None or not user.active or not token_fits(token, PURPOSE, public_id, user.session_version):
        return None
    return user if now.timestamp() < int(seconds) else None
