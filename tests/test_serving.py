from chatbot.serving import MAX_FRAME_BYTES, build_config
from chatbot.web.hardening import Hardening, HardeningValues


def test_the_server_takes_no_longer_frames_into_memory_than_a_socket_may_send():
    async def app(_scope, _receive, _send): ...

    config = build_config(Hardening(app, HardeningValues(title="", description="")))
    assert config.ws_max_size == MAX_FRAME_BYTES == 64 * 1024
    assert config.ws_ping_interval is not None
