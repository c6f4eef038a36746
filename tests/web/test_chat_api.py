"""The REST API as programs use it, over the real server."""

import json
import shutil
from collections.abc import Iterator

import pytest

from chatbot.storage.models import BudgetDay, Contact, Escalation, JobDescription, Message
from tests.door_server import PASSWORD, DoorServer
from tests.fakes import read_rows
from tests.stand_in import Reply

UNKNOWN = "01980000-0000-7000-8000-00000000000a"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("api") / "chatbot.db")
    with DoorServer(path) as server:
        yield server


@pytest.fixture(scope="module")
def owner(server: DoorServer) -> str:
    return server.sign_in()


@pytest.fixture(autouse=True)
def say(server: DoorServer) -> None:
    server.stand_in.default = Reply(text="I know PostgreSQL well [S1].")


def read_events(text: str) -> list[tuple[str, dict]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def code_of(answer) -> tuple[int, str]:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "id"}
    assert error["message"]
    assert error["id"]
    return answer.status_code, error["code"]


def test_a_chat_is_opened_with_its_first_answer(server: DoorServer) -> None:
    answer = server.call("POST", "/api/chats", json={"question": "Which databases?"})
    assert answer.status_code == 201
    body = answer.json()
    assert len(body["token"]) >= 43
    assert body["reply"]["sender"] == "ai"
    assert body["reply"]["content"] == "I know PostgreSQL well [1]."
    assert [source["number"] for source in body["reply"]["sources"]] == [1]
    assert answer.headers["cache-control"] == "no-store"
    empty = server.call("POST", "/api/chats", json={}).json()
    assert empty["reply"] is None
    assert empty["token"] != body["token"]


def test_a_reply_comes_as_json_or_as_events_and_a_repeat_asks_no_model(server: DoorServer) -> None:
    chat = server.open_chat()
    asked = len(server.stand_in.requests)
    server.stand_in.default = Reply(
        text="Thank you. I am glad to help. Please go on.", tokens_per_second=20
    )
    streamed = chat.ask("Tell me.", "a", headers=EVENTS)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = read_events(streamed.text)
    deltas = [data["text"] for name, data in events if name == "delta"]
    assert len(deltas) > 1
    assert "".join(deltas) == "Thank you. I am glad to help. Please go on."
    assert events[-1][0] == "done"
    done = events[-1][1]["message"]
    assert (done["content"], done["status"]) == (
        "Thank you. I am glad to help. Please go on.",
        "done",
    )
    again = chat.ask("Tell me.", "a")
    assert again.status_code == 200
    assert again.json()["reply"]["id"] == done["id"]
    assert again.json()["floor"] == "bot"
    assert read_events(chat.ask("Tell me.", "a", headers=EVENTS).text)[-1][1]["message"] == done
    assert len(server.stand_in.requests) == asked + 1
    assert chat.call("GET").json()["messages"] == 2


def test_messages_are_read_forwards_and_backwards(server: DoorServer) -> None:
    chat = server.open_chat("First?")
    chat.ask("Second?", "b")
    whole = chat.call("GET", "/messages").json()
    ids = [message["id"] for message in whole["messages"]]
    assert [message["sender"] for message in whole["messages"]] == ["user", "ai", "user", "ai"]
    assert whole["has_more"] is False
    last = chat.call("GET", "/messages?limit=2").json()
    assert ([m["id"] for m in last["messages"]], last["has_more"]) == (ids[2:], True)
    before = chat.call("GET", f"/messages?limit=2&before={ids[2]}").json()
    assert ([m["id"] for m in before["messages"]], before["has_more"]) == (ids[:2], False)
    after = chat.call("GET", f"/messages?limit=1&after={ids[1]}").json()
    assert ([m["id"] for m in after["messages"]], after["has_more"]) == ([ids[2]], True)


