"""The API against its own OpenAPI document: generated requests, good ones and bad ones, of each
kind of caller, get no answer that the document does not promise.

The limits are those of LIMITS and SIGN_IN_TRIES, and every request comes from an address of its
own, so that each one reaches the code behind the limits, wrong passwords included.
"""

import itertools
import shutil
from collections import Counter
from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chatbot.people import owner_sign_in
from chatbot.rates import RATE_NAMES
from tests.door_server import PASSWORD, DoorServer
from tests.stand_in import Reply

SIGN_IN_TRIES = 1_000_000
LIMITS = "; ".join(f"{name} 1000000/minute" for name in RATE_NAMES)
# The callers share them: so many without a token, so many as a visitor, so many as the owner.
EXAMPLES, SOAK_EXAMPLES = 50, 1000
CALLERS = ("nobody", "visitor", "owner")
KEYS = {"visitor": "chatToken", "owner": "ownerToken"}
Operations = list[tuple[APIOperation, set[str]]]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
]
# After one of these there is nothing left to ask for: each example has a visitor of its own.
ENDINGS = {
    "POST /api/me/erase",
    "DELETE /api/chats/{chat_id}",
    "POST /api/chats/{chat_id}/deactivate",
    "DELETE /api/token",
}
ACCEPTED = st.sampled_from(["application/json", "text/event-stream"])
# Stands in a good request for what there is.
SOMETHING = "01980000-0000-7000-8000-00000000000a"
JOB = """\
Senior Backend Engineer

We are looking for somebody to join our platform team. Requirements:
- 5 years of experience with Python
- PostgreSQL in production
- Fluent English
We offer remote work and a friendly team of twelve."""


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("examples") / "chatbot.db")
    with (
        pytest.MonkeyPatch.context() as patch,
        DoorServer(path, rate_limits=LIMITS, trusted_proxies="127.0.0.1") as server,
    ):
        patch.setattr(owner_sign_in, "TRIES_OF_ALL", SIGN_IN_TRIES)
        server.stand_in.default = Reply(text="Thank you.")
        yield server


@pytest.fixture
def operations(server: DoorServer) -> Operations:
    """Each operation with the keys that open it, those last that end something."""
    document = server.call("GET", "/api/openapi.json").json()
    keys = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            # Who calls is up to the test: no key is made up.
            choices = operation.pop("security")
            keys[f"{method.upper()} {path}"] = {key for choice in choices for key in choice}
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server.url)
    # Escaped, a text of no more characters than allowed can be more bytes than a body may hold.
    rejection = schema.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]
    found = [operation.ok() for operation in schema.get_all_operations()]
    assert {operation.label for operation in found} == set(keys)
    return sorted(((each, keys[each.label]) for each in found), key=lambda pair: _is_end(pair[0]))


class Guest:
    """Somebody who sends examples, and what there is that they can ask about."""

    def __init__(self, server: DoorServer, kind: str) -> None:
        self._server = server
        self._kind = kind
        self._session = requests.Session()
        self._numbers = itertools.count(CALLERS.index(kind) << 20)
        self.arrive()
        asked = {"question": "Do you relocate?"}
        told = self._chat.call("GET", "/messages").json()["messages"]
        self._there |= {
            "question_id": server.call("POST", "/api/questions", json=asked).json()["id"],
            "message_id": told[-1]["id"],
            "job_id": self._chat.call("POST", "/fit", json={"job_description": JOB}).json()["id"],
            "start": _find_start(server),
            "email": "ada@example.com",
            "password": PASSWORD,
            "job_description": JOB,
        }

    def arrive(self) -> None:
        """Comes with a new chat and a new token."""
        self._chat = self._server.open_chat("Which databases?")
        self._there = {**getattr(self, "_there", {}), "chat_id": self._chat.id}
        self._token = self._chat.token if self._kind == "visitor" else ""
        if self._kind == "owner":
            self._token = self._server.sign_in()

    def send(self, case: Case, accept: str, *, is_there: bool) -> int:
        """Sends one request, checks what comes back, and returns its status."""
        if _is_end(case.operation):
            self.arrive()
        for name, value in case.path_parameters.items():
            if value == SOMETHING:
                case.path_parameters[name] = self._there[name]
        if is_there and _is_good(case) and isinstance(case.body, dict):
            named = {name: self._there[name] for name in case.body if name in self._there}
            case.body = {**case.body, **named}
        headers = {"x-forwarded-for": _address(next(self._numbers)), "accept": accept}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        answer = case.call(session=self._session, headers=headers)
        case.validate_response(answer, checks=CHECKS, headers=headers)
        return answer.status_code


def examples_of(operation: APIOperation) -> st.SearchStrategy[Case]:
    """Good requests, most of them about what is there, and bad ones."""
    good = operation.as_strategy(GenerationMode.POSITIVE)
    if not operation.body and not list(operation.iter_parameters()):
        return good
    ways = [good, operation.as_strategy(GenerationMode.NEGATIVE)]
    if operation.path_parameters:
        places = {part.name: SOMETHING for part in operation.path_parameters}
        ways.insert(0, operation.as_strategy(GenerationMode.POSITIVE, path_parameters=places))
    return st.one_of(ways)


def _is_good(case: Case) -> bool:
    """What is wrong with a bad request has to stay wrong."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _is_end(operation: APIOperation) -> bool:
    return operation.label in ENDINGS


def _find_start(server: DoorServer) -> str:
    """The first free time for a call, as the API writes it."""
    return str(server.call("GET", "/api/slots").json()["days"][0]["starts"][0])


def _address(number: int) -> str:
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def try_out(guest: Guest, operation: APIOperation, examples: int) -> Counter[int]:
    """Sends so many examples of one operation; returns how often each status came back."""
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=examples_of(operation), accept=ACCEPTED, is_there=st.sampled_from([True, True, False])
    )
    def check(case: Case, accept: str, is_there: bool) -> None:
        statuses[guest.send(case, accept, is_there=is_there)] += 1

    check()
    return statuses


def try_all(server: DoorServer, operations: Operations, kind: str, examples: int) -> None:
    """Sends examples of every operation, shows what came back, and fails with all that is wrong."""
    wrong, guest = [], Guest(server, kind)
    for operation, keys in operations:
        try:
            statuses = try_out(guest, operation, examples)
        except FailureGroup as found:
            wrong += [f"{operation.label} as {kind}: {failure}" for failure in found.exceptions]
            continue
        print(f"{kind} {operation.label}: {dict(sorted(statuses.items()))}")  # noqa: T201
        may_use = not keys or KEYS.get(kind) in keys
        if may_use != any(status < 300 for status in statuses):
            wrong.append(f"{operation.label} as {kind}: {statuses}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", CALLERS)
def test_no_example_gets_an_answer_that_is_not_documented(
    server: DoorServer, operations: Operations, kind: str
) -> None:
    try_all(server, operations, kind, -(-EXAMPLES // len(CALLERS)))


@pytest.mark.soak
@pytest.mark.parametrize("kind", CALLERS)
def test_none_of_very_many_examples_does(
    server: DoorServer, operations: Operations, kind: str
) -> None:
    try_all(server, operations, kind, -(-SOAK_EXAMPLES // len(CALLERS)))
