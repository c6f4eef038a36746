"""Puts the program on a Hugging Face Space.

python deploy_to_hf.py provision --repo OWNER/NAME    once: the Space, its secrets, its bucket
python deploy_to_hf.py release --repo OWNER/NAME      each version; --dry-run writes nothing
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.errors import DeployError
from deploy.hub import open_hub
from deploy.provision import CPU_BASIC, ZERO_GPU, ProvisionOptions, provision
from deploy.release import ReleaseOptions, release

ROOT = Path(__file__).resolve().parent


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--repo", required=True, type=_repo, help="the Space, as OWNER/NAME")
    common.add_argument("--env-file", type=Path, default=ROOT / ".env", help="settings to use")
    common.add_argument("--dry-run", action="store_true", help="show what would be done")
    parser = argparse.ArgumentParser(description="Puts Career Chatbot on a Hugging Face Space.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser(
        "provision", parents=[common], help="make the Space, its secrets and its private bucket"
    )
    make.add_argument("--hardware", help=f"{CPU_BASIC} (needs PRO), {ZERO_GPU} (free), ...")
    make.add_argument("--visibility", choices=["public", "protected", "private"])
    make.add_argument("--bucket", type=_repo, help="for the copies; OWNER/NAME-data by default")
    make.add_argument(
        "--no-bucket", dest="bucket", action="store_const", const="", help="keep no copies"
    )
    make.add_argument("--rotate", action="store_true", help="replace secrets that are set already")
    bring = commands.add_parser(
        "release", parents=[common], help="upload this version and wait until it runs"
    )
    bring.add_argument("--wait", type=float, default=900.0, metavar="SECONDS")
    bring.add_argument("--message", default="Release", help="of the commit in the Space")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    given = build_parser().parse_args(arguments)
    common = {"repo": given.repo, "env_file": given.env_file, "dry_run": given.dry_run}
    try:
        if given.command == "provision":
            making = ProvisionOptions(
                **common,
                hardware=given.hardware,
                visibility=given.visibility,
                bucket=given.bucket,
                rotate=given.rotate,
            )
            provision(open_hub(), making, ROOT, say)
        else:
            bringing = ReleaseOptions(**common, wait_seconds=given.wait, message=given.message)
            release(open_hub(), bringing, ROOT, say)
    except DeployError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. What was uploaded stays; run the command again to go on.")


def _repo(text: str) -> str:
    if len([part for part in text.split("/") if part]) != 2:
        raise argparse.ArgumentTypeError("write it as OWNER/NAME")
    return text


if __name__ == "__main__":
    main()