def test_an_id_alone_opens_nothing(server: DoorServer, owner: str) -> None:
    chat, other = server.open_chat("Mine?"), server.open_chat("Theirs?")
    key = chat.call("GET", "/messages").json()["messages"][1]["id"]
    thumb = {"message_id": key, "value": "up"}
    calls = [
        ("GET", "", None),
        ("GET", "/messages", None),
        ("GET", "/context", None),
        ("POST", "/messages", {"message": "x", "client_message_id": "x"}),
        ("POST", "/escalate", None),
        ("POST", "/deactivate", None),
        ("POST", "/fit", {"job_description": "x"}),
        ("POST", "/feedback", thumb),
        ("DELETE", "", None),
    ]
    for method, path, body in calls:
        options = {} if body is None else {"json": body}
        nobody = chat.call(method, path, token="", **options)
        assert code_of(nobody) == (401, "unauthorized"), path
        for token in (other.token, "made-up"):
            assert code_of(chat.call(method, path, token=token, **options)) == (404, "not_found")
    assert chat.call("GET").json()["messages"] == 2
    assert code_of(server.call("GET", f"/api/chats/{UNKNOWN}", owner)) == (404, "not_found")


def test_the_owner_reads_answers_and_takes_over(server: DoorServer, owner: str) -> None:
    chat = server.open_chat("Are you there?")
    listed = server.call("GET", "/api/chats?size=1&only=all", owner).json()
    assert (len(listed["chats"]), listed["size"], listed["page"]) == (1, 1, 1)
    [line] = listed["chats"]
    assert (line["id"], line["unread"], line["last_sender"]) == (chat.id, True, "ai")
    assert listed["pages"] == listed["total"] > 1
    assert server.call("GET", f"/api/chats?search={line['title'][:9]}", owner).json()["total"] == 1
    said = chat.ask("I am, in person.", "o1", token=owner).json()
    assert (said["sent"]["sender"], said["reply"], said["floor"]) == ("owner", None, "owner")
    assert chat.ask("I am, in person.", "o1", token=owner).json() == said
    silent = chat.ask("Good!", "v2").json()
    assert (silent["reply"], silent["floor"]) == (None, "owner")
    assert read_events(chat.ask("Good!", "v3", headers=EVENTS).text) == [
        ("done", {"message": None, "notices": []})
    ]
    assert server.call("GET", "/api/chats?only=needs_me", owner).json()["waiting"] == 1
    assert code_of(chat.call("POST", "/fit", token=owner, json={"job_description": "x"}))[0] == 403


def test_a_visitor_lists_their_own_chats_only(server: DoorServer) -> None:
    chat = server.open_chat("Mine?")
    server.open_chat("Theirs?")
    found = server.call("GET", "/api/chats", chat.token).json()
    assert [line["id"] for line in found["chats"]] == [chat.id]
    assert (found["total"], found["waiting"], found["chats"][0]["unread"]) == (1, None, None)
    assert code_of(server.call("GET", "/api/chats", "made-up")) == (404, "not_found")


def test_a_chat_is_escalated_closed_and_erased(server: DoorServer, owner: str) -> None:
    chat = server.open_chat("Hello?")
    escalated = chat.call("POST", "/escalate", json={"reason": "salary", "message": "Call me."})
    assert (escalated.json()["status"], escalated.json()["escalation"]) == ("escalated", "open")
    notes = [row.note for row in read_rows(server.services, Escalation)]
    assert "salary\nCall me." in notes
    assert chat.call("POST", "/escalate", token=owner).json()["escalation"] == "open"
    closed = chat.call("POST", "/deactivate").json()
    assert (closed["status"], closed["messages"]) == ("closed", 2)
    assert code_of(chat.ask("One more?", "late")) == (409, "chat_closed")
    assert chat.call("POST", "/deactivate").json()["status"] == "closed"
    assert chat.call("DELETE").status_code == 204
    assert code_of(chat.call("GET")) == (404, "not_found")
    assert code_of(chat.call("GET", token=owner)) == (404, "not_found")
    left = [
        row for row in read_rows(server.services, Message) if str(row.conversation_id) == chat.id
    ]
    assert left == []


