"""How a tool is declared: a function of a desk and a struct of arguments, whose docstring is what models read of it.

@tool(read_only=True)
async def read(desk: Desk, given: arguments.Read) -> Answer:
    '''Read …'''
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, TypeVar, get_type_hints

import msgspec

from draftwire.errors import Problem
from draftwire_server.mcp import texts
from draftwire_server.mcp.desk import News, ToolSession
from draftwire_server.mcp.schemas import schema_of

WORD_CHARS: Final = 200


class ToolAnswer(msgspec.Struct, frozen=True):
    """What a tool answers: for a model to read, and the same as data."""

    text: str
    data: dict[str, Any]
    refused: bool = False


A = TypeVar("A", bound=msgspec.Struct)
Handler = Callable[[ToolSession, Any], Awaitable[ToolAnswer]]


class Tool:
    """A tool that models may call. ``only_with``: a right that the token must leave; else it is not offered."""

    def __init__(
        self,
        handler: Handler,
        effect: Literal["reads", "writes", "destroys"],
        only_with: str | None,
    ) -> None:
        hints = get_type_hints(handler)
        self.name = handler.__name__
        self.description = inspect.getdoc(handler) or ""
        self.arguments: type[msgspec.Struct] = hints["given"]
        self.schema = schema_of(self.arguments)
        self.effect = effect
        self.only_with = only_with
        self._handler = handler

    async def call(self, desk: ToolSession, given: dict[str, Any]) -> ToolAnswer:
        """Use the tool; what is refused is an answer too, and what people did meanwhile is in every one."""
        desk.used = None
        try:
            answer = await self._handler(desk, self._read(given))
        except Problem as problem:
            answer = refused(problem)
        return answer if desk.used is None else await self._with_news(desk, desk.used, answer)

    def _read(self, given: dict[str, Any]) -> msgspec.Struct:
        try:
            return msgspec.convert(given, self.arguments)
        except msgspec.ValidationError as error:
            raise Problem("bad_message", f"The arguments have the wrong shape: {error}.") from error

    async def _with_news(self, desk: ToolSession, run: str, answer: ToolAnswer) -> ToolAnswer:
        try:
            news = await desk.news(run)
        except Problem:
            return answer  # it would hide what the tool has done
        return told(answer, news)


def told(answer: ToolAnswer, news: News) -> ToolAnswer:
    """An answer with what people did meanwhile, and the run that it was given in."""
    data = answer.data | {"run": news.run, "run_state": news.state}
    if news.events:
        data["events"] = msgspec.to_builtins(news.events)
    text = texts.joined(answer.text, texts.news_text(news.state, news.events))
    return ToolAnswer(text, data, answer.refused)


def refused(problem: Problem) -> ToolAnswer:
    """A refusal as an answer."""
    refusal = texts.refusal_of(problem)
    return ToolAnswer(texts.refusal_text(refusal), {"refused": msgspec.to_builtins(refusal)}, refused=True)


def answer(text: str, data: Any) -> ToolAnswer:
    """An answer of a struct."""
    built = msgspec.to_builtins(data)
    return ToolAnswer(text, built if isinstance(built, dict) else {"result": built})


def tool(effect: Literal["reads", "writes", "destroys"], *, only_with: str | None = None) -> Callable[[Handler], Tool]:
    """Declare a tool."""
    return lambda handler: Tool(handler, effect, only_with)
