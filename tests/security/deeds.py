"""What visitors do with a chat and a message of which they know the ids, theirs or another's.

Each says whether it was taken; None when the door does not tell, and only the database knows.
"""

import json
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from tests.knowledge.test_fit import JOB
from tests.security.doors import Visitor

Do = Callable[[Visitor, str, str], Coroutine[Any, Any, bool | None]]


async def press(person: Visitor, name: str, chat: str, **values: Any) -> bool:
    await person.page.try_event(name, **{"conversation-id": chat, **values})
    return not person.page.state.error


async def act(person: Visitor, do: str, chat: str, target: str, text: str = "") -> bool:
    action = json.dumps({"do": do, "id": target, "text": text})
    return await press(person, "act", chat, action=action)


async def post(person: Visitor, path: str, **body: Any) -> bool:
    return (await person.call("POST", f"/api/chats/{path}", json=body)).is_success


async def retry(person: Visitor, chat: str, message: str) -> None:
    await act(person, "retry", chat, message)


async def edit(person: Visitor, chat: str, message: str) -> bool:
    values = {"message-box": f"Changed by {person.mark}", "edit-id": message}
    return await press(person, "send", chat, **values, **{"message-id": uuid.uuid4().hex})


async def leave_contact(person: Visitor, chat: str, _message: str) -> bool:
    values = {"contact-email": person.email, "contact-message": person.mark}
    person.page.state.values["contact-receipt"] = ""
    await press(person, "contact-send", chat, **values)
    return bool(person.page.state.values["contact-receipt"])


async def ask_for_human(person: Visitor, chat: str, _message: str) -> None:
    await press(person, "human-ask", chat, **{"human-note": person.mark})


async def make_sheet(person: Visitor, chat: str, _message: str) -> bool:
    key = await person.make_fit_key(chat)
    if not key:
        return False
    form = {"key": key, "text": f"{JOB}\nWe are {person.mark}.\n"}
    answer = await person.rest.call("POST", "/fit/make", "", data=form)
    assert answer.status_code == 303
    await person.rest.call("GET", answer.headers["location"], "")
    return True


# In a chat.
DEEDS: dict[str, Do] = {
    "stop": lambda person, chat, _: press(person, "stop", chat),
    "talk": lambda person, chat, _: press(person, "talk", chat),
    "earlier": lambda person, chat, _: press(person, "earlier", chat),
    "open": lambda person, chat, _: act(person, "open", person.open_chat, chat),
    "retry": retry,
    "contact": leave_contact,
    "human": ask_for_human,
    "fit by page": make_sheet,
    "fit": lambda person, chat, _: post(
        person, f"{chat}/fit", job_description=f"{JOB}\nWe are {person.mark}.\n"
    ),
    "escalate": lambda person, chat, _: post(person, f"{chat}/escalate", message=person.mark),
}
# With a message.
MEDDLING: dict[str, Do] = {
    "good": lambda person, chat, message: act(person, "good", chat, message, person.mark),
    "retry": lambda person, chat, message: act(person, "retry", chat, message),
    "edit": edit,
    "feedback": lambda person, chat, message: post(
        person, f"{chat}/feedback", message_id=message, value="up", reason=person.mark
    ),
}
