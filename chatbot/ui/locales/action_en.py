"""The words of the page that a link in a notification opens."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ActionWords:
    """One action: what it would do, its button, and what to say once it is done or needless."""

    heading: str
    effect: str
    button: str
    done: str
    done_note: str
    settled: str
    gone: str
    area: str


_CONTACT_GONE = "This contact is no longer here: it was erased or merged meanwhile."


def _actions() -> dict[str, ActionWords]:
    return {
        "take_over": ActionWords(
            heading="Take over this chat?",
            effect="{who} is told that you have joined, and the AI stand-in falls silent.",
            button="Take over",
            done="You have taken over",
            done_note="{who} can see that you have joined. Sign in to write to them.",
            settled="You have this chat already",
            gone="This chat is no longer here: it was erased meanwhile.",
            area="Open the chat",
        ),
        "answer": ActionWords(
            heading="Answer this question",
            effect="Your answer is kept as your own words. You can change it in your area later.",
            button="Save the answer",
            done="Your answer is saved",
            done_note="You can read and change it in your area.",
            settled="This question has been dealt with",
            gone="This question is no longer here: it was erased meanwhile.",
            area="See the question",
        ),
        "mark_contacted": ActionWords(
            heading="Mark as contacted?",
            effect="The status of {who} becomes Contacted. Nobody is told.",
            button="Mark as contacted",
            done="Marked as contacted",
            done_note="You can change it in your area.",
            settled="This is done already",
            gone=_CONTACT_GONE,
            area="See the contact",
        ),
        "not_a_lead": ActionWords(
            heading="Not a lead?",
            effect="The status of {who} becomes Junk. The contact is kept, and nobody is told.",
            button="Set aside as junk",
            done="Set aside as junk",
            done_note="The contact is kept. You can change it in your area.",
            settled="This is done already",
            gone=_CONTACT_GONE,
            area="See the contact",
        ),
    }


@dataclass(frozen=True)
class ActionTexts:
    """`actions` are keyed by the name of the action; {who} is a name or `somebody`."""

    actions: dict[str, ActionWords] = field(default_factory=_actions)
    somebody: str = "a visitor without a name"
    who_label: str = "Who"
    words_label: str = "They wrote"
    question_label: str = "They asked"
    answer_label: str = "Your answer"
    once: str = "This link works once, until {expires}."
    sign_in_note: str = "You may be asked to sign in."
    used: str = "This link has been used"
    used_note: str = "It was used on {when}. A link does its one thing once."
    expired: str = "This link has expired"
    expired_note: str = "It can still be done in your area."
    settled_note: str = "There is nothing left to do with this link."
    unknown: str = "This link is not known here"
    unknown_note: str = (
        "Open it again from the notification: it may have been cut off when it was copied."
    )
    too_often: str = "Too many links that are not known"
    too_often_note: str = "Wait a minute, then open the link from the notification."
    failed: str = "This cannot be done right now"
    failed_note: str = "Nothing was changed. Try again in a moment."
    area: str = "Open the owner\u2019s area"


ACTIONS_IN_ENGLISH = ActionTexts()
