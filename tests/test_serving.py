import asyncio
import socket

import uvicorn
from websockets.asyncio.client import connect

from chatbot.serving import MAX_FRAME_BYTES, build_config
from chatbot.web.hardening import Hardening, HardeningValues


def test_the_server_takes_no_longer_frames_into_memory_than_a_socket_may_send():
    async def app(_scope, _receive, _send): ...

    config = build_config(Hardening(app, HardeningValues(title="", description="")))
    assert config.ws_max_size == MAX_FRAME_BYTES == 64 * 1024
    assert config.ws_ping_interval is not None


class AcceptsSockets:
    max_open_requests = 10

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "websocket"
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass


async def test_no_open_page_holds_the_memory_of_a_compressor():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = uvicorn.Server(build_config(AcceptsSockets()))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        async with connect(f"ws://127.0.0.1:{port}/") as page:
            assert page.response is not None
            assert "Sec-WebSocket-Extensions" not in page.response.headers
        server.should_exit = True
        await serving
