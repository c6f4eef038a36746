"""What the parts stand on, as the settings say: the secret key, the database, the provider, the
owner's way in, and where the page is found."""

import hashlib
import os
import secrets
import stat
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from chatbot.errors import StartupError
from chatbot.llm.budget import MICRO
from chatbot.llm.embeddings import Embedder
from chatbot.llm.provider import Provider, ProviderValues
from chatbot.people.addresses import AddressHashes
from chatbot.people.limits import Limits
from chatbot.rates import parse_rates
from chatbot.settings import MIN_SECRET_BYTES, Settings
from chatbot.storage.copies.addresses import needs_token, open_store
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.lock import FileLock
from chatbot.storage.migrations import migrate
from chatbot.storage.mounts import is_on_one_disk
from chatbot.storage.wire import Line, Wire
from chatbot.storage.wire_lines import PollLine, PostgresLine, RedisLine
from chatbot.web.access import AccessValues
from chatbot.web.passwords import PasswordHash, hash_password, parse_password_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatbot.storage.copies.copies import Copies
    from chatbot.storage.copies.drill import Drill

SECRET_FILE = "secret_key"
SPACE_PROXIES = ["10.0.0.0/8"]


def load_secret_key(settings: Settings) -> str:
    """`SECRET_KEY`, or the key that was made once in `DATA_DIR`.

    On a Hugging Face Space the disk does not last, so a key made there would change with every
    restart: the start is refused instead.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.space_id:
        raise StartupError(
            "SECRET_KEY is not set. Add it under Settings, Secrets of the Space: at least 32 "
            "characters of random text."
        )
    path = settings.data_dir / SECRET_FILE
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_secret(path)
        key = path.read_text()
    except OSError as error:
        raise StartupError(
            f"DATA_DIR: the folder {settings.data_dir} cannot be used ({error.strerror}). "
            "Name a folder that this program may write to."
        ) from error
    if len(key.encode()) < MIN_SECRET_BYTES:
        raise StartupError(f"SECRET_KEY: the file {path} is damaged. Delete it and start again.")
    return key


def _write_secret(path: Path) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    unfinished.replace(path)


def _database_url(settings: Settings) -> str:
    return settings.database_url or f"sqlite:///{(settings.data_dir / 'chatbot.db').absolute()}"


def is_on_server(settings: Settings) -> bool:
    """Whether the database is a server's, which several processes may use."""
    return not _database_url(settings).startswith("sqlite:///")


def lock_database(settings: Settings) -> FileLock | None:
    """Keep other copies of this program off the SQLite file; servers need no such lock."""
    url = _database_url(settings)
    path = Path(url.partition(":///")[2])
    if not url.startswith("sqlite:///"):
        return None
    # A folder that cannot be made is for the database itself to report.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path) if os.access(path.parent, os.W_OK) else None


def open_database(settings: Settings) -> Database:
    """Connect to the database and bring its schema up to date."""
    key = settings.database_key.get_secret_value() if settings.database_key else None
    database = Database(DatabaseValues(url=_database_url(settings), key=key))
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def open_copies(settings: Settings) -> "Copies | None":
    """What copies the SQLite file to `SNAPSHOT_STORE`; it has not looked there yet."""
    url = _database_url(settings)
    if not settings.snapshot_store:
        return None
    if not url.startswith("sqlite:///"):
        raise StartupError(
            "SNAPSHOT_STORE copies SQLite files only, and DATABASE_URL names a server. "
            "Remove SNAPSHOT_STORE."
        )
    if needs_token(settings.snapshot_store) and settings.snapshot_token is None:
        raise StartupError(
            "SNAPSHOT_TOKEN is not set. Make a token at huggingface.co/settings/tokens that may "
            "write to the store, and set it."
        )
    from chatbot.storage.copies.copies import Copies

    key = settings.database_key.get_secret_value() if settings.database_key else None
    path = Path(url.partition(":///")[2])
    token = settings.snapshot_token.get_secret_value() if settings.snapshot_token else None
    store = open_store(settings.snapshot_store, token)
    return Copies(store, DatabaseValues(url=url, key=key), path)


def open_drill(settings: Settings) -> "tuple[Drill, Callable[[], None]]":
    """A restore drill beside the program on its database, and what closes it again."""
    copies = open_copies(settings)
    path = Path(_database_url(settings).partition(":///")[2])
    if copies is None:
        raise StartupError("SNAPSHOT_STORE is not set, so there is no copy to prove.")
    if not path.exists():
        raise StartupError(f"DATA_DIR: there is no database {path} to compare the copy with.")
    database = open_database(settings)
    return copies.build_drill(database), database.close


def is_disk_lost(settings: Settings) -> bool:
    """Whether what is on this disk is gone at the next start, and nothing else has it.

    Copies in a folder on the same disk go with it.
    """
    url, store = _database_url(settings), settings.snapshot_store
    if not settings.space_id or not url.startswith("sqlite:///"):
        return False
    if not store:
        return True
    folder = Path(store.removeprefix("file://"))
    return not needs_token(store) and is_on_one_disk(folder, Path(url.partition(":///")[2]))


