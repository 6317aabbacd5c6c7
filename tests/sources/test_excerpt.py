"""What is read of a part of a file is what is read of all of it.

Ways in which it could be less: a function ends later than it seems, since a line goes on that is indented less, or is within a
text; a name matters only because of something further down, or is given a text where nothing is imported; what is left out
was all that there is in a block, or belongs to decorators; the encoding is another; syntax is newer than this Python.
"""

import ast

import pytest

from pytest_fitness.model import Module
from pytest_fitness.sources.excerpt import Excerpt
from pytest_fitness.sources.importers import NAMES
from pytest_fitness.sources.known import Known, submodules
from pytest_fitness.sources.marked_lines import MarkedLines
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

MODULES = frozenset({"app", "app.main", "app.db", "app.db.models", "app.web"})
KNOWN = Known(MODULES, submodules(MODULES), ("app",))
DULL = "def dull():\n    return 1\n"


def source_of(text: str | bytes) -> Source:
    """A module of ``app``."""
    return Source(Module("app.main", "app/main.py"), data=text if isinstance(text, bytes) else text.encode())


def excerpt_of(text: str | bytes) -> Excerpt:
    """Without what has nothing to do with imports."""
    source = source_of(text)
    return Excerpt(source, MarkedLines(source.text, ("import",), NAMES), is_valid=True)


def assert_read_alike(text: str | bytes) -> None:
    """Imports, calls that nobody can tell, and where."""
    assert read_imports(source_of(text), KNOWN, is_valid=True) == read_imports(source_of(text), KNOWN)


PARTS = {
    "functions": f"import app\n{DULL}def f():\n    app.db.f()\n",
    "methods": "import app\nclass A:\n    def dull(self):\n        pass\n\n    def f(self):\n        app.db.f()\n",
    "classes": f"class Dull:\n    x = 1\n{DULL}import app.web\n",
    "async functions": "async def dull():\n    pass\nasync  def f():\n    import app.db\n",
    "decorators": "@a\n@b(\n    1,\n)\nclass Dull:\n    pass\n@a\n@app.db.f\ndef f(): ...\nimport app\n",
    "a decorator that is all that there is": "import app\n@app.db.f\ndef f():\n    return 1\n@x\ndef g():\n    app.web.f\n",
    "all of a block": "if x:\n    def dull():\n        pass\nelse:\n    import app.db\ntry:\n    class A: pass\nfinally: pass\n",
    "a line that goes on": "def f(a,\n b):\n  x = (\n1,\n2)\n  import app.db\nimport app.web\n",
    "a line that goes on further left": "def f():\n  return g(\nx,\ny)\nimport app.web\n",
    "two lines that go on": "def f():\n    x = (1,\na)\n    y = (2,\nb)\nimport app.web\n",
    "a backslash": "def f():\n    x = 1 + \\\n2\n    y = 2\nimport app.web\n",
    "a text": 'def f():\n    return """\ndef g():\n""".format(1)\nimport app.web\nx = """\n  def h(): """\nimport app.db\n',
    "texts that would end each other": 'def f():\n    x = """\n"""\ndef g():\n    y = """\n"""\nimport app.db\n',
    "an operator at the beginning of a line": "x = (a\n@ b)\ny = (a\n@ b\n)\ndef f():\n    y = (1,\n2)\nimport app.db\n",
    "nothing but an operator": "import app.db\nx = (a\n@ b)\n",
    "a text for a name": "from importlib import import_module\nimport_module(n)\ndef f():\n    global n\n    n = 'app.db'\n",
    "a name that is bound below": f"def f():\n    return app.db.x\n{DULL}def g():\n    return web.x\nimport app as web, app\n",
    "a name that is handed on": "import app\ny = app\ndef f():\n    return y.db\ndef g():\n    return z.web\nz = y\n",
    "a default": "import app\ndef f(a=app):\n    return a.db\n",
    "what a function binds for all": "def f():\n    global a\n    import app as a\ndef g():\n    return a.db\n",
    "the end": f"import app.db\n{DULL}".rstrip(),
    "nothing": "",
    "tabs": "def f():\n\tif x:\n\t\tpass\n\ty = 1\nimport app.db\n",
    "form feeds": "\f\ndef f():\n    pass\n\f\ndef g():\n    import app.db\n",
    "f-strings with their own quotes": "def f():\n    return f'{x['a']}{'''\ndef g(): '''}'\nimport app.db\n",
    "a comment that is none": 'x = """\n# a"""; import app.db; y = """\n"""\ndef dull(): pass\n',
    "a decorator and a backslash": "if TYPE_CHECKING:\n    @a\n    async \\\n  def f(): pass\nif x:\n    def g(): pass\n    import app.db\n",
    "a backslash before a function": "if a:\n    if TYPE_CHECKING:\n        \\\ndef f():\n            pass\n    else:\n\\\n        import app.db\n",
    "brackets in f-strings": "if TYPE_CHECKING:\n    def f():\n        y = f'{d[\")\"]}' + (a\n    @ b) + f'{d[\"(\"]}'\n"
    "if x:\n    def g(): pass\n    import app.db\n",
    "a text that looks like an f-string": "if TYPE_CHECKING:\n    def f():\n        y = 1 if'{)}' else (a\n    @ b) if'{(}' else 1\n"
    "if x:\n    def g(): pass\n    import app.db\n",
    "names one after the other": "import app\na0 = app\n"
    + "".join(f"class C{n}:\n    a{n + 1} = a{n}\n" for n in range(9))
    + "a9.db\n",
    "comments": "def f():\n    pass\n# def g():\n    # import app.db\n    x = 1\nimport app.web\n",
    "carriage returns": "def f():\r\n    pass\r\nimport app.web\r\n",
    "wide names": "import app\ndef f():\n    return \N{FULLWIDTH LATIN SMALL LETTER A}pp.db\ndef g(): pass\n",
}


