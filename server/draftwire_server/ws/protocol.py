"""The WebSocket protocol class; for now uvicorn's own."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class DraftwireProtocol(WebSocketsSansIOProtocol):
    """uvicorn's sans-I/O WebSocket protocol."""
