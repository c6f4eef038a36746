"""Waits for a Space: until it runs a commit, and until the program in it answers."""

import json
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from deploy.errors import DeployError, explained
from deploy.hub import Say

if TYPE_CHECKING:
    from huggingface_hub import HfApi, SpaceRuntime

_REMEDIES = {
    "NO_APP_FILE": "app_file in README.md names no file of the Space.",
    "CONFIG_ERROR": "The block at the head of README.md is wrong, or the hardware cannot be had.",
    "BUILD_ERROR": "The Space could not be built; requirements.txt is the usual reason.",
    "RUNTIME_ERROR": "The program ended; its log says which setting to change.",
    "DELETING": "The Space is being deleted.",
}
_ON_THE_WAY = frozenset({"BUILDING", "RUNNING_BUILDING", "APP_STARTING", "RUNNING_APP_STARTING"})
_RUNNING = "RUNNING"
_POLL_SECONDS = 5.0
# How long the Hub may show the earlier build after a commit, where it does not name the commit.
_SETTLE_SECONDS = 90.0
_HEALTH_SECONDS = 90.0
_HEALTH_TIMEOUT = 20.0
# The first copy of a start is on its way for a few seconds.
_DURABLE_SECONDS = 20.0
_LOG_LINES = 40
_READ_LINES = 20_000


@dataclass(frozen=True)
class Running:
    """A program that is well; `is_durable` says whether its data outlives its container."""

    url: str
    is_durable: bool


def wait_until_running(hub: "HfApi", repo: str, commit: str, *, seconds: float, say: Say) -> None:
    """Returns when the Space runs `commit`; an earlier build's stage does not count.

    Raises DeployError, after the log's last lines, when it fails or takes longer than `seconds`.
    """
    started, shown, is_woken, has_moved = time.monotonic(), "", False, False
    while True:
        runtime = _read_runtime(hub, repo)
        stage = str(runtime.stage) if runtime else shown
        if stage != shown:
            say(f"Space: {stage}")
        has_moved = has_moved or stage in _ON_THE_WAY
        shown = stage
        elapsed = time.monotonic() - started
        if runtime and _is_of(runtime, commit, has_moved or elapsed > _SETTLE_SECONDS):
            if stage == _RUNNING:
                return
            if stage in _REMEDIES:
                _tell_log(hub, repo, is_build=stage == "BUILD_ERROR", say=say)
                reason = runtime.raw.get("errorMessage") or ""
                raise DeployError(" ".join(f"{stage}: {_REMEDIES[stage]} {reason}".split()))
        if runtime and not is_woken and _is_asleep(stage):
            say("The Space rests. Starting it.")
            is_woken = True
            with explained(f"Starting {repo}"):
                hub.restart_space(repo)
        if elapsed > seconds:
            _tell_log(hub, repo, is_build="BUILDING" in stage, say=say)
            raise DeployError(
                f"{repo} does not run commit {commit[:8]} after {seconds:.0f} s; it is in stage "
                f"{stage or 'unknown'}. Look at https://huggingface.co/spaces/{repo}"
            )
        time.sleep(_POLL_SECONDS)


def check_health(hub: "HfApi", repo: str, version: str) -> Running:
    """The running program, once it has answered with this `version`."""
    import httpx2
    from huggingface_hub import get_session

    with explained(f"Looking for the address of {repo}"):
        info = hub.space_info(repo)
    url = (info.host or f"https://{info.subdomain}.hf.space").rstrip("/")
    # Only where the Hub itself asks for it: the program there is given what is sent.
    headers = _token_headers(hub) if info.private else {}
    started, well_at = time.monotonic(), 0.0
    while True:
        said: dict[str, Any] = {}
        try:
            answer = get_session().get(
                f"{url}/api/health", headers=headers, timeout=_HEALTH_TIMEOUT
            )
            said = _read_answer(answer.text)
            found = _judge(answer.status_code, said, version)
        except httpx2.HTTPError as error:
            found = f"it cannot be reached ({error})"
        now, is_durable = time.monotonic(), said.get("durable") is True
        if not found:
            well_at = well_at or now
            if is_durable or now - well_at > _DURABLE_SECONDS:
                return Running(url, is_durable)
        elif now - started > _HEALTH_SECONDS:
            raise DeployError(f"The Space runs, but {url}/api/health is not well: {found}.")
        time.sleep(_POLL_SECONDS)


def _read_runtime(hub: "HfApi", repo: str) -> "SpaceRuntime | None":
    """None while the Hub is busy or not reachable: a wait is not ended by that."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError

    with explained(f"Asking for the state of {repo}"):
        try:
            return hub.get_space_runtime(repo)
        except HfHubHTTPError as error:
            if error.response.status_code in (408, 429) or error.response.status_code >= 500:
                return None
            raise
        except httpx2.TransportError:
            return None


def _is_of(runtime: "SpaceRuntime", commit: str, is_settled: bool) -> bool:
    sha = runtime.raw.get("sha")
    return sha == commit if sha else is_settled


def _is_asleep(stage: str) -> bool:
    """PAUSED, STOPPED, SLEEPING, and stages that are not known yet."""
    return stage not in _ON_THE_WAY and stage not in _REMEDIES and stage != _RUNNING


def _tell_log(hub: "HfApi", repo: str, *, is_build: bool, say: Say) -> None:
    try:
        with explained("Reading the log"):
            lines = list(islice(hub.fetch_space_logs(repo, build=is_build), _READ_LINES))
    except DeployError as error:
        say(str(error))
        return
    for line in lines[-_LOG_LINES:]:
        say(f"  | {line.rstrip()}")


def _read_answer(text: str) -> dict[str, Any]:
    """What an answer of the program says; nothing for what is no such answer."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _judge(status: int, said: dict[str, Any], version: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if status != 200:
        return f"it answers {status}"
    if said.get("status") != "ok":
        return "another program answers there"
    if version and said.get("version") != version:
        return f"it is version {said.get('version')}, not {version}"
    return ""


def _token_headers(hub: "HfApi") -> dict[str, str]:
    from huggingface_hub import get_token

    token = hub.token if isinstance(hub.token, str) else get_token()
    return {"authorization": f"Bearer {token}"} if token else {}