@pytest.mark.parametrize("text", PARTS.values(), ids=PARTS)
def test_a_part_of_a_file_tells_as_much_as_all_of_it(text: str) -> None:
    """Each of the ways in which it could be less."""
    assert_read_alike(text)


def test_what_has_nothing_to_do_with_imports_is_not_parsed() -> None:
    """Functions, methods and classes with their decorators; everything else is where it was."""
    text = f"{DULL}import app.db\nclass A:\n    @x\n    def dull(self):\n        y\n\n    def f(self):\n        import app.web\n"

    tree = excerpt_of(text).tree

    assert ast.unparse(tree) == "pass\nimport app.db\n\nclass A:\n    pass\n\n    def f(self):\n        import app.web"
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Import)] == [3, 10]


@pytest.mark.parametrize("text", [f"if x:\n\timport app.db\n{DULL}", f"\f{DULL}", f"f'{{x['a']}}'\n{DULL}"])
def test_all_is_parsed_where_it_is_not_sure_where_a_function_ends(text: str) -> None:
    """Tabs may be as wide as anything; a form feed begins a line anew; newer f-strings may end elsewhere."""
    excerpt = excerpt_of(text)

    assert not excerpt.grows()
    assert not excerpt._left_out


def test_it_grows_by_what_is_looked_for_later() -> None:
    """More words, and names whose texts are asked for; it stays as it is where they are nowhere else."""
    excerpt = excerpt_of(f"{DULL}def f():\n    name = 1\ndef g():\n    word = 1\n")
    assert ast.unparse(excerpt.tree) == "pass\npass\npass"
    excerpt.need("nam")
    assert not excerpt.grows()

    excerpt.need("name")
    excerpt.lines.mark("wor")

    assert excerpt.grows()
    assert ast.unparse(excerpt.tree) == "pass\n\ndef f():\n    name = 1\n\ndef g():\n    word = 1"
    assert not excerpt.grows()


@pytest.mark.parametrize("before", ["#!python\n", "", "  "])
def test_another_encoding_was_decoded_already(before: str) -> None:
    """Its name stays in no text that is parsed again."""
    text = f"{before}# coding: latin-1\n{DULL}import app.db\n\xe9t\xe9 = app.web.\xe9\nimport app as \xe9t\xe9\n"

    assert_read_alike(text.encode("latin-1"))
    assert "\xe9t\xe9" in ast.unparse(excerpt_of(text.encode("latin-1")).tree)


def test_what_is_left_out_may_be_newer_than_this_python() -> None:
    """And what is not is put into older words, as a whole file is."""
    newer = "def dull():\n    some = = thing\n"
    text = "type Number = int\nclass A[T]:\n    def f(self):\n        import app.db\nimport app.web\n"

    found = read_imports(source_of(newer + text), KNOWN, is_valid=True)

    assert [(i.imported, i.location.line, i.kind) for i in found.imports] == [
        ("app.web", 7, "module"),
        ("app.db", 6, "function"),
    ]


def test_all_is_parsed_where_a_part_cannot_be() -> None:
    """So that an error is the one of the file."""
    text = f"{DULL}import app.db\nx = = 1\n"

    with pytest.raises(SyntaxError) as found:
        excerpt_of(text)

    assert found.value.lineno == 4


def test_what_cannot_be_written_down_again_is_parsed_as_a_whole() -> None:
    """With whatever comes of it: a text of halves of characters is none that Python reads."""
    with pytest.raises(SyntaxError):
        excerpt_of(b"# coding: utf-7\nimport app\ndef f(): pass\nx = '+2AA-'\n")
