"""The server's end of a WebSocket, with two things that ASGI has no words for."""

from typing import Any, cast

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from projectflow.core.settings import load_settings

DRAINING = 4510


class Draining(WebSocketsSansIOProtocol):
    """Tells clients to come back when the process stops, and can cut off who does not read."""

    async def run_asgi(self) -> None:
        """Run the application, which may cut the connection off."""
        cast("dict[str, Any]", self.scope)["projectflow.abort"] = self.transport.abort
        await super().run_asgi()

    def shutdown(self) -> None:
        """End with a code and a reason of ours, where uvicorn says 1012."""
        if self.close_sent or not self.handshake_complete:
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": DRAINING})
        self.conn.send_close(DRAINING, _reason())
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()


def _reason() -> str:
    """How long a client may wait at most; it takes a random moment before, so that not all come
    at once.
    """
    within = load_settings().live_reconnect_within
    return msgspec.json.encode({"reconnect_within_seconds": within}).decode()
