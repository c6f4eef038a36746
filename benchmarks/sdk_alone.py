"""The openai SDK alone over the turns of `visitors`: what every program that uses it pays here.

`python -m benchmarks.sdk_alone BASE_URL` prints milliseconds of CPU per turn, storing nothing.
"""

import asyncio
import sys
import time

from openai import AsyncOpenAI

TURNS = 100
SECONDS = 10.0


async def run_turn(client: AsyncOpenAI, *, delay: float) -> None:
    await asyncio.sleep(delay)
    stream = await client.chat.completions.create(
        model="stand-in",
        messages=[{"role": "user", "content": "What does Mara do now?"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    async for _ in stream:
        pass


async def run_turns(base_url: str) -> float:
    """Milliseconds of CPU per turn, after one turn to warm up."""
    client = AsyncOpenAI(base_url=base_url, api_key="sk-benchmark", max_retries=0, timeout=60.0)
    await run_turn(client, delay=0)
    before = time.process_time()
    await asyncio.gather(*(run_turn(client, delay=n * SECONDS / TURNS) for n in range(TURNS)))
    return (time.process_time() - before) / TURNS * 1000


if __name__ == "__main__":
    print(f"{asyncio.run(run_turns(sys.argv[1])):.1f}")
