"""Makes the Space with its settings and its private bucket, or brings an older one up to date."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deploy.errors import PLAN, DeployError, explained
from deploy.hub import Say, does_space_exist

if TYPE_CHECKING:
    from huggingface_hub import HfApi

ZERO_GPU = "zero-a10g"
CPU_BASIC = "cpu-basic"
# A variable of a Space is public, and copied with it; a secret is neither.
_SECRET_WORDS = frozenset({"KEY", "TOKEN", "PASSWORD", "HASH", "SECRET", "URL", "URLS", "USER"})
# The machine's own: a Space has its port, and a disk that does not last.
_LOCAL = frozenset({"HOST", "PORT", "DATA_DIR", "PROFILE_DIR"})
_STORE, _STORE_TOKEN = "SNAPSHOT_STORE", "SNAPSHOT_TOKEN"
_FIXED = {"GRADIO_SSR_MODE": "false"}
_NO_PLAN = 402
# The documentation of Spaces: "Any requests going to other ports will be blocked."
_OPEN_PORTS = frozenset({80, 443, 8080})
_USUAL_PORTS = {"postgresql": 5432, "mysql": 3306}


@dataclass(frozen=True)
class ProvisionOptions:
    """What the command line says. `repo` and `bucket` are OWNER/NAME; None is for the default,
    an empty `bucket` for none."""

    repo: str
    hardware: str | None = None
    visibility: str | None = None
    bucket: str | None = None
    env_file: Path = Path(".env")
    rotate: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class SpaceSettings:
    """What the Space's environment is to hold, by name."""

    secrets: dict[str, str]
    variables: dict[str, str]
    unknown: tuple[str, ...] = ()


def is_secret(name: str) -> bool:
    """Whether a setting of this name may hold something that no visitor should see."""
    return not _SECRET_WORDS.isdisjoint(name.split("_"))


