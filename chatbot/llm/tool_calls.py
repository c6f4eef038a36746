"""Puts the tool calls of a streamed reply together."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, TypeGuard

from chatbot.llm.rounds import ModelToolCall


@dataclass
class ToolCallSlot:
    """A tool call that is still coming in."""

    id: str = ""
    name: str = ""
    arguments: str = ""


class ToolCallParts:
    """Puts split tool calls together.

    OpenAI numbers each part with `index` and gives id and name once. Compatible servers leave the
    index or the id out, repeat the name, or number all parallel calls 0.
    """

    def __init__(self) -> None:
        self.slots: list[ToolCallSlot] = []
        self._by_index: dict[int, ToolCallSlot] = {}

    def add(self, parts: object) -> None:
        """Takes in the `tool_calls` list of one delta; anything else is ignored."""
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                self._add_part(part)

    def build(self) -> list[ModelToolCall]:
        """The calls that have a name, each with an id of its own."""
        calls: list[ModelToolCall] = []
        taken: set[str] = set()
        for slot in self.slots:
            unique = slot.id if slot.id and slot.id not in taken else f"call_{uuid.uuid4().hex}"
            taken.add(unique)
            if slot.name:
                calls.append(ModelToolCall(unique, slot.name, slot.arguments or "{}"))
        return calls

    def _add_part(self, part: dict[str, Any]) -> None:
        function = part.get("function")
        function = function if isinstance(function, dict) else {}
        name, arguments = function.get("name"), function.get("arguments")
        identity = part.get("id")
        identity = identity if isinstance(identity, str) else ""
        name = name if isinstance(name, str) else ""
        slot = self._find_slot(part.get("index"), identity, name)
        slot.id = slot.id or identity
        slot.name = slot.name or name
        slot.arguments += arguments if isinstance(arguments, str) else ""
        if isinstance(arguments, dict):
            slot.arguments += json.dumps(arguments)

    def _find_slot(self, index: object, identity: str, name: str) -> ToolCallSlot:
        if is_count(index):
            slot = self._by_index.get(index)
        else:
            same = [slot for slot in self.slots if identity and slot.id == identity]
            slot = same[0] if same else (self.slots[-1] if self.slots else None)
        if slot is None or self._starts_another(slot, identity, name):
            slot = ToolCallSlot()
            self.slots.append(slot)
            if is_count(index):
                self._by_index[index] = slot
        return slot

    def _starts_another(self, slot: ToolCallSlot, identity: str, name: str) -> bool:
        if not name or not slot.name or (identity and identity == slot.id):
            return False
        return is_json(slot.arguments.encode()) or (name != slot.name and not slot.arguments)


def is_json(data: bytes) -> bool:
    """Whether the bytes are one complete JSON value."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def is_count(value: object) -> TypeGuard[int]:
    """Whether a JSON value is a whole number, 0 or above; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
