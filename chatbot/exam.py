"""`make exam`: asks the owner's answers again and fails when one that was right before is wrong.

It may run beside the program, on the same database, profile and model; its cost counts towards the
day's budget.
"""

import asyncio
import sys

from chatbot.engine.exam import ExamReport, ExamResult, ExamStatus, Grade
from chatbot.errors import ChatbotError
from chatbot.llm.budget import MICRO
from chatbot.services import build_services
from chatbot.settings import Settings, load_settings


async def run_exam(settings: Settings) -> ExamReport:
    """One run of the exam with these settings."""
    services = build_services(settings, is_beside=True)
    try:
        return await services.exam.run()
    finally:
        if services.provider is not None:
            await services.provider.close()
        services.database.close()


def describe(report: ExamReport) -> str:
    """A run in lines: one for each question, what is new, and what it cost."""
    lines = [_line(result) for result in report.results]
    if not report.results:
        lines.append("There are no answers yet: answer a question in the Knowledge tab first.")
    passed, asked = report.count(Grade.PASSED), len(report.results)
    cost = report.cost_micro_usd / MICRO
    lines.append(
        f"{passed} of {asked} passed, by {report.model or 'limited mode'}, {cost:.4f} USD."
    )
    if report.status == ExamStatus.STOPPED:
        lines.append("DAILY_BUDGET_USD is spent: the rest was not asked.")
    if report.regressions:
        lines.append(f"{len(report.regressions)} passed before and fail now.")
    return "\n".join(lines)


def _line(result: ExamResult) -> str:
    question = " ".join(result.question.split())[:70]
    parts = [f"{result.grade:<8}{question:<72}", result.why]
    if result.missing:
        parts.append(f"Missing: {', '.join(result.missing)}.")
    if result.has_changed:
        parts.append(f"Before: {result.before}.")
    return " ".join(part for part in parts if part).rstrip()


def main() -> int:
    """The status of the command: 1 for a regression, 2 when the exam could not be held."""
    try:
        report = asyncio.run(run_exam(load_settings()))
    except ChatbotError as error:
        sys.stderr.write(f"{error.user_message}\n")
        return 2
    sys.stdout.write(f"{describe(report)}\n")
    return 1 if report.regressions else 0


if __name__ == "__main__":
    sys.exit(main())
