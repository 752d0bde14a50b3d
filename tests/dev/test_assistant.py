"""What the demo's assistant decides to write: words for a function near the place where its asker looks."""

from draftwire_server.dev.assistant import plan

SCRIPT = """import x

/** Said already. */
export function known(a: number) {
}

export async function retry<T>(call: () => Promise<T>, attempts = 3): Promise<T> {
}

function last() {
}
"""
PYTHON = '''def known():
    """Said already."""


class Shop:
    async def pay(self, amount: dict[str, int], *rest, **more):
        pass
'''


def test_the_first_function_without_words_is_documented_with_its_parameters() -> None:
    line, words = plan(SCRIPT, python=False)
    assert SCRIPT.split("\n")[line - 1].startswith("export async function retry")
    assert words.startswith("/**\n * Retry.\n *\n * @param call ") and "@param attempts " in words
    assert words.count("@param") == 2


def test_one_near_the_asker_goes_first_and_one_without_parameters_has_its_name_alone() -> None:
    line, words = plan(SCRIPT, python=False, near=9)
    assert SCRIPT.split("\n")[line - 1] == "function last() {"
    assert words == "/**\n * Last.\n */\n"
    assert plan(SCRIPT, python=False, near=99)[0] == plan(SCRIPT, python=False)[0]


def test_a_python_function_gets_its_words_inside() -> None:
    line, words = plan(PYTHON, python=True)
    assert PYTHON.split("\n")[line - 1] == "        pass"
    assert words.startswith('        """Pay.\n')
    assert [part.split(":")[0].strip() for part in words.split("Args:")[1].split("\n")[1:4]] == [
        "amount",
        "rest",
        "more",
    ]


def test_a_function_that_is_being_typed_is_documented_as_far_as_it_goes() -> None:
    assert "@param call " in plan("async function retry<T>(call: () => Prom", python=False)[1]


def test_where_every_function_has_words_a_helper_is_added_at_the_end() -> None:
    text = "/** It is said. */\nfunction f() {}\n"
    line, words = plan(text, python=False)
    assert line == 3 and "function requirePositive" in words
