"""One door: whatever leaves a WebSocket goes by it, and it asks whether the rights are known."""

import ast
from pathlib import Path

WS = Path(__file__).resolve().parents[2] / "server" / "draftwire_server" / "ws"
DOOR = {"write", "send", "say", "sees_again"}
SAYS = {"services/presence/connections.py", "ws/connection.py"}  # pings and byes; what tells of the connection itself


def test_a_connection_writes_to_its_socket_in_one_place_only() -> None:
    (made,) = [
        node
        for node in ast.parse((WS / "connection.py").read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == "Connection"
    ]
    writing = {
        method.name
        for method in made.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(method)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._socket.write"
    }
    assert writing == DOOR
    asking = {
        method.name for method in made.body if isinstance(method, ast.FunctionDef) and "blind()" in ast.unparse(method)
    }
    assert {"write", "send", "behind"} <= asking


def test_only_what_tells_of_the_connection_itself_goes_past_the_question() -> None:
    root = WS.parent
    saying = {
        path.relative_to(root).as_posix() for path in root.rglob("*.py") if ".say(" in path.read_text()
    }  # fmt: skip
    assert saying == SAYS
