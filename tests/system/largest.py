"""The most that a type of a body or query takes, made from the type: every list, table and text that has room."""

from typing import Any

from msgspec import inspect

from tests.tenancy.minimal import minimal_of

LETTERS = "é"  # two bytes: work counts characters, limits count bytes


def largest(wanted: Any, room: int, most: int = 1_000_000) -> Any:
    """A value of about ``room`` bytes as JSON; no list is longer than ``most``, nor than its type allows."""
    return _of(inspect.type_info(wanted), "", room, most)


def fullest(wanted: Any, most: int) -> Any:
    """A value whose lists and tables have ``most`` elements, each with a name of its own, and whose texts are short."""
    return _full(inspect.type_info(wanted), "", most)


def _full(kind: inspect.Type, field: str, most: int) -> Any:
    match kind:
        case inspect.Metadata():
            return _full(kind.type, field, most)
        case inspect.UnionType():
            deep = [each for each in kind.types if isinstance(each, inspect.StructType | inspect.VarTupleType)]
            return _full(deep[0], field, most) if deep else minimal_of(kind, field)
        case inspect.StructType():
            made = {
                each.encode_name: _full(each.type, each.encode_name, most)
                for each in kind.fields
                if each.required or _lists(each.type)
            }
            return made | ({kind.tag_field: kind.tag} if kind.tag_field else {})
        case inspect.VarTupleType() | inspect.ListType():
            one = minimal_of(kind.item_type, field.removesuffix("s"))
            return [_named(one, number) for number in range(min(most, kind.max_length or most))]
        case inspect.DictType():
            one = minimal_of(kind.value_type, field)
            return {f"k{number}": one for number in range(most)}
    return minimal_of(kind, field)


def _lists(kind: inspect.Type) -> bool:
    match kind:
        case inspect.Metadata():
            return _lists(kind.type)
        case inspect.UnionType():
            return any(_lists(each) for each in kind.types)
    return isinstance(kind, inspect.VarTupleType | inspect.ListType | inspect.DictType)


def _named(one: Any, number: int) -> Any:
    if isinstance(one, str):
        return f"{one}{number}"
    if isinstance(one, dict):
        return one | {name: f"x{number}" for name in ("external_id", "name", "username") if name in one}
    return one


def grows(kind: inspect.Type) -> bool:
    """Whether a value of a type has no bound that the type tells of, or a far one."""
    match kind:
        case inspect.Metadata():
            return grows(kind.type)
        case inspect.UnionType():
            return any(grows(each) for each in kind.types)
        case inspect.StructType():
            return any(grows(field.type) for field in kind.fields)
        case inspect.TupleType():
            return any(grows(each) for each in kind.item_types)
    return isinstance(
        kind, inspect.StrType | inspect.VarTupleType | inspect.ListType | inspect.DictType | inspect.AnyType
    )


def _of(kind: inspect.Type, field: str, room: int, most: int) -> Any:
    match kind:
        case inspect.Metadata():
            return _of(kind.type, field, room, most)
        case inspect.UnionType():
            growing = [each for each in kind.types if grows(each)] or list(kind.types)
            lists = [each for each in growing if isinstance(each, inspect.StructType | inspect.VarTupleType)]
            return _of((lists or growing)[0], field, room, most)
        case inspect.StructType():
            growing = [each for each in kind.fields if grows(each.type)]
            made = {
                each.encode_name: _of(each.type, each.encode_name, room // max(1, len(growing)), most)
                if each in growing
                else minimal_of(each.type, each.encode_name)
                for each in kind.fields
                if each in growing or each.required
            }
            return made | ({kind.tag_field: kind.tag} if kind.tag_field else {})
        case inspect.StrType():
            length = max(1, min(room // 2, kind.max_length or room))
            return LETTERS * max(length, kind.min_length or 0)
        case inspect.VarTupleType() | inspect.ListType():
            one = minimal_of(kind.item_type, field.removesuffix("s"))
            size = len(repr(one)) + 2
            count = max(1, min(room // size, kind.max_length or most, most))
            if isinstance(one, str):
                return [f"{one}{number}" for number in range(count)]
            return [one] * count
        case inspect.DictType():
            one = minimal_of(kind.value_type, field)
            return {f"k{number}": one for number in range(min(room // (len(repr(one)) + 12), most))}
        case inspect.AnyType():
            return [[]] * (room // 4)
    return minimal_of(kind, field)