def test_an_erased_chat_is_gone_though_its_contact_stays(server: DoorServer, owner: str) -> None:
    chat = server.open_chat("Hello?")
    body = {"email": "eve@example.com", "consent": True}
    assert server.call("POST", "/api/contacts", chat.token, json=body).status_code == 201
    assert chat.call("DELETE").status_code == 204
    for token in (chat.token, owner):
        assert code_of(chat.call("GET", token=token)) == (404, "not_found")
        assert code_of(chat.call("DELETE", token=token)) == (404, "not_found")
    assert code_of(chat.ask("Still there?", "x")) == (404, "not_found")
    assert code_of(chat.call("POST", "/escalate")) == (404, "not_found")
    assert server.call("GET", "/api/chats", chat.token).json()["chats"] == []
    assert "eve@example.com" in [row.email for row in read_rows(server.services, Contact)]


def test_a_caller_is_told_of_the_notice_that_two_unsure_answers_bring(server: DoorServer) -> None:
    server.stand_in.default = Reply(text="I do not have that in the records.")
    chat = server.open_chat()
    first = chat.ask("Has she ever worked as a zoo veterinarian in Chile?", "a").json()
    assert first["notices"] == []
    second = chat.ask("Has she ever published a cookbook about walnuts?", "b").json()
    (notice,) = second["notices"]
    assert notice["sender"] == "notice"
    assert "Asking in other words may help" in notice["content"]
    # The same again, also once another message has followed.
    chat.ask("Which degrees does she have?", "c")
    again = chat.ask("Has she ever published a cookbook about walnuts?", "b").json()
    assert again["notices"] == second["notices"]


def test_an_answer_is_rated(server: DoorServer) -> None:
    chat = server.open_chat("Hello?")
    asked, answer = chat.call("GET", "/messages").json()["messages"]
    thumb = {"message_id": answer["id"], "value": "down", "reason": "too short"}
    assert chat.call("POST", "/feedback", json=thumb).json()["feedback"] == "down"
    back = {"message_id": answer["id"], "value": None}
    assert chat.call("POST", "/feedback", json=back).json()["feedback"] is None
    wrong = {"message_id": asked["id"], "value": "up"}
    assert code_of(chat.call("POST", "/feedback", json=wrong)) == (404, "not_found")


JOB = "Backend engineer\n\nRequirements:\n- 5 years of Python\n- PostgreSQL\n- A driving licence"


def test_a_job_is_compared_and_in_mind_from_then_on(server: DoorServer) -> None:
    opened = server.call("POST", "/api/chats", json={}).json()
    path, token = f"/api/chats/{opened['chat_id']}", opened["token"]
    sheet = server.call("POST", f"{path}/fit", token, json={"job_description": JOB}).json()
    statuses = {item["requirement"]: item["status"] for item in sheet["items"]}
    assert set(statuses.values()) <= {"met", "partial", "gap", "unknown"}
    assert sheet["summary"]
    assert server.call("GET", sheet["path"]).status_code == 200
    context = server.call("GET", f"{path}/context", token).json()
    assert "PostgreSQL" in context["job_description"]
    assert "requirements met" in context["fit_summary"][0]
    assert sum(row["tokens"] for row in context["sections"] if row["is_given"]) > 100
    assert context["tokens"]["total"] > context["tokens"]["job"] > 0
    bad = server.call("POST", f"{path}/fit", token, json={"job_description": "Hello."})
    assert code_of(bad) == (422, "bad_request")