def read_settings(env_file: Path, example: Path) -> SpaceSettings:
    """What of `env_file` a Space is given: the settings that `example` names, but the machine's."""
    from dotenv import dotenv_values

    known = set(re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", example.read_text("utf-8"), re.MULTILINE))
    known |= {_STORE, _STORE_TOKEN}
    values = {name: value for name, value in dotenv_values(env_file).items() if value}
    sent = {name: value for name, value in values.items() if name in known - _LOCAL}
    return SpaceSettings(
        secrets={name: value for name, value in sent.items() if is_secret(name)},
        variables={name: value for name, value in sent.items() if not is_secret(name)} | _FIXED,
        unknown=tuple(sorted(set(values) - known)),
    )


def provision(hub: "HfApi", options: ProvisionOptions, root: Path, say: Say) -> None:
    """Everything a Space needs before its first release; may be run again at any time.

    Raises DeployError, before anything is written, when the account's plan does not allow it.
    """
    exists = does_space_exist(hub, options.repo)
    account = _read_account(hub)
    _check_account(account, options, exists=exists)
    settings = read_settings(options.env_file, root / ".env.example")
    for name in settings.unknown:
        say(f"{options.env_file}: {name} is no setting of this program and stays here.")
    has = _read_present(hub, options.repo) if exists else SpaceSettings({}, {})
    if exists and "DATABASE_URL" not in {**settings.secrets, **has.secrets}:
        _refuse_replicas(hub, options.repo)
    _warn_of_port(settings.secrets.get("DATABASE_URL", ""), say)
    _complete(settings, has, options, say)
    store = _choose_store(options, settings, say)
    if store and _STORE_TOKEN in {**settings.secrets, **has.secrets}:
        settings.variables[_STORE] = store
    if store and store == _bucket_address(options):
        _make_bucket(hub, _name_bucket(options), options, say)
    if exists:
        _update(hub, options, settings, has, say)
    else:
        _create(hub, options, settings, is_pro=bool(account.get("isPro")), say=say)
    _tell_what_is_missing(options.repo, settings, has, store, say)


def _read_account(hub: "HfApi") -> dict[str, Any]:
    with explained("Asking who you are"):
        return hub.whoami()


def _check_account(account: dict[str, Any], options: ProvisionOptions, *, exists: bool) -> None:
    owner = options.repo.partition("/")[0]
    organisations = {organisation.get("name") for organisation in account.get("orgs") or ()}
    if owner not in organisations | {account.get("name")}:
        raise DeployError(
            f"--repo {options.repo}: you are {account.get('name')}, and {owner} is neither you nor "
            "an organisation of yours. Write your own name before the slash."
        )
    token = (account.get("auth") or {}).get("accessToken") or {}
    if token.get("role") == "read":
        raise DeployError(
            "Your token may only read. Make one that may write at "
            "https://huggingface.co/settings/tokens, and run: hf auth login"
        )
    is_free = owner == account.get("name") and not account.get("isPro")
    if is_free and not exists and options.hardware in (None, CPU_BASIC):
        raise DeployError(f"{owner} is a free account. {PLAN}.")
    if is_free and options.visibility == "protected":
        raise DeployError("--visibility protected needs PRO. Use public or private.")


def _read_present(hub: "HfApi", repo: str) -> SpaceSettings:
    with explained(f"Reading the settings of {repo}"):
        variables = {key: found.value for key, found in hub.get_space_variables(repo).items()}
        return SpaceSettings(dict.fromkeys(hub.get_space_secrets(repo), ""), variables)


def _refuse_replicas(hub: "HfApi", repo: str) -> None:
    """Each would have a SQLite database of its own, and only one of them takes turns."""
    with explained(f"Reading the replicas of {repo}"):
        runtime = hub.get_space_runtime(repo)
    wanted = (runtime.raw.get("replicas") or {}).get("requested") or 1
    if wanted != 1:
        raise DeployError(
            f"{repo} is set to {wanted} replicas, and each has a database of its own. Set it to "
            "one in its settings, or put a DATABASE_URL that all of them share into .env."
        )


def _warn_of_port(database_url: str, say: Say) -> None:
    try:
        place = urlsplit(database_url)
        port = place.port or _USUAL_PORTS.get(place.scheme.partition("+")[0])
    except ValueError:
        return
    if place.hostname and port and port not in _OPEN_PORTS:
        say(
            f"WARNING: DATABASE_URL leads to port {port}, and Spaces reach ports 80, 443 and 8080 "
            "only, as their documentation says: the start would fail there."
        )


def _complete(
    settings: SpaceSettings, has: SpaceSettings, options: ProvisionOptions, say: Say
) -> None:
    """Adds a SECRET_KEY when there is none, and takes out what the Space has already."""
    if "SECRET_KEY" not in {**settings.secrets, **has.secrets}:
        settings.secrets["SECRET_KEY"] = secrets.token_urlsafe(48)
        say("SECRET_KEY was not set: a new one is made for the Space.")
    if not options.rotate:
        for name in sorted(settings.secrets.keys() & has.secrets.keys()):
            del settings.secrets[name]
            say(f"Secret {name} is set already and is kept; --rotate replaces it.")


def _name_bucket(options: ProvisionOptions) -> str:
    return f"{options.repo}-data" if options.bucket is None else options.bucket


def _bucket_address(options: ProvisionOptions) -> str:
    bucket = _name_bucket(options)
    return f"hf://buckets/{bucket}" if bucket else ""


def _choose_store(options: ProvisionOptions, settings: SpaceSettings, say: Say) -> str:
    """Where the Space keeps its copies: where `.env` says, if a Space can reach it, else in a
    bucket of its own. "" for nowhere."""
    own = settings.variables.pop(_STORE, "")
    if own.startswith("hf://") and options.bucket is None:
        return own
    if own:
        say(f"{_STORE}={own} stays here: the Space is given another one.")
    return _bucket_address(options)


def _make_bucket(hub: "HfApi", bucket: str, options: ProvisionOptions, say: Say) -> None:
    if options.dry_run:
        say(f"Would make the private bucket {bucket}, unless it is there.")
        return
    doing = f"Making the bucket {bucket}"
    try:
        with explained(doing):
            hub.create_bucket(bucket, private=True, exist_ok=True)
            is_private = hub.bucket_info(bucket).private
    except DeployError as error:
        if getattr(getattr(error.__cause__, "response", None), "status_code", 0) != _NO_PLAN:
            raise
        raise DeployError(
            f"{doing}: HTTP {_NO_PLAN}: the plan includes no buckets. Keep the copies in a private "
            f"dataset: put {_STORE}=hf://datasets/{bucket} into .env, and run this again."
        ) from error
    if not is_private:
        raise DeployError(
            f"The bucket {bucket} is public, and would show every chat to everyone. Make it "
            "private in its settings on huggingface.co, or name another one with --bucket."
        )
    say(f"Bucket {bucket} is there, and private.")


def _create(
    hub: "HfApi", options: ProvisionOptions, settings: SpaceSettings, *, is_pro: bool, say: Say
) -> None:
    visibility = options.visibility or ("protected" if is_pro else "public")
    hardware = options.hardware or CPU_BASIC
    _tell_plan(options, f"the {visibility} Space {options.repo} on {hardware}", settings, say)
    if options.dry_run:
        return
    with explained(f"Making the Space {options.repo}"):
        # One call: each later change of a setting would start the Space again.
        hub.create_repo(
            options.repo,
            repo_type="space",
            space_sdk="gradio",
            exist_ok=True,
            visibility=visibility,  # type: ignore[arg-type]
            space_hardware=hardware,  # type: ignore[arg-type]
            space_secrets=_as_pairs(settings.secrets),
            space_variables=_as_pairs(settings.variables),
        )


def _update(
    hub: "HfApi",
    options: ProvisionOptions,
    settings: SpaceSettings,
    has: SpaceSettings,
    say: Say,
) -> None:
    """Changes only what differs: each change starts the Space again."""
    repo = options.repo
    changed = {
        name: value
        for name, value in settings.variables.items()
        if has.variables.get(name) != value
    }
    hardware = _find_new_hardware(hub, options)
    _tell_plan(options, f"the Space {repo}", SpaceSettings(settings.secrets, changed), say)
    if hardware:
        say(f"Hardware: {hardware}.")
    if options.dry_run:
        return
    with explained(f"Changing the settings of {repo}"):
        if options.visibility:
            hub.update_repo_settings(
                repo,
                repo_type="space",
                visibility=options.visibility,  # type: ignore[arg-type]
            )
        for name, value in settings.secrets.items():
            hub.add_space_secret(repo, name, value)
        for name, value in changed.items():
            hub.add_space_variable(repo, name, value)
        if hardware:
            hub.request_space_hardware(repo, hardware)  # type: ignore[arg-type]


def _find_new_hardware(hub: "HfApi", options: ProvisionOptions) -> str | None:
    if options.hardware is None:
        return None
    with explained(f"Reading the hardware of {options.repo}"):
        runtime = hub.get_space_runtime(options.repo)
    current = runtime.requested_hardware or runtime.hardware
    return options.hardware if current != options.hardware else None


def _tell_plan(options: ProvisionOptions, what: str, settings: SpaceSettings, say: Say) -> None:
    say(f"{'Would set up' if options.dry_run else 'Setting up'} {what}.")
    say(f"Secrets: {_list(settings.secrets)}. Variables (public): {_list(settings.variables)}.")


def _tell_what_is_missing(
    repo: str, settings: SpaceSettings, has: SpaceSettings, store: str, say: Say
) -> None:
    names = {*settings.secrets, *settings.variables, *has.secrets, *has.variables}
    if "OPENAI_API_KEY" not in names:
        say("OPENAI_API_KEY is not set: the chat will quote the profile (limited mode).")
    if names.isdisjoint({"OWNER_PASSWORD", "OWNER_PASSWORD_HASH"}):
        say("OWNER_PASSWORD is not set: sign in at /owner with your Hugging Face account.")
    if store and _STORE_TOKEN not in names and "DATABASE_URL" not in names:
        say(
            f"{_STORE_TOKEN} is not set: nothing outlives a restart of the Space. Make a "
            f"fine-grained token that may write to {store} only, put it in .env, and run this "
            "again."
        )
    say(f"Next: python deploy_to_hf.py release --repo {repo}")


def _as_pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in values.items()]


def _list(names: dict[str, str]) -> str:
    return ", ".join(sorted(names)) or "none"