def has_provider(settings: Settings) -> bool:
    return bool(settings.openai_api_key or settings.openai_base_url)


def build_provider(settings: Settings) -> Provider | None:
    """The model provider, or None without a key: then the chat runs in limited mode.

    A provider of one's own (`OPENAI_BASE_URL`) may need no key.
    """
    if not has_provider(settings):
        return None
    return Provider(
        _provider_values(settings, settings.openai_model, settings.openai_fallback_model)
    )


def build_embedder(settings: Settings) -> Embedder | None:
    """The provider's embedding model, or None where none is set or there is no provider."""
    if not settings.embedding_model or not has_provider(settings):
        return None
    return Embedder(_provider_values(settings, settings.embedding_model))


def _provider_values(
    settings: Settings, model: str, fallback_model: str | None = None
) -> ProviderValues:
    key = settings.openai_api_key
    return ProviderValues(
        api_key=key.get_secret_value() if key else "not-needed",
        base_url=settings.openai_base_url,
        model=model,
        fallback_model=fallback_model,
    )


def list_notify_urls(settings: Settings) -> list[str]:
    """Every channel as an Apprise address: those of `NOTIFY_URLS`, and the Pushover shortcut."""
    urls = [url.get_secret_value() for url in settings.notify_urls or ()]
    if settings.pushover_user and settings.pushover_token:
        pair = (settings.pushover_user, settings.pushover_token)
        user, token = (quote(part.get_secret_value(), safe="") for part in pair)
        urls.append(f"pover://{user}@{token}")
    return urls


def find_page_url(settings: Settings) -> str:
    """The address of this page as others reach it, without a slash at its end; "" when unknown."""
    # With a domain of its own a Space has several hosts, separated by commas.
    host = (settings.space_host or "").split(",")[0].strip()
    space = f"https://{host}" if host else ""
    return (settings.public_url or space).rstrip("/")


def has_hugging_face(settings: Settings) -> bool:
    """Whether this is a Space whose visitors can sign in with Hugging Face: anywhere else that
    sign-in could be forged."""
    is_set_up = settings.oauth_client_id and settings.oauth_client_secret
    return bool(settings.system == "spaces" and settings.space_id and is_set_up)


def build_access_values(settings: Settings, secret_key: str) -> AccessValues | None:
    """How the owner signs in; None when there is no way. Forgets the password itself."""
    password = _take_password(settings, secret_key)
    names = settings.owner_usernames or [settings.space_author_name or ""]
    usernames = frozenset(filter(None, names)) if has_hugging_face(settings) else frozenset()
    if password is None and not usernames:
        return None
    return AccessValues(secret_key=secret_key, password=password, usernames=usernames)


def _take_password(settings: Settings, secret_key: str) -> PasswordHash | None:
    """The hash of the owner's password; what was read of the password itself is not kept.

    The salt comes from the secret key, so that the next start makes the same hash and the sign-ins
    that rest on it go on.
    """
    plain, settings.owner_password = settings.owner_password, None
    if settings.owner_password_hash is not None:
        return parse_password_hash(settings.owner_password_hash.get_secret_value())
    if plain is None:
        return None
    salt = hashlib.sha256(b"owner password:" + secret_key.encode()).digest()
    return hash_password(plain.get_secret_value(), salt=salt)


def build_counted_addresses(settings: Settings, secret_key: str) -> AddressHashes:
    """Hashes by which requests and sign-in tries are counted, for minutes or a day.

    Their key lives in memory only. Processes that share their counts in Redis have to make the same
    hashes: there the key of the day is derived from the secret key, and is stored nowhere either.
    """
    if settings.redis_url is None:
        return AddressHashes()
    return AddressHashes(secret=hashlib.sha256(b"addresses:" + secret_key.encode()).digest())


def build_limits(settings: Settings, addresses: AddressHashes) -> Limits:
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    rates = parse_rates(settings.rate_limits)
    return Limits(rates, addresses=addresses, redis_url=redis_url)


def build_wire(
    settings: Settings, database: Database, *, secret_key: str, run_id: uuid.UUID
) -> Wire | None:
    """What connects this process with the others on a database server; None on a SQLite file,
    which one process has for itself."""
    if database.is_sqlite:
        return None
    return Wire(_build_line(settings, database, secret_key), sender=run_id.hex)


def _build_line(settings: Settings, database: Database, secret_key: str) -> Line:
    if settings.redis_url is not None:
        # All processes of an installation have one secret key, and no two installations do.
        name = hashlib.sha256(b"wire:" + secret_key.encode()).hexdigest()[:16]
        return RedisLine(settings.redis_url.get_secret_value(), channel=f"career-chatbot:{name}")
    return PostgresLine(database) if database.dialect == "postgresql" else PollLine(database)


def list_trusted_proxies(settings: Settings) -> list[str]:
    """Who may say where a request comes from: on a Space its own proxies, which none can avoid."""
    if settings.trusted_proxies is not None:
        return settings.trusted_proxies
    return SPACE_PROXIES if settings.space_id else []


def get_budget_cap(settings: Settings) -> int:
    return int(settings.daily_budget_usd * MICRO)