def test_a_job_is_taken_as_a_message_as_in_the_chat(server: DoorServer) -> None:
    """Also one that is longer than any other message."""
    chat = server.open_chat()
    said = "- You will keep our PostgreSQL servers and the Python services on them running\n" * 70
    job = f"{JOB}\n\nYour responsibilities\n{said}\nHow to apply\nSend us your CV"
    assert 5_000 < len(job) < 20_000
    reply = chat.ask(job, "job")
    assert reply.status_code == 200, reply.text
    assert "requirements met" in reply.text
    long = chat.ask("Hello. " * 700, "long")
    assert code_of(long) == (422, "bad_request")
    assert "2,000 is the most" in long.json()["error"]["message"]


def test_the_owner_asks_about_a_saved_job_in_its_one_chat(server: DoorServer, owner: str) -> None:
    opened = server.call("POST", "/api/chats", json={"job_description": JOB}).json()
    jobs = [
        row
        for row in read_rows(server.services, JobDescription)
        if str(row.conversation_id) == opened["chat_id"]
    ]
    body = {"job_id": str(jobs[0].id), "question": "What should I highlight?"}
    for token, status in ((opened["token"], 403), ("", 401)):
        assert server.call("POST", "/api/chats", token, json=body).status_code == status
    first = server.call("POST", "/api/chats", owner, json=body).json()
    again = server.call("POST", "/api/chats", owner, json=body).json()
    assert first["chat_id"] == again["chat_id"] == str(jobs[0].id)
    assert first["answer"] == again["answer"] != ""
    unknown = {**body, "job_id": opened["chat_id"]}
    assert code_of(server.call("POST", "/api/chats", owner, json=unknown)) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/api/chats", {"question": "x" * 2001}, "question"),
        ("/api/chats", {"questoin": "x"}, "questoin"),
        ("/api/contacts", {"email": "nobody", "consent": True}, "e-mail"),
        ("/api/contacts", {"email": "a@example.com"}, "consent"),
        ("/api/questions", {"question": ""}, "question"),
        ("/api/token", {}, "password"),
    ],
)
def test_a_wrong_value_is_named(server: DoorServer, path: str, body: dict, place: str) -> None:
    answer = server.call("POST", path, json=body)
    assert code_of(answer) == (422, "bad_request")
    assert place in answer.json()["error"]["message"]


def test_a_message_while_the_last_is_answered_is_refused(server: DoorServer) -> None:
    chat = server.open_chat()
    server.stand_in.default = Reply(text="Slowly now.", first_token_seconds=1.5)
    with server.client(chat.token) as client:
        body = {"message": "One?", "client_message_id": "1"}
        address = f"/api/chats/{chat.id}/messages"
        with client.stream("POST", address, json=body, headers=EVENTS) as streamed:
            assert code_of(chat.ask("Two?", "2")) == (409, "answer_running")
            words = "".join(streamed.iter_text())
    assert read_events(words)[-1][1]["message"]["content"] == "Slowly now."


def test_contacts_are_merged_and_belong_to_the_chat(server: DoorServer) -> None:
    chat = server.open_chat("Hello?")
    body = {"email": "Ada@Example.com", "name": "Ada", "consent": True}
    first = server.call("POST", "/api/contacts", chat.token, json=body)
    assert (first.status_code, first.json()["email"]) == (201, "ada@example.com")
    again = server.call("POST", "/api/contacts", json={**body, "notes": "Call me."})
    assert (again.status_code, again.json()["merged"]) == (200, True)
    assert code_of(server.call("POST", "/api/contacts", "made-up", json=body)) == (404, "not_found")


