"""What Gradio's server is given when `launch` has started it."""

import asyncio
import socket

import uvicorn

from chatbot.ui.launching import LaunchValues, _configure
from chatbot.web.connections import build_protocol
from tests.app_process import find_free_port

HEAD_SECONDS = 0.1


async def no_app(scope, receive, send):  # noqa: ARG001
    raise AssertionError("nothing was asked for")


async def test_a_connection_that_asks_for_nothing_is_closed_by_the_launched_server():
    port = find_free_port()
    server = uvicorn.Server(uvicorn.Config(no_app, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", port)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        values = LaunchValues(
            host="127.0.0.1",
            port=port,
            protocol=build_protocol(10, head_seconds=HEAD_SECONDS),
            shutdown_seconds=1,
            keep_alive_seconds=75,
            max_frame_bytes=1024,
            ping_seconds=20.0,
        )
        _configure(server, no_app, values)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTT")
        async with asyncio.timeout(30):
            assert await reader.read() == b""
        writer.close()
        server.should_exit = True
        await serving
