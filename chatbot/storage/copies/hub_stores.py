"""Stores at Hugging Face: a private bucket, or a private dataset where there are no buckets.

A bucket takes an object a second and more; a dataset takes 128 commits an hour, so what nobody
waits for is shipped every 45 s there. Both are refused when they are public.
"""

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from chatbot.storage.copies.stores import StoreError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Result = TypeVar("Result")

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
# A whole call, with what the library retries: the upload itself has no time-out of its own.
CALL_SECONDS = 30.0
UPLOAD_SECONDS = 120.0
LARGE_BYTES = 1_000_000
# The Hub's limit is 128 commits an hour.
MOST_COMMITS, HOUR = 120, 3600.0
HURRIED_COMMITS = 110
FINAL = {
    401: "SNAPSHOT_TOKEN is not accepted; make a new token",
    402: "this Hugging Face account's plan does not include the store",
    403: "SNAPSHOT_TOKEN may not write to the store; give it that right",
    404: "the store is not there, or SNAPSHOT_TOKEN may not see it",
}
_RESET = re.compile(r"\bt=(\d+)")
_set_up = threading.Lock()
_is_set_up = False


class HubStore:
    """What bucket and dataset have in common; `place` is "owner/name"."""

    kind = "hub"
    path = ""

    def __init__(self, place: str, *, token: str | None, endpoint: str | None = None) -> None:
        self._place = place
        self._token = token
        self._endpoint = endpoint
        self._made: HfApi | None = None

    @property
    def _api(self) -> "HfApi":
        if self._made is None:
            from huggingface_hub import HfApi

            _limit_every_call()
            self._made = HfApi(endpoint=self._endpoint, token=self._token)
        return self._made

    def get(self, name: str) -> bytes | None:
        return self._call(lambda: self._download(name), UPLOAD_SECONDS)

    def _download(self, name: str) -> bytes | None:
        from huggingface_hub.utils._headers import build_hf_headers
        from huggingface_hub.utils._http import get_session, hf_raise_for_status

        url = f"{self._api.endpoint}/{self.path}/{self._place}/resolve/{self._where(name)}"
        response = get_session().get(url, headers=build_hf_headers(token=self._token))
        if response.status_code == 404:  # the store itself is there: it has been listed
            return None
        hf_raise_for_status(response)
        return bytes(response.content)

    def _where(self, name: str) -> str:
        return quote(name, safe="")

    def may_hurry(self) -> bool:
        return True

    def _call(self, work: Callable[[], Result], seconds: float = CALL_SECONDS) -> Result:
        """Run a call of the library for so long at most; raises StoreError for all that fails."""
        done: Future[Result] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)

        # A daemon: what hangs in the library must not keep the program from ending.
        threading.Thread(target=run, name="copies-hub", daemon=True).start()
        try:
            return done.result(seconds)
        except TimeoutError as error:
            raise StoreError("Hugging Face does not answer in time") from error
        except StoreError:
            raise
        except Exception as error:
            raise _translate(error) from error


class BucketStore(HubStore):
    """A private bucket: what it has acknowledged is stored."""

    kind = "Hugging Face bucket"
    path = "buckets"
    interval = 1.0
    lag = 0.5

    def prepare(self) -> None:
        def work() -> bool:
            try:
                info = self._api.bucket_info(self._place)
            except Exception as error:
                if not _is_missing(error):
                    raise
                self._api.create_bucket(self._place, private=True)
                info = self._api.bucket_info(self._place)
            return bool(info.private)

        _require_private(self._call(work), self._place)

    def put(self, name: str, content: bytes) -> None:
        seconds = UPLOAD_SECONDS if len(content) > LARGE_BYTES else CALL_SECONDS
        add: list[Any] = [(content, name)]
        self._call(lambda: self._api.batch_bucket_files(self._place, add=add), seconds)

    def list(self) -> list[str]:
        def work() -> list[str]:
            found = self._api.list_bucket_tree(self._place, recursive=True)
            return [entry.path for entry in found if entry.type == "file"]

        return self._call(work)

    def delete(self, names: Sequence[str]) -> None:
        if names:
            gone = list(names)
            self._call(lambda: self._api.batch_bucket_files(self._place, delete=gone))


