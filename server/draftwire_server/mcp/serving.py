"""The tools and resources as a server of the official SDK. Import it only where an MCP client is served.

Handlers find the desk of their session by what they are given: over HTTP each request has its own, stdio has one.
"""

import json
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from draftwire.errors import Problem
from draftwire_server.mcp import resources
from draftwire_server.mcp.desk import ToolSession
from draftwire_server.mcp.tool import Tool, ToolAnswer
from draftwire_server.mcp.tools import INSTRUCTIONS, TOOLS

Context = ServerRequestContext[Any, Any]

logging.getLogger("mcp").setLevel(logging.WARNING)  # it tells of every request; ours are logged where they are served


def make_server(desk_of: Callable[[Context], ToolSession]) -> Server[Any]:
    """A server whose handlers ask at the desk that ``desk_of`` gives for a request."""

    async def list_tools(context: Context, _: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        try:
            may = (await desk_of(context).api.me()).may
        except Problem as problem:
            raise _error(problem) from problem
        offered = [each for each in TOOLS.values() if each.only_with is None or each.only_with in may]
        return types.ListToolsResult(tools=[_described(each) for each in offered])

    async def call_tool(context: Context, asked: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(asked.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {asked.name[:64]}.")
        return _result(await tool.call(desk_of(context), asked.arguments or {}))

    async def list_resources(context: Context, asked: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        try:
            found, following = await resources.listed(desk_of(context), asked.cursor if asked else None)
        except Problem as problem:
            raise _error(problem) from problem
        listed = [
            types.Resource(uri=each.uri, name=each.name, description=each.description, mime_type="application/json")
            for each in found
        ]
        return types.ListResourcesResult(resources=listed, next_cursor=following)

    async def list_templates(_: Context, __: types.PaginatedRequestParams | None) -> types.ListResourceTemplatesResult:
        made = [
            types.ResourceTemplate(uri_template=uri, name=name, description=d) for uri, name, d in resources.TEMPLATES
        ]
        return types.ListResourceTemplatesResult(resource_templates=made)

    async def read_resource(context: Context, asked: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            found = await resources.content(desk_of(context), str(asked.uri))
        except Problem as problem:
            raise _error(problem) from problem
        contents = types.TextResourceContents(uri=found.uri, mime_type=found.mime_type, text=found.text)
        return types.ReadResourceResult(contents=[contents])

    return Server(
        "draftwire", title="Draftwire", version=version("draftwire"), instructions=INSTRUCTIONS,
        get_tool_input_schema=lambda name: TOOLS[name].schema if name in TOOLS else None,
        on_list_tools=list_tools, on_call_tool=call_tool, on_list_resources=list_resources,
        on_list_resource_templates=list_templates, on_read_resource=read_resource,
    )  # fmt: skip


def _described(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(
        read_only_hint=tool.effect == "reads", destructive_hint=tool.effect == "destroys", open_world_hint=False
    )
    return types.Tool(name=tool.name, description=tool.description, input_schema=tool.schema, annotations=hints)


def _result(answer: ToolAnswer) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=answer.text)], structured_content=answer.data,
        is_error=answer.refused,
    )  # fmt: skip


def _error(problem: Problem) -> MCPError:
    data = {"code": problem.code, "retry": problem.retry, "detail": json.loads(json.dumps(problem.detail, default=str))}
    code = types.INTERNAL_ERROR if problem.kind.status >= 500 else types.INVALID_PARAMS
    return MCPError(code, problem.message, data)
