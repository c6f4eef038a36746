"""What the start says when the database cannot be opened: one line, with no secret in it."""

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from chatbot.errors import StartupError

# Each line is chosen by a word of the driver's own message.
SQLITE_LINES = {
    "not a database": "DATABASE_KEY does not open the database {place}. Set the passphrase it was "
    "made with, or restore the file if it is damaged.",
    "malformed": "The database {place} is damaged. Restore it from a copy, or name another file "
    "in DATABASE_URL.",
    "locked": "The database {place} is in use by another program. Stop that program and start "
    "again.",
    "": "DATABASE_URL: the database {place} cannot be written ({reason}). Make its folder "
    "writable, or name another file.",
}

WRONG_PASSWORD = (
    "DATABASE_URL: {place} refuses the user {user!r} or the password. Correct them, and write "
    "special characters of the password as %XX."
)
NO_DATABASE = "DATABASE_URL: {place} has no such database. Create it, or correct the name."
UNKNOWN_OPTION = (
    "DATABASE_URL holds an option after the question mark that is not known ({reason}). Remove it."
)
SERVER_LINES = {
    "password": WRONG_PASSWORD,
    " to database '": "DATABASE_URL: the user {user!r} may not use {place} ({reason}). Grant that "
    "right, or name another user.",
    "access denied": WRONG_PASSWORD,
    'role "': "DATABASE_URL: {place} knows no user {user!r}. Correct the user in DATABASE_URL.",
    "unknown database": NO_DATABASE,
    'database "': NO_DATABASE,
    "connection option": UNKNOWN_OPTION,
    "keyword argument": UNKNOWN_OPTION,
    "denied": "DATABASE_URL: the user {user!r} may not make tables at {place} ({reason}). "
    "Grant that right, or name another user.",
    "lock timeout": "Another program is changing the tables at {place}. Wait until it is done, "
    "then start again.",
    "": "DATABASE_URL: the database server at {place} cannot be used ({reason}). Start it, or "
    "correct the address.",
}


def refusal(error: Exception, url: URL) -> StartupError:
    """The line for an error that a driver raised while the database was opened or migrated."""
    original = error.orig if isinstance(error, DBAPIError) else error
    words = str(original).strip()
    lines = SQLITE_LINES if url.get_backend_name() == "sqlite" else SERVER_LINES
    line = next(line for word, line in lines.items() if word in words.lower())
    reason = words.splitlines()[0] if words else type(original).__name__
    if url.password:
        reason = reason.replace(url.password, "***")
    return StartupError(line.format(place=describe_place(url), user=url.username, reason=reason))


def describe_place(url: URL) -> str:
    """Where a database is, in words without the user and the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"{url.host}{port}/{url.database}"