class DatasetStore(HubStore):
    """A private dataset. What is deleted is taken out of its history too."""

    kind = "Hugging Face dataset"
    path = "datasets"
    interval = 45.0
    lag = 0.5

    def __init__(self, place: str, *, token: str | None, endpoint: str | None = None) -> None:
        super().__init__(place, token=token, endpoint=endpoint)
        self._commits: deque[float] = deque()

    def prepare(self) -> None:
        def work() -> bool:
            try:
                info = self._api.dataset_info(self._place)
            except Exception as error:
                if not _is_missing(error):
                    raise
                self._api.create_repo(self._place, repo_type="dataset", private=True)
                info = self._api.dataset_info(self._place)
            return bool(info.private)

        _require_private(self._call(work), self._place)

    def put(self, name: str, content: bytes) -> None:
        from huggingface_hub import CommitOperationAdd

        operation = CommitOperationAdd(path_in_repo=name, path_or_fileobj=content)
        self._commit([operation], f"Copy {name}")

    def list(self) -> list[str]:
        def work() -> list[str]:
            found = self._api.list_repo_tree(self._place, recursive=True, repo_type="dataset")
            # Folders have no size.
            return [entry.path for entry in found if hasattr(entry, "size")]

        return self._call(work)

    def delete(self, names: Sequence[str]) -> None:
        from huggingface_hub import CommitOperationDelete

        if names:
            self._commit([CommitOperationDelete(path_in_repo=name) for name in names], "Old copies")
            self._call(self._forget)

    def _forget(self) -> None:
        """Let the history, and the large files that nothing names any more, go."""
        self._api.super_squash_history(self._place, repo_type="dataset")
        tree = self._api.list_repo_tree(
            self._place, recursive=True, repo_type="dataset", expand=True
        )
        large = [getattr(entry, "lfs", None) for entry in tree]
        kept = {file.sha256 for file in large if file is not None}
        files = self._api.list_lfs_files(self._place, repo_type="dataset")
        gone = [file for file in files if file.file_oid not in kept]
        if gone:
            self._api.permanently_delete_lfs_files(self._place, gone, repo_type="dataset")

    def may_hurry(self) -> bool:
        return self._count() < HURRIED_COMMITS

    def _where(self, name: str) -> str:
        return f"main/{quote(name)}"

    def _count(self) -> int:
        while self._commits and self._commits[0] < time.monotonic() - HOUR:
            self._commits.popleft()
        return len(self._commits)

    def _commit(self, operations: Sequence[Any], message: str) -> None:
        if self._count() >= MOST_COMMITS:
            wait = self._commits[0] + HOUR - time.monotonic()
            raise StoreError("the commits of this hour are used up", wait=min(wait, 60.0))
        # Counted before, because one whose answer is lost counts as well.
        self._commits.append(time.monotonic())
        self._call(
            lambda: self._api.create_commit(
                self._place, [*operations], commit_message=message, repo_type="dataset"
            ),
            UPLOAD_SECONDS,
        )


def _require_private(is_private: bool, place: str) -> None:
    if not is_private:
        raise StoreError(f"{place} is public, and the data is not; make it private", is_final=True)


def _is_missing(error: Exception) -> bool:
    return getattr(getattr(error, "response", None), "status_code", None) == 404


def _translate(error: Exception) -> StoreError:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status is None or response is None:
        return StoreError(f"Hugging Face cannot be reached ({type(error).__name__})")
    if status in FINAL:
        return StoreError(FINAL[status], is_final=True)
    if status == 412:
        return StoreError("another run wrote at the same moment")
    wait = 0.0
    if status == 429:
        limit = response.headers.get("ratelimit", "")
        found = _RESET.search(limit) or re.search(r"(\d+)", response.headers.get("retry-after", ""))
        wait = float(found[1]) if found else 10.0
    return StoreError(f"Hugging Face answers with the error {status}", wait=wait)


def _limit_every_call() -> None:
    """Give the library's HTTP client time-outs: it has none, so a call could hang for ever."""
    global _is_set_up
    with _set_up:
        if _is_set_up:
            return
        import httpx2
        from huggingface_hub import set_client_factory
        from huggingface_hub.utils._http import hf_request_event_hook

        def build() -> httpx2.Client:
            return httpx2.Client(
                event_hooks={"request": [hf_request_event_hook]},
                follow_redirects=True,
                timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            )

        set_client_factory(build)
        _is_set_up = True