def test_a_question_is_filed_listed_and_answered(server: DoorServer, owner: str) -> None:
    chat = server.open_chat("Hello?")
    body = {"question": "Do you own a zeppelin hangar?"}
    filed = server.call("POST", "/api/questions", chat.token, json=body)
    assert filed.status_code == 201
    assert server.call("POST", "/api/questions", chat.token, json=body).json() == filed.json()
    for token, status in (("", 401), (chat.token, 403)):
        assert server.call("GET", "/api/questions", token).status_code == status
    found = server.call("GET", "/api/questions?search=zeppelin", owner).json()
    assert [(line["question"], line["asked"]) for line in found["questions"]] == [
        (body["question"], 1)
    ]
    path = f"/api/questions/{filed.json()['id']}/answer"
    assert server.call("POST", path, chat.token, json={"answer": "Yes."}).status_code == 403
    assert server.call("POST", path, owner, json={"answer": "Yes, one."}).json()["asked"] == 1
    unknown = f"/api/questions/{UNKNOWN}/answer"
    assert code_of(server.call("POST", unknown, owner, json={"answer": "x"})) == (404, "not_found")


def test_the_figures_are_the_owners(server: DoorServer, owner: str) -> None:
    server.open_chat("Which databases do you know?")
    names = ["overview", "daily-active-users", "top-questions", "conversion-rate", "engagement"]
    for name in names:
        path = f"/api/analytics/{name}"
        assert server.call("GET", path).status_code == 401
        assert server.call("GET", path, "a-visitors-token").status_code == 403
        assert server.call("GET", f"{path}?days=0", owner).status_code == 422
    figures = {name: server.call("GET", f"/api/analytics/{name}", owner).json() for name in names}
    assert figures["overview"]["asked"] >= 1
    assert len(figures["daily-active-users"]["days"]) == 30
    assert figures["daily-active-users"]["days"][-1]["users"] >= 1
    questions = [row["question"] for row in figures["top-questions"]["questions"]]
    assert "Which databases do you know?" in questions
    assert figures["conversion-rate"]["asked"] == figures["overview"]["asked"]
    assert (figures["engagement"]["days"], len(figures["engagement"]["hours"])) == (7, 24)
    one = server.call("GET", "/api/analytics/top-questions?limit=1", owner).json()["questions"]
    assert len(one) == 1


def test_the_owners_token_ends_when_it_is_given_back(server: DoorServer) -> None:
    token = server.sign_in()
    assert "database" in server.call("GET", "/api/health", token).json()
    assert server.call("DELETE", "/api/token", token).status_code == 204
    assert code_of(server.call("GET", "/api/chats", token)) == (401, "unauthorized")
    assert "database" not in server.call("GET", "/api/health", token).json()


def test_what_is_nowhere_is_an_error_in_the_same_shape(server: DoorServer) -> None:
    assert code_of(server.call("GET", "/api/nothing")) == (404, "not_found")
    wrong = server.call("PUT", "/api/chats")
    assert code_of(wrong) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, POST"
    assert code_of(server.call("OPTIONS", "/api/chats")) == (405, "method_not_allowed")
    assert (
        code_of(
            server.call(
                "POST", "/api/chats", content=b"{", headers={"content-type": "application/json"}
            )
        )[0]
        == 422
    )


def test_every_answer_of_the_api_costs_money_once(server: DoorServer) -> None:
    """The doors spend the page's budget: what is reserved is settled."""
    server.open_chat("How much?")
    [day] = read_rows(server.services, BudgetDay)
    assert day.reserved_micro_usd == 0


def test_the_documents_name_every_route_and_the_page_shows_them(server: DoorServer) -> None:
    document = server.call("GET", "/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in json.dumps(document)
    page = server.call("GET", "/api/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"]
            assert (
                f'<span class="method {method}">{method.upper()}</span> <code>{path}</code>'
                in page.text
            )
    send = document["paths"]["/api/chats/{chat_id}/messages"]["post"]
    assert {"200", "401", "404", "409", "422", "429", "503"} <= set(send["responses"])
    assert "text/event-stream" in send["responses"]["200"]["content"]
    assert document["paths"]["/api/chats"]["post"]["security"] == []
    assert document["paths"]["/api/analytics/overview"]["get"]["security"] == [{"ownerToken": []}]
    assert PASSWORD not in json.dumps(document)
