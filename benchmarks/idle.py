"""500 open pages that nobody uses: what they cost the server, which keeps their bells."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.measure import cpu_seconds, print_figure, resident_megabytes, ringing
from tests.app_process import AppProcess
from tests.page_client import PageClient

PAGES = 500
MINUTES = 2.0
OPENED_AT_ONCE = 10
# After it the connections on which the pages were loaded are closed, and nothing is left to do.
SETTLE_SECONDS = 10.0


async def open_pages(url: str, stack: AsyncExitStack) -> None:
    """Open all pages and connect their bells; they stay until the stack is closed."""
    gate = asyncio.Semaphore(OPENED_AT_ONCE)
    first = await stack.enter_async_context(PageClient(url))
    await first.load()

    async def open_one() -> None:
        async with gate:
            page = await stack.enter_async_context(PageClient(url))
            page.share(first)
            await page.open()
            stack.enter_context(ringing(page))

    await asyncio.gather(*(open_one() for _ in range(PAGES)))


async def spend(pid: int, seconds: float) -> float:
    """Share of one core that the server uses while this process waits."""
    before = cpu_seconds(pid)
    await asyncio.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds


async def measure(app: AppProcess, seconds: float) -> None:
    """Print what the server needs without pages, to open all of them, and while they are open."""
    await asyncio.sleep(SETTLE_SECONDS)
    alone = await spend(app.pid, seconds)
    print_figure("CPU without a page, of one core", f"{alone * 100:.2f} %", "-")
    megabytes, before = resident_megabytes(app.pid), cpu_seconds(app.pid)
    async with AsyncExitStack() as stack:
        await open_pages(app.url, stack)
        opening = (cpu_seconds(app.pid) - before) / PAGES
        await asyncio.sleep(SETTLE_SECONDS)
        idle = await spend(app.pid, seconds)
        memory = resident_megabytes(app.pid)
    print_figure(f"CPU with {PAGES} idle pages, of one core", f"{idle * 100:.2f} %", "5 %")
    print_figure("CPU of the load event of one page", f"{opening * 1000:.1f} ms", "-")
    print_figure(f"memory (RSS) with {PAGES} pages open", f"{memory:.0f} MB", "450 MB")
    print_figure("memory of one open page", f"{(memory - megabytes) / PAGES * 1000:.0f} kB", "-")


def run(minutes: float | None) -> None:
    # All pages come from one address, which may hold a fifth of what is open.
    limits = {"MAX_OPEN_REQUESTS": str(10 * PAGES)}
    with tempfile.TemporaryDirectory() as folder, AppProcess(Path(folder), limits) as app:
        asyncio.run(measure(app, (minutes or MINUTES) * 60))
