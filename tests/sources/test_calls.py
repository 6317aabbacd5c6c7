"""What calls import, told from the text, is what a syntax tree says."""

import pytest

from pytest_fitness.model import Module
from pytest_fitness.sources.calls import Missed, told
from pytest_fitness.sources.known import Known, submodules
from pytest_fitness.sources.statements import read_imports
from pytest_fitness.sources.tree import Source

MODULES = frozenset({"app", "app.main", "app.db"})
FROM = "from importlib import import_module\n"
STRING = "from django.utils.module_loading import import_string\n"


def source(text: str) -> Source:
    """A module of ``app``."""
    return Source(Module("app.main", "app/main.py"), data=text.encode())


TOLD = [
    f"{FROM}def f(name):\n    return import_module(name)",
    f"{FROM}x = import_module(settings.NAME), import_module(settings . OTHER, 'p')",
    f"{FROM}np = import_module('numpy')\nnp.f()",
    f'{FROM}plot = import_module("matplotlib.pyplot", package=None); import_module(x)',
    "import importlib\n\nf(importlib.import_module(x, y))\n# importlib.import_module(x)",
    "from sympy.external import import_module\nnumpy = import_module('numpy', min_module_version='1', import_kwargs={})",
    f"{STRING}class A:\n    def f(self, path=None):\n        return import_string(path)(import_string(self.path))",
    f"{STRING}x = import_string('django.db.models')",
    "def import_string(path): ...\nimport_string(x)\nimport_string('app.db')",
    "def import_module(path): ...\nclass import_string(Base): ...\nimport_module(x)\nimport_string(y)",
    "x = __import__('json')\ny = __import__(name)",
    "x = loader.import_module(self.name)\n'''import_module it'''",
    "class A:\n    def eval(self): return self.x.eval(y) + eval(self.x)",
    f"{FROM}for name in names:\n    import_module(name)\nname += 'app.db'\nx.name = 'app.db'\nname == 'app.db'",
    f"{FROM}a = [import_module(n) for n in names] + [import_module(m) for m in f(a) if m]",
    f"{FROM}name = f(x)\nimport_module(name)\nother = {{1: name}}",
    f"{FROM}x = '''import_module('''; import_module(y)\n\"\"\"\n\"\"\"; import_module(z)",
    f"{FROM}import_module(\n    y,\n    z,\n)",
    f"{FROM}x = f'{{y}}import'; import_module(z)",
    "def f(x): ...\nimport_module(x)\nx = 1 + \\\n    2",
]


def assert_as_by_a_syntax_tree(found: Missed, text: str) -> None:
    """Of what calls import, neither more nor less."""
    expected = read_imports(source(text), Known(MODULES, submodules(MODULES), ("app",)))

    assert {(r[0], r[1], r[2]) for r in found.rows} == {
        (i.imported, i.location.line, i.location.text) for i in expected.imports if i.kind == "dynamic"
    }
    assert sorted(found.computed) == sorted((p.line, p.text) for p in expected.computed)
    assert not [i for i in expected.imports if i.kind == "attribute"]


@pytest.mark.parametrize("text", TOLD)
def test_calls_are_told_as_by_a_syntax_tree(text: str) -> None:
    """Third-party modules that are named; names and attributes that are only known at run time."""
    found = told(source(text), {"app"})

    assert found is not None
    assert_as_by_a_syntax_tree(found, text)


