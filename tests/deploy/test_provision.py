"""Setting up a Space at a stand-in of the Hub, over HTTP."""

from pathlib import Path
from typing import get_args

import pytest
from httpx2 import ConnectError, ConnectTimeout
from huggingface_hub.errors import LocalTokenNotFoundError, OIDCError

from chatbot.settings import Settings
from deploy.errors import DeployError, explained
from deploy.provision import is_secret
from tests.deploy.conftest import REPO, Run, write
from tests.hub_spaces import Failure, HubSpaces

BUCKET = f"{REPO}-data"


def test_a_new_space_is_made_in_one_call_with_its_settings(run: Run, hub: HubSpaces) -> None:
    said = run("provision")
    space = hub.spaces[REPO]
    assert space.secrets.keys() == {"OPENAI_API_KEY", "OWNER_PASSWORD", "SECRET_KEY"}
    assert len(space.secrets["SECRET_KEY"]) >= 32
    assert space.variables == {"GRADIO_SSR_MODE": "false", "OPENAI_MODEL": "gpt-4.1-mini"}
    assert (space.visibility, space.hardware) == ("protected", "cpu-basic")
    assert hub.buckets == {BUCKET: "private"}
    assert [path for _, path in hub.writes] == [f"/api/buckets/{BUCKET}", "/api/repos/create"]
    assert "OTHER_PROGRAM is no setting of this program" in said
    assert not any(value in said for value in space.secrets.values())


def test_copies_go_to_the_bucket_once_there_is_a_token_for_it(
    run: Run, hub: HubSpaces, project: Path
) -> None:
    assert "nothing outlives a restart" in run("provision")
    with (project / ".env").open("a") as env:
        env.write("SNAPSHOT_TOKEN=hf_of-the-bucket-only\n")
    assert "nothing outlives a restart" not in run("provision")
    space = hub.spaces[REPO]
    assert space.secrets["SNAPSHOT_TOKEN"] == "hf_of-the-bucket-only"
    assert space.variables["SNAPSHOT_STORE"] == f"hf://buckets/{BUCKET}"


def test_copies_go_to_a_dataset_where_there_are_no_buckets(
    run: Run, hub: HubSpaces, project: Path
) -> None:
    with (project / ".env").open("a") as env:
        env.write(f"SNAPSHOT_STORE=hf://datasets/{BUCKET}\n")
    said = run("provision")
    assert f"may write to hf://datasets/{BUCKET} only" in said
    with (project / ".env").open("a") as env:
        env.write("SNAPSHOT_TOKEN=hf_of-the-dataset-only\n")
    run("provision")
    assert hub.spaces[REPO].variables["SNAPSHOT_STORE"] == f"hf://datasets/{BUCKET}"
    assert hub.buckets == {}


def test_a_folder_of_this_machine_is_no_store_of_a_space(
    run: Run, hub: HubSpaces, project: Path
) -> None:
    with (project / ".env").open("a") as env:
        env.write("SNAPSHOT_STORE=/mnt/backup\nSNAPSHOT_TOKEN=hf_of-the-bucket-only\n")
    assert "SNAPSHOT_STORE=/mnt/backup stays here" in run("provision")
    assert hub.spaces[REPO].variables["SNAPSHOT_STORE"] == f"hf://buckets/{BUCKET}"


def test_run_again_it_changes_only_what_differs(run: Run, hub: HubSpaces, project: Path) -> None:
    run("provision")
    before, done = dict(hub.spaces[REPO].secrets), len(hub.writes)
    run("provision")
    assert hub.writes[done:] == [("POST", f"/api/buckets/{BUCKET}")]
    write(project, ".env", "OPENAI_MODEL=other\nOPENAI_API_KEY=a-new-key\nTEMPERATURE=0.2\n")
    said = run("provision", "--hardware", "cpu-upgrade", "--visibility", "private")
    space = hub.spaces[REPO]
    assert space.secrets == before
    assert "Secret OPENAI_API_KEY is set already and is kept" in said
    assert (space.variables["OPENAI_MODEL"], space.variables["TEMPERATURE"]) == ("other", "0.2")
    assert (space.visibility, space.hardware) == ("private", "cpu-upgrade")
    run("provision", "--rotate")
    assert space.secrets == before | {"OPENAI_API_KEY": "a-new-key"}


def test_a_dry_run_only_reads(run: Run, hub: HubSpaces) -> None:
    said = run("provision", "--dry-run")
    assert f"Would set up the protected Space {REPO} on cpu-basic." in said
    assert "OPENAI_API_KEY, OWNER_PASSWORD, SECRET_KEY" in said
    assert (hub.writes, hub.spaces) == ([], {})
    hub.add_space(REPO)
    run("provision", "--dry-run", "--hardware", "cpu-upgrade", "--visibility", "private")
    assert hub.writes == []


def test_a_free_account_is_told_both_ways_out_before_anything_is_made(
    run: Run, hub: HubSpaces
) -> None:
    hub.account["isPro"] = False
    said = run("provision")
    assert "https://huggingface.co/pro" in said
    assert "--hardware zero-a10g" in said
    assert hub.writes == []
    run("provision", "--hardware", "zero-a10g")
    space = hub.spaces[REPO]
    assert (space.visibility, space.hardware) == ("public", "zero-a10g")


