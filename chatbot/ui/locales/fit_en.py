"""The words of the fit sheet's pages in English; `{name}` is the owner's first name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FitTexts:
    """Every word on the pages where a fit sheet is made and read."""

    title: str = "Does {name} fit your role?"
    intro: str = (
        "Paste a job description, or a link to one. Each requirement is compared with "
        "{name}\u2019s records: met, in part, missing or open, with the quote that it rests on."
    )
    honest: str = (
        "The comparison is made by fixed rules. Gaps are named; what the records do not say is "
        "passed on to {name} as a question. The text is kept with your chat."
    )
    field: str = "Job description or link"
    field_help: str = "At most {most} characters, or one address that begins with https://"
    make: str = "Make the fit sheet"
    yours: str = "Your fit sheets"
    untitled: str = "Job description"
    sheet_title: str = "{owner} for {title}"
    this_role: str = "this role"
    kind: str = "Fit sheet"
    musts: str = "Requirements"
    wishes: str = "Wishes beyond that"
    met: str = "Met"
    partial: str = "In part"
    gap: str = "Gap"
    unknown: str = "Open"
    source: str = "Job description: {url}"
    made: str = "Made on {day} by rules from {name}\u2019s records. Every quote is word for word."
    legend: str = (
        "A gap is named only where the records cover the topic. Open means that they do not say."
    )
    download: str = "Download as Markdown"
    print_it: str = "Print"
    keep: str = "This link works for 30 days. Whoever has it can read this sheet."
    gone: str = "This fit sheet is not here"
    gone_hint: str = (
        "The link has expired, or the chat that it belongs to was deleted. Open the chat to make "
        "a new one."
    )
    file_name: str = "fit-sheet.md"

    def word(self, status: str) -> str:
        """The word for a status."""
        return str(getattr(self, status))


ENGLISH_FIT = FitTexts()
