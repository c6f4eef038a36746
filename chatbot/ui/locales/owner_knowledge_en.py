"""The words of the owner's Knowledge tab in English."""

from dataclasses import dataclass

from chatbot.ui.locales.owner_en import Words


@dataclass(frozen=True)
class KnowledgeTexts:
    """Every word of the Knowledge tab; pairs are a stored value and what to call it."""

    knowledge: str = "Knowledge"
    search: str = "Search questions and answers"
    show: str = "Show"
    parts: Words = (
        ("open", "Open"),
        ("answered", "Answered"),
        ("dismissed", "Dismissed"),
        ("poor", "Rated poor"),
        ("exam", "Exam"),
    )
    none: Words = (
        ("open", "No open questions"),
        ("answered", "No answers yet"),
        ("dismissed", "Nothing dismissed"),
        ("poor", "No poor answers"),
        ("exam", "No exam yet"),
    )
    none_hints: Words = (
        ("open", "What your stand-in could not answer appears here, grouped by meaning."),
        ("answered", "What you answer is known to your stand-in at once, and listed here."),
        ("dismissed", "Questions that you do not want to answer appear here."),
        ("poor", "Answers that a visitor gave a thumb down appear here."),
        ("exam", "Answer a question first: your answers are the exam of your stand-in."),
    )
    states: Words = (
        ("open", "Open"),
        ("dismissed", "Dismissed"),
        ("answered", "Answered"),
        ("withdrawn", "Withdrawn"),
        ("poor", "Rated poor"),
        ("passed", "Passed"),
        ("failed", "Failed"),
        ("skipped", "Not asked"),
    )

    # Lists
    asked_once: str = "asked once"
    asked_often: str = "asked {number} times"
    one_unknown: str = "1 visitor without a name"
    many_unknown: str = "{number} visitors without a name"
    more_askers: str = "{names} and {number} more"
    correction: str = "Better answer"

    # What is open
    choose: str = "Choose a question"
    choose_hint: str = "Answer it once: your stand-in knows it at once, and whoever asked is told."
    question: str = "Question, as it is quoted"
    answer: str = "Your answer, in your own words"
    save: str = "Save answer"
    reason: str = "Reason (only you see it)"
    dismiss: str = "Dismiss"
    reopen: str = "Reopen"
    last_asked: str = "Last asked"
    asked_by: str = "Asked by"
    asked_number: str = "Asked"
    once: str = "once"
    often: str = "{number} times"
    told: str = "Asker"
    changed_at: str = "Changed"
    dismissed_because: str = "Dismissed: {reason}"
    dismissed_plainly: str = "Dismissed without a reason"
    answered_before: str = "Asked again. You have answered this before; saving changes that answer."
    wordings: str = "How it was asked"
    take_out: str = "Not the same"
    similar: str = "The same as one of these?"
    merge: str = "Same question"
    read_chat: str = "Read the conversation"
    told_by: Words = (("chat", "told in the chat"), ("email", "told by e-mail"))
    not_told: str = "is told when they come back"
    withdraw: str = "Withdraw"
    restore: str = "Use again"
    withdrawn_hint: str = "Withdrawn: your stand-in does not use it."
    versions: str = "Versions"
    version: str = "Version {number}"
    version_withdrawn: str = "withdrawn"
    undo: str = "Back to this"

    # A bot's answer
    said: str = "Your stand-in said"
    why_poor: str = "Reason"
    sources: str = "Sources"
    model: str = "Model"
    limited: str = "limited mode"
    said_at: str = "Said"
    reviewed: str = "Reviewed"
    wave: str = "The answer is fine"

    # The exam
    exam_intro: str = (
        "Your answers are asked of your stand-in as visitors would ask, and compared with "
        "what you said. Nobody else sees it."
    )
    run_exam: str = "Run the exam"
    exam_passed: str = "{passed} of {asked} passed"
    exam_by: str = "by {model}"
    limited_mode: str = "limited mode"
    exam_cost: str = "{cost} USD"
    exam_stopped: str = "The day\u2019s budget is spent: the rest was not asked."
    regressions: str = "{number} passed before and fail now"
    before: str = "before: {grade}"
    missing: str = "missing: {what}"
    last_said: str = "In the last exam"

    # Done
    answered: str = "Saved. Your stand-in knows it from the next question on."
    dismissed: str = "Dismissed."
    reopened: str = "Open again."
    merged: str = "Now one question."
    taken_out: str = "Now a question of its own."
    withdrawn: str = "Withdrawn. Your stand-in no longer says it."
    restored: str = "In use again."
    undone: str = "Back to the earlier version."
    waved: str = "Reviewed."
    examined: str = "The exam is over."


ENGLISH_KNOWLEDGE = KnowledgeTexts()