def test_a_space_that_a_free_account_has_already_is_kept_up(run: Run, hub: HubSpaces) -> None:
    hub.account["isPro"] = False
    hub.add_space(REPO)
    assert "ERROR" not in run("provision")
    assert "OPENAI_API_KEY" in hub.spaces[REPO].secrets


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure(401), "hf auth login"),
        (Failure(402), "https://huggingface.co/pro, or add --hardware zero-a10g"),
        (Failure(403), "write access"),
        (Failure(409), "Wait a minute and try again"),
        (Failure(429, {"ratelimit": '"api";r=0;t=42'}), "Try again in 42 seconds"),
        (Failure(429, {"retry-after": "7"}), "Try again in 7 seconds"),
        (Failure(418, {"x-request-id": "r1"}, "Short and\nstout"), '"Short and stout", request r1'),
    ],
)
def test_every_refusal_is_one_line_with_a_remedy(
    run: Run, hub: HubSpaces, failure: Failure, words: str
) -> None:
    hub.failures = {"GET /api/whoami-v2": failure}
    said = run("provision").splitlines()[-1]
    assert said.startswith(f"ERROR Asking who you are: HTTP {failure.status}: ")
    assert words in said
    assert hub.writes == []


@pytest.mark.parametrize(
    ("path", "failure", "words"),
    [
        ("POST /api/repos/create", Failure(402), "add --hardware zero-a10g"),
        ("POST /api/repos/create", Failure(403), "write access"),
        (
            f"POST /api/buckets/{BUCKET}",
            Failure(402),
            f"put SNAPSHOT_STORE=hf://datasets/{BUCKET} into .env",
        ),
        (f"POST /api/buckets/{BUCKET}", Failure(403), f"Making the bucket {BUCKET}: HTTP 403"),
    ],
)
def test_a_refusal_is_one_line_with_a_remedy(
    run: Run, hub: HubSpaces, path: str, failure: Failure, words: str
) -> None:
    hub.failures = {path: failure}
    said = run("provision").splitlines()[-1]
    assert said.startswith("ERROR ")
    assert words in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OIDCError("no id token"), r"Trusted Publishers of the Space, .* \(no id token\)"),
        (LocalTokenNotFoundError("none"), "hf auth login"),
        (ConnectTimeout("slow"), "took too long"),
        (ConnectError("refused"), r"not reachable \(refused\)"),
    ],
)
def test_what_is_no_answer_of_the_hub_is_one_line_too(error: Exception, words: str) -> None:
    with pytest.raises(DeployError, match=f"^Looking: .*{words}"), explained("Looking"):
        raise error


def test_replicas_need_a_database_that_they_share(run: Run, hub: HubSpaces, project: Path) -> None:
    hub.add_space(REPO, replicas=3)
    assert f"{REPO} is set to 3 replicas" in run("provision")
    assert hub.writes == []
    with (project / ".env").open("a") as env:
        env.write("DATABASE_URL=postgresql://somewhere/chat\n")
    assert "ERROR" not in run("provision")


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("postgresql://ana:secret@db.example.com/chat", "5432"),
        ("mysql://ana:secret@db.example.com/chat", "3306"),
        ("postgresql+psycopg://ana:secret@db.example.com:6543/chat", "6543"),
        ("postgresql://ana:secret@db.example.com:443/chat", ""),
        ("sqlite:////data/chatbot.db", ""),
    ],
)
def test_a_database_behind_a_port_that_spaces_do_not_reach_is_told_of(
    run: Run, project: Path, url: str, port: str
) -> None:
    write(project, ".env", f"DATABASE_URL={url}\n")
    said = run("provision", "--dry-run", "--env-file", str(project / ".env"))
    assert (f"WARNING: DATABASE_URL leads to port {port}," in said) is bool(port)
    assert ("WARNING" in said) is bool(port)
    assert "secret@" not in said


def test_a_public_bucket_is_not_used(run: Run, hub: HubSpaces) -> None:
    hub.buckets[BUCKET] = "public"
    assert "would show every chat to everyone" in run("provision")
    assert hub.spaces == {}
    assert "ERROR" not in run("provision", "--no-bucket")


def test_a_foreign_name_and_a_token_that_only_reads_are_refused(run: Run, hub: HubSpaces) -> None:
    hub.account["auth"]["accessToken"]["role"] = "read"
    assert "Your token may only read." in run("provision")
    hub.account["name"] = "bea"
    assert "ana is neither you nor an organisation of yours" in run("provision")
    assert hub.writes == []


def test_every_setting_that_holds_a_secret_goes_as_a_secret() -> None:
    secret = {
        name.upper()
        for name, field in Settings.model_fields.items()
        if "Secret" in str(field.annotation) or "Secret" in str(get_args(field.annotation))
    }
    assert {"SECRET_KEY", "NOTIFY_URLS", "PUSHOVER_USER"} <= secret
    assert {name for name in secret if not is_secret(name)} == set()
    assert is_secret("DATABASE_URL")
    assert not is_secret("ESCALATION_KEYWORDS")