@pytest.mark.parametrize(
    "text",
    [
        f"{FROM}import_module('app.db')",
        f"{FROM}import_module('.db', 'app')",
        f"{FROM}import_module(r'json'), import_module(b'json')",
        f"{FROM}import_module('js' 'on')",
        f"{FROM}import_module(\n    'app.db'\n)",
        f"{FROM}import_module(f'app.{{x}}')",
        f"{FROM}import_module('app.%s' % x)",
        f"{FROM}import_module(__package__)",
        f"{FROM}import_module(name=x)",
        f"{FROM}import_module(*x)",
        f"{FROM}map(import_module, x)",
        f"{FROM}load = import_module",
        f"{FROM}(import_module)('app.db')",
        f"{FROM}f'{{import_module(x)}}'",
        f"{FROM}NAME = 'app.db'\nimport_module(NAME)",
        f"{FROM}NAME = OTHER = 'app.db'\nimport_module(NAME)",
        f"{FROM}NAME: str = (\n    'app.db'\n)\nimport_module(NAME)",
        f"{FROM}NAME: Literal[\n    1\n] = 'app.db'\nimport_module(NAME)",
        f"{FROM}NAME = b'app.db'\nimport_module(NAME)",
        f"{FROM}NAME = \\\n    'app.db'\nimport_module(NAME)",
        f"{FROM}f(NAME := 'app.db')\nimport_module(NAME)",
        f"{FROM}f'{{(NAME := \"app.db\")}}'\nimport_module(NAME)",
        f"{FROM}for name in ('app.db', 'app'):\n    import_module(name)",
        f"{FROM}for name in 'app.db', x:\n    import_module(name)",
        f"{FROM}x = [import_module(n) for n in ['app.db']]",
        f"{FROM}x = [import_module(n) for{' ' * 300}n in ['app.db']]",
        f"{FROM}if TYPE_CHECKING:\n    import_module('json')",
        "from importlib import import_module as load\nload('app.db')",
        "from importlib import reload\nreload('app.db')",
        "import importlib as i\ni.import_module('app.db')",
        "import importlib.util\nimportlib.util.find_spec('app.db')",
        "import importlib\nx = importlib\nx.import_module(y)",
        "import importlib\nx.importlib.import_module(y)",
        "import importlib\nx = y.\\\n  importlib.import_module(z)",
        "import pkgutil\npkgutil.iter_modules(x)",
        "getattr(importlib, 'import_module')('app.db')",
        "getattr(builtins, 'exec')('import app.db')",
        "import builtins\nbuiltins.eval(x)",
        "exec(code)",
        "exec('import app.db')",
        "from django.utils import module_loading\nmodule_loading.import_string('app.db')",
        "def f():\n    from django.utils.module_loading import import_string\n    import_string(x)",
        f"{STRING}def import_string(x): ...\nimport_string('app.db')",
        "from django.import_string import x",
        "from django.import_string.x import y\nimport_string(z)",
        "import django.import_string\nimport_string(z)",
        f"def f(x): return import_string(x)\n{STRING}",
        f"def import_string(x): ...\n{STRING}",
        "from django.utils.module_loading import \\\n    import_string\nimport_string(x)",
        f"{FROM}f.{' ' * 300}\\\nimport_module(x)",
        "from pydoc import locate as find\nfind('app.db')",
        "__import__('json', fromlist=['x'])",
        "__import__(name, level=1)",
        "__import__('json'); x = '__import__'; __import__('app.db')",
        f"{FROM}n: Literal['a',\n  'b'] = 'app.db'\nimport_module(n)",
        f"{FROM}n: Literal[  # x\n  'b'\n] = 'app.db'\nimport_module(n)",
        f"{FROM}n: Annotated[\n   str, F(gt=1)\n] = 'app.db'\nimport_module(n)",
        f"{FROM}n: A[x == 1] = 'app.db'\nimport_module(n)",
        f"{FROM}if x: n: str = 'app.db'\nimport_module(n)",
        f"{FROM}n: \\\n str = 'app.db'\nimport_module(n)",
        f"{FROM}n \\\n  = 'app.db'\nimport_module(n)",
        f"{FROM}(n\\\n:='app.db')\nimport_module(n)",
        f"{FROM}(n) = 'app.db'\nimport_module(n)",
        f"{FROM}(\nn\n) = 'app.db'\nimport_module(n)",
        f"{FROM}(n): str = 'app.db'\nimport_module(n)",
        f"{FROM}for (n) in ('app.db',): import_module(n)",
        f"{FROM}for n in 'app.db': import_module(n)",
        f"{FROM}for\\\nn in 'app.db': import_module(n)",
        f"{FROM}n = x[a,\nb] = 'app.db'\nimport_module(n)",
        f"{FROM}n = x \\\n  = 'app.db'\nimport_module(n)",
        f"{FROM}n = (  # x\n  'app.db'\n)\nimport_module(n)",
        f"{FROM}n = f({'x, ' * 500})\nimport_module(n)",
        f"{FROM}x = n{' ' * 300}\nimport_module(n)",
        f"{FROM}print(f\"{{', '.join(n for n in ('app.db', 'b'))}}\")\nimport_module(n)",
        "import pydoc\nx = (pydoc.\n    locate('app.db'))",
        "import pydoc\nx = pydoc.\\\n    locate('app.db')",
        "import pydoc\npydoc. locate('app.db')",
        f"{FROM}raise E \\\n  from import_module\nimport os",
        "from pydoc import \f(\nlocate)\nlocate('app.db')",
        f"{FROM}import_module(x)\ngetattr(b, 'import_' 'module')(x)",
        f"{FROM}(....\nimport_module(h))",
        "from a import load as import_string\nimport_string(x)",
        "eval\n(f.x)",
        "match x:\n  case eval(a.b): pass",
        "def f(): \\\nfrom pydoc import locate\nlocate('json')",
        "from importlib import metadata\nmetadata('app.db')",
        "import importlib\nimportlib.import_module_x('app.db')",
        "'\u00e4'; import_module(x)",
        "f'{'a' + f'{x}'}'; import_module(x)",
    ],
)
def test_what_a_text_does_not_tell_for_sure_takes_a_syntax_tree(text: str) -> None:
    """Modules of the codebase, names with texts, what is handed on or has another name."""
    assert told(source(text), {"app"}) is None


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        (f"import_module(x)\nx={' ' * 50_000}y", False),
        (f"x=0x{'1' * 50_000};import_module(y)", True),
        (f"{'a' * 50_000};import_module(y)", True),
        ("import_module(x);" * 2_900, True),
        ("import_module('a');" * 2_600, False),
        (f"import_module(x)\n{{{'x:1,' * 12_000}}}", True),
        (f"import_module(x)\n{{{('x:(' + chr(10) + '1),') * 12_000}}}", True),
    ],
)
def test_long_lines_take_no_longer_than_others(text: str, is_told: bool) -> None:
    """What is looked for is looked for nearby, or once: a search of the whole line for each would take half a minute."""
    found = told(source(f"{FROM}{text}"), {"app"})

    assert (found is not None) is is_told
    if found is not None:
        assert_as_by_a_syntax_tree(found, f"{FROM}{text}")
