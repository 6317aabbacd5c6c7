"""Every way to write an import that can happen at run time, on disk: none may be green in silence.

The constructs are those that import linters are known to miss; ``domain`` must not import ``infra``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_fitness import sources
from pytest_fitness.rules import ForbiddenImports

RULE = ForbiddenImports(of=("app.infra",), inside="app.domain")

BASE = {
    "app/__init__.py": "",
    "app/api/__init__.py": "",
    "app/domain/__init__.py": "",
    "app/infra/__init__.py": "",
    "app/infra/db.py": "class S: pass\n",
    "app/shared/__init__.py": "",
}

SVC = "app/domain/svc.py"

CAUGHT: dict[str, dict[str, str | bytes | None]] = {
    # plain statements
    "from-submodule": {SVC: "from app.infra.db import S\n"},
    "import-submodule": {SVC: "import app.infra.db\n"},
    "import-as": {SVC: "import app.infra.db as d\n"},
    "from-package-import-module": {SVC: "from app.infra import db\n"},
    "star": {SVC: "from app.infra.db import *\n"},
    "parentheses": {SVC: "from app.infra.db import (\n    S,\n)\n"},
    "backslash": {SVC: "from app.infra.db \\\n    import S\n"},
    "semicolon": {SVC: "x = 1; from app.infra.db import S\n"},
    "crlf": {SVC: b"x = 1\r\nfrom app.infra.db import S\r\n"},
    "cr-only": {SVC: b"x = 1\rfrom app.infra.db import S\r"},
    "form-feed": {SVC: "\x0cfrom app.infra.db import S\n"},
    "from-root-import-package": {SVC: "from app import infra\n"},
    "several-on-a-line": {SVC: "import os, app.infra.db, sys\n"},
    "after-other-imports": {SVC: "import os\nimport sys\nimport app.infra.db\n"},
    # relative
    "relative-module": {SVC: "from ..infra.db import S\n"},
    "relative-package": {SVC: "from .. import infra\n"},
    "relative-in-init": {"app/domain/__init__.py": "from ..infra.db import S\n"},
    "relative-in-nested-init": {"app/domain/sub/__init__.py": "from ...infra import db\n"},
    "through-own-helper": {SVC: "from . import helper\n", "app/domain/helper.py": "import app.infra\n"},
    # where the statement stands
    "function": {SVC: "def f():\n    from app.infra.db import S\n"},
    "method": {SVC: "class C:\n    def f(self):\n        import app.infra.db\n"},
    "class-body": {SVC: "class C:\n    from app.infra.db import S\n"},
    "async-function": {SVC: "async def f():\n    import app.infra.db\n"},
    "type-checking": {SVC: "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.infra.db import S\n"},
    "type-checking-dotted": {SVC: "import typing as t\nif t.TYPE_CHECKING:\n    from app.infra.db import S\n"},
    "type-checking-alias": {
        SVC: "from typing import TYPE_CHECKING as TC\nif TC:\n    from app.infra.db import S\n",
    },
    "type-checking-else": {
        SVC: "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    S = 1\nelse:\n    from app.infra.db import S\n",
    },
    "not-type-checking": {
        SVC: "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    from app.infra.db import S\n",
    },
    "try": {SVC: "try:\n    from app.infra.db import S\nexcept ImportError:\n    S = None\n"},
    "except": {SVC: "try:\n    import nothing_here\nexcept ImportError:\n    from app.infra.db import S\n"},
    "finally": {SVC: "try:\n    pass\nfinally:\n    import app.infra.db\n"},
    "if-version": {SVC: "import sys\nif sys.version_info > (3,):\n    from app.infra.db import S\n"},
    "with": {SVC: "import contextlib\nwith contextlib.suppress(ImportError):\n    from app.infra.db import S\n"},
    "match": {SVC: "match 1:\n    case 1:\n        from app.infra.db import S\n"},
    "loop": {SVC: "for _ in [1]:\n    import app.infra.db\n"},
    # calls
    "import-module": {SVC: "import importlib\nimportlib.import_module('app.infra.db')\n"},
    "import-module-from": {SVC: "from importlib import import_module\nimport_module('app.infra.db')\n"},
    "import-module-alias": {SVC: "import importlib as il\nil.import_module('app.infra.db')\n"},
    "import-module-name-alias": {SVC: "from importlib import import_module as im\nim('app.infra.db')\n"},
    "import-module-variable": {SVC: "import importlib\nload = importlib.import_module\nload('app.infra.db')\n"},
    "import-module-keyword": {SVC: "import importlib\nimportlib.import_module(name='app.infra.db')\n"},
    "import-module-relative": {SVC: "import importlib\nimportlib.import_module('..infra.db', __package__)\n"},
    "import-module-relative-keyword": {
        SVC: "import importlib\nimportlib.import_module('..infra.db', package='app.domain')\n",
    },
    "import-module-constant": {SVC: "import importlib\nNAME = 'app.infra.db'\nimportlib.import_module(NAME)\n"},
    "import-module-f-string": {SVC: "import importlib\ndef f(x):\n    importlib.import_module(f'app.infra.{x}')\n"},
    "import-module-concatenation": {
        SVC: "import importlib\ndef f(x):\n    importlib.import_module('app.infra.' + x)\n",
    },
    "import-module-percent": {SVC: "import importlib\ndef f(x):\n    importlib.import_module('app.infra.%s' % x)\n"},
    "import-module-format": {
        SVC: "import importlib\ndef f(x):\n    importlib.import_module('app.infra.{}'.format(x))\n",
    },
    "import-module-part-of-a-name": {SVC: "import importlib\ndef f(x):\n    importlib.import_module('app.inf' + x)\n"},
    "import-module-loop": {
        SVC: "import importlib\nfor name in ('os', 'app.infra.db'):\n    importlib.import_module(name)\n",
    },
    "import-module-getattr": {SVC: "import importlib\ngetattr(importlib, 'import_module')('app.infra.db')\n"},
    "dunder-import": {SVC: "__import__('app.infra.db')\n"},
    "dunder-import-fromlist": {SVC: "__import__('app', fromlist=['infra'])\n"},
    "dunder-import-level": {SVC: "__import__('infra.db', globals(), locals(), [], 2)\n"},
    "dunder-import-builtins": {SVC: "import builtins\nbuiltins.__import__('app.infra.db')\n"},
    "resolve-name": {SVC: "import pkgutil\npkgutil.resolve_name('app.infra.db:S')\n"},
    "resolve-name-of-another-name": {SVC: "import pkgutil\npk = pkgutil\npk.resolve_name('app.infra.db:S')\n"},
    "locate-of-another-name": {SVC: "import app, pydoc\nfinder = pydoc\nfinder.locate('app.infra.db')\n"},
    "run-module": {SVC: "import runpy\nrunpy.run_module('app.infra.db')\n"},
    "import-string": {SVC: "from django.utils.module_loading import import_string\nimport_string('app.infra.db.S')\n"},
    "exec": {SVC: "exec('import app.infra.db')\n"},
    "eval": {SVC: "eval('__import__(\"app.infra.db\")')\n"},
    # submodules through their package
    "attribute": {SVC: "import app\ndef f():\n    return app.infra.db.S\n"},
    "attribute-after-submodule": {SVC: "import app.shared\ndef f():\n    return app.infra.db.S\n"},
    "attribute-alias": {SVC: "import app as a\ndef f():\n    return a.infra.db.S\n"},
    "attribute-in-yield-from": {SVC: "import app\ndef f():\n    yield from app.infra.db.rows()\n"},
    "attribute-in-raise-from": {SVC: "import app\ndef f(e):\n    raise e from app.infra.db.S\n"},
    "attribute-in-parentheses": {SVC: "import app\nx = (app).infra.db\n"},
    "attribute-over-lines": {SVC: "import app\nx = (app  # here\n     .infra.db)\n"},
    "attribute-of-a-copy": {SVC: "import app\na = app\nx = a.infra.db\n"},
    "attribute-of-a-pair": {SVC: "import app\na, b = app, 1\nx = a.infra.db\n"},
    "attribute-of-an-annotated-copy": {SVC: "import app\na: object = app\nx = a.infra.db\n"},
    "attribute-of-a-walrus": {SVC: "import app\nx = (a := app)\ny = a.infra.db\n"},
    "attribute-of-a-default": {SVC: "import app\ndef f(a=app, *, b=1):\n    return a.infra.db\n"},
    "getattr-alone": {SVC: "import app\nx = getattr(app, 'infra')\n"},
    "attribute-by-getattr": {SVC: "import app\nx = getattr(app, 'infra').db\n"},
    "attribute-of-an-import-call": {SVC: "x = __import__('app.shared').infra.db\n"},
    "attribute-of-import-module": {SVC: "import importlib\nx = importlib.import_module('app').infra.db\n"},
    "attribute-of-a-conditional-copy": {SVC: "import app\na = app if 1 else None\nx = a.infra.db\n"},
    "attribute-of-either": {SVC: "import app\nx = (None or app).infra.db\n"},
    "attribute-that-is-set": {SVC: "import app\napp.infra.db.S = None\n"},
    "attribute-that-is-deleted": {SVC: "import app\ndel app.infra.db.S\n"},
    "attribute-before-its-import": {SVC: "def f():\n    return a.infra.db\nimport app as a\n"},
    "attribute-of-a-global": {
        SVC: "def use():\n    return a.infra.db\ndef load():\n    global a\n    import app as a\n",
    },
    "attribute-of-a-global-of-a-global": {
        SVC: "def use():\n    return zq.infra.db\ndef hand():\n    global zq\n    zq = zw\n"
        "def load():\n    global zw\n    import app as zw\n",
    },
    "attribute-of-a-global-of-a-global-beside-imports": {  # so that all is looked at from the beginning
        SVC: "def use():\n    return zq.infra.db  # import\ndef hand():\n    global zq  # import\n    zq = zw  # import\n"
        "def load():\n    global zw  # import\n    import app as zw\n",
    },
    "attribute-beside-a-comprehension": {
        SVC: "import app\ndef f(xs):\n    ys = [app for app in xs]\n    return app.infra.db\n",
    },
    "attribute-of-one-of-two": {
        SVC: "if 1:\n    import app as a\nelse:\n    import json as a\nx = a.infra.db\n",
    },
    "importer-before-its-import": {
        SVC: "def f():\n    return im('app.infra.db')\nfrom importlib import import_module as im\n",
    },
    "exec-of-compile": {SVC: "exec(compile('import app.infra.db', '', 'exec'))\n"},
    "exec-of-dedent": {SVC: "import textwrap\nexec(textwrap.dedent('import app.infra.db'))\n"},
    "exec-of-bytes": {SVC: "exec(b'import app.infra.db')\n"},
    "exec-of-builtins": {SVC: "import builtins\nbuiltins.exec('import app.infra.db')\n"},
    "find-spec": {SVC: "import importlib.util\nimportlib.util.find_spec('app.infra.db')\n"},
    "resources": {SVC: "from importlib import resources\nresources.files('app.infra')\n"},
    "import-module-below-the-root": {
        SVC: "import importlib\ndef f(x):\n    importlib.import_module(f'app.{x}.db')\n",
    },
    "import-module-root-and-unknown": {
        SVC: "import importlib\ndef f(x):\n    importlib.import_module('app.' + x)\n",
    },
    "import-module-constant-extended": {
        SVC: "import importlib\nNAME = 'app'\nimportlib.import_module(NAME + '.infra.db')\n",
    },
    "star-with-two-spaces": {
        SVC: "from app.kit import  *\n",
        "app/kit/__init__.py": "__all__ = ['deep']\n",
        "app/kit/deep.py": "import app.infra.db\n",
    },
    "name-beside-a-directory-without-python": {
        SVC: "from app import templates\n",
        "app/__init__.py": "import app.infra.db\ntemplates = 1\n",
        "app/templates/x.html": "",
    },
    # code beside the package
    "unreadable-module-beside": {SVC: "import helpers\nimport data\n", "helpers.py": "def (:\n", "data/x.txt": ""},
    "undecodable-module-beside": {SVC: "import helpers\n", "helpers.py": b"'\xe9'\n"},
    "module-beside": {SVC: "import helpers\n", "helpers.py": "from app.infra.db import S\n"},
    "package-beside": {SVC: "from tools import x\n", "tools/__init__.py": "", "tools/x.py": "import app.infra.db\n"},
    "directory-beside": {SVC: "import worker.x\n", "worker/x.py": "import other\n", "other.py": "import app.infra\n"},
    # through others
    "re-export": {SVC: "from app.shared import S\n", "app/shared/__init__.py": "from app.infra.db import S\n"},
    "re-export-by-root": {SVC: "from app import S\n", "app/__init__.py": "from app.infra.db import S\n"},
    "transitive": {
        SVC: "from app.shared import a\n",
        "app/shared/a.py": "import app.shared.b\n",
        "app/shared/b.py": "from app.infra.db import S\n",
    },
    "implicit-parent": {
        SVC: "import app.util.x\n",
        "app/util/__init__.py": "from app.infra.db import S\n",
        "app/util/x.py": "",
    },
    "star-with-all": {
        SVC: "from app.kit import *\n",
        "app/kit/__init__.py": "__all__ = ['deep']\n",
        "app/kit/deep.py": "import app.infra.db\n",
    },
    "module-getattr": {
        SVC: "from app.shared import S\n",
        "app/shared/__init__.py": (
            "from importlib import import_module\ndef __getattr__(name):\n    return import_module('app.infra.db').S\n"
        ),
    },
    # what is no file
    "generated-module": {SVC: "from app.infra.generated import X\n"},
    "generated-module-import": {SVC: "import app.infra.generated_pb2\n"},
    "generated-subpackage": {SVC: "from app.infra.gen.v1.models import X\n"},
    "compiled-module": {SVC: "from app.infra import fast\n", "app/infra/fast.cpython-311-x86_64-linux-gnu.so": b""},
    # encodings and syntax
    "latin-1-cookie": {SVC: b"# -*- coding: latin-1 -*-\nx = '\xe9'\nfrom app.infra.db import S\n"},
    "utf-8-bom": {SVC: b"\xef\xbb\xbffrom app.infra.db import S\n"},
    "utf-8-names": {SVC: "größe = 1\nfrom app.infra.db import S\n"},
    "pep-695": {SVC: "type X = int\nfrom app.infra.db import S\n"},
    "pep-758": {SVC: "try:\n    pass\nexcept KeyError, ValueError:\n    pass\nfrom app.infra.db import S\n"},
    "pep-810": {SVC: "lazy import app.infra.db\n"},
    "pep-758-and-import-module": {
        SVC: "import importlib\ntry:\n    importlib.import_module('app.infra.db')\nexcept A, B:\n    pass\n",
    },
    "pep-758-and-no-file": {SVC: "try:\n    import app.infra.generated\nexcept A, B:\n    pass\n"},
    "pep-758-and-attribute": {SVC: "import app\ntry:\n    app.infra.db.S\nexcept A, B:\n    pass\n"},
    "pep-695-and-relative-import-module": {
        SVC: "import importlib\ntype X[T] = list[T]\nimportlib.import_module('..infra.db', __package__)\n",
    },
    "pep-695-on-lines": {SVC: "import app as a\ndef f[\n    T: (int, list[str]),  # ]\n](x: T): return a.infra.db\n"},
    "pep-695-that-is-none": {SVC: "from app.infra import db\ntype X = int\nclass C[T\n"},
    "pep-695-and-alias": {SVC: "import app as a\ndef f[T](x: T): return a.infra.db\nclass C[T]: ...\n"},
    "pep-810-and-star": {
        SVC: "lazy from app.kit import x\nfrom app.kit import *\n",
        "app/kit/deep.py": "import app.infra\n",
        "app/kit/__init__.py": "__all__ = ['deep']\n",
    },
    "pep-758-and-exec": {SVC: "try:\n    exec('from app import infra')\nexcept A, B:\n    pass\n"},
    "syntax-error": {SVC: "from app.infra.db import S\ndef (:\n"},
    "syntax-error-alone": {SVC: "def (:\n"},
    "syntax-error-on-the-way": {SVC: "import app.shared.bad\n", "app/shared/bad.py": "def (:\n"},
    "latin-1-without-cookie": {SVC: b"x = '\xe9'\n"},
    "null-byte": {SVC: b"x = 1\x00\n"},
    # layout
    "domain-without-init": {"app/domain/__init__.py": None, SVC: "import app.infra.db\n"},
    "infra-without-init": {"app/infra/__init__.py": None, SVC: "import app.infra.db\n"},
    "nothing-has-init": {**{p: None for p in BASE if p.endswith("__init__.py")}, SVC: "import app.infra.db\n"},
    "root-without-init": {"app/__init__.py": None, SVC: "import app.infra.db\n"},
    "subdirectory-without-init": {"app/domain/sub/m.py": "from app.infra.db import S\n"},
    "deep-without-init": {"app/domain/a/b/c/m.py": "from app.infra.db import S\n"},
    "import-of-a-directory": {SVC: "from app.infra import sub\n", "app/infra/sub/m.py": ""},
    "two-dots-in-the-name": {"app/domain/svc.v2.py": "from app.infra.db import S\n"},
    "hyphen-in-the-name": {"app/domain/run-it.py": "from app.infra.db import S\n"},
    "hyphen-in-the-directory": {"app/domain/my-scripts/run.py": "from app.infra.db import S\n"},
    "named-like-a-package": {"app/domain/svc/__init__.py": "", SVC: "from app.infra.db import S\n"},
    "named-like-the-standard-library": {"app/domain/json.py": "import app.infra.db\nimport json\n"},
}

INNOCENT: dict[str, dict[str, str | bytes | None]] = {
    "nothing": {SVC: "x = 1\n"},
    "string": {SVC: "x = 'import app.infra.db'\n"},
    "comment": {SVC: "# from app.infra.db import S\n"},
    "docstring": {SVC: '"""\nimport app.infra.db\n"""\n'},
    "annotation-in-quotes": {SVC: "def f(x: 'app.infra.db.S'): ...\n"},
    "prefix-twin": {SVC: "from app.infrastructure import x\n", "app/infrastructure/__init__.py": "x = 1\n"},
    "own-module-of-that-name": {SVC: "from app.domain.infra import x\n", "app/domain/infra.py": "x = 1\n"},
    "standard-library-name": {SVC: "import json\n", "app/infra/json.py": ""},
    "shadowed-name": {SVC: "import app\ndef f(app):\n    return app.infra.db\n"},
    "attribute-that-is-no-module": {SVC: "import app\ndef f():\n    return app.domain\n"},
    "other-direction": {"app/infra/db.py": "import app.domain\n"},
    "somebody-else": {"app/api/routes.py": "import app.domain\nimport app.infra.db\n"},
    "import-module-of-something-else": {SVC: "import importlib\nimportlib.import_module('json')\n"},
    "name-that-is-rebound": {
        SVC: "import app.shared\napp = object()\n@app.infra\ndef f(): return app.infra.db\n",
    },
    "name-that-is-a-class": {SVC: "import app.shared\nclass app: ...\nx = app.infra\n"},
    "own-function-called-locate": {SVC: "def locate(x): ...\nlocate('app.infra.db')\n"},
    "method-called-import-string": {SVC: "class C: ...\nC().import_string('app.infra.db')\n"},
    "words-that-are-not-exported": {
        SVC: "from app.kit import *\n",
        "app/kit/__init__.py": "__all__ = []\nNOTE = 'deep'\n",
        "app/kit/deep.py": "import app.infra.db\n",
    },
    "type-parameters-that-mention-it": {
        SVC: "import json\nclass A[T: 'app.infra.db']:\n    x = '['\ndef f[T = '(app.infra.db)'](): ...\n",
    },
    "newer-syntax-and-a-comment": {
        SVC: "import importlib\ntype X = int\nimportlib.import_module('json')  # not app.infra.db\n",
    },
    "installed-package-with-a-directory-of-its-name": {SVC: "import json\n", "json/x.py": "import app.infra\n"},
    "find-spec-of-a-child": {SVC: "import importlib.util\nimportlib.util.find_spec('app.domain.x')\n"},
    "method-called-exec": {SVC: "class C:\n    def exec(self, s): ...\nC().exec('import app.infra')\n"},
}


def write(root: Path, files: dict[str, str | bytes | None]) -> None:
    """Put the base project with *files* below ``src``; None takes a file away."""
    for name, content in {**BASE, **files}.items():
        if content is not None:
            path = root / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in CAUGHT.items()])
def test_the_import_is_found_in_the_file_that_makes_it(tmp_path: Path, files: dict[str, str | bytes | None]) -> None:
    """Whatever can import ``infra`` from ``domain`` is a violation with a place to click."""
    write(tmp_path, files)

    found = sources.read(sources.Project(tmp_path)).violations(RULE)

    paths = {v.location.path.removeprefix("src/") for v in found}
    assert paths & files.keys(), found
    assert all(v.location.line >= 1 for v in found)


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in INNOCENT.items()])
def test_what_imports_nothing_forbidden_is_green(tmp_path: Path, files: dict[str, str | bytes | None]) -> None:
    """Soundness is no excuse for false alarms."""
    write(tmp_path, files)

    assert sources.read(sources.Project(tmp_path)).violations(RULE) == []


UNREADABLE = {
    "computed-name": "import importlib\nimportlib.import_module(input())\n",
    "importer-with-keywords": "import importlib\nimportlib.import_module(**{'name': 'app.infra.db'})\n",
    "importer-handed-on": "from importlib import import_module\nlist(map(import_module, ['app.infra.db']))\n",
    "importer-in-a-partial": "import importlib, functools\nfunctools.partial(importlib.import_module, 'app.infra.db')()\n",
    "importer-as-a-default": "from importlib import import_module\ndef f(load=import_module): load('app.infra.db')\n",
    "half-known-name": "import importlib, os\nN = 'app.shared'\nN = os.environ['N']\nimportlib.import_module(N)\n",
    "extended-name": "import importlib\nN = 'app'\nN += '.infra.db'\nimportlib.import_module(N)\n",
    "parameter-of-that-name": (
        "import importlib\ndef load(name): importlib.import_module(name)\nfor name in ('json',): importlib.import_module(name)\n"
    ),
    "unknown-from-list": "L = ['infra']\n__import__('app', fromlist=L)\n",
    "unknown-code": "exec(input())\n",
    "half-known-code": "exec(f'import {input()}')\n",
    "beginning-of-another-package": "import importlib\ndef f(x): importlib.import_module(f'sqlalch{x}')\n",
    "syntax-that-nobody-can-read": "import importlib\nimportlib.import_module(input())\nx = t'{1}'\n",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in UNREADABLE.items()])
def test_what_cannot_be_read_is_noted(tmp_path: Path, text: str) -> None:
    """It may import anything; a green result says so."""
    write(tmp_path, {SVC: text})
    codebase = sources.read(sources.Project(tmp_path))

    codebase.violations(RULE)

    assert any("src/app/domain/svc.py:" in note for note in codebase.evaluations[-1].notes)


def test_one_symbolic_link_loop_ends(tmp_path: Path) -> None:
    """A link to a directory above is followed by name, not by walking."""
    write(tmp_path, {SVC: "from app.domain.loop.infra.db import S\n"})
    os.symlink("..", tmp_path / "src/app/domain/loop")

    codebase = sources.read(sources.Project(tmp_path))

    assert [str(v) for v in codebase.violations(RULE)] == [
        "src/app/domain/svc.py:1: app.domain.svc must not import app.infra.db"
    ]
    assert len(codebase.modules) == 7


def test_two_crossing_symbolic_link_loops_end(tmp_path: Path) -> None:
    """Two links that lead into each other's directories do not multiply modules."""
    write(tmp_path, {SVC: "import app.infra.db\n"})
    os.symlink("../infra", tmp_path / "src/app/domain/other")
    os.symlink("../domain", tmp_path / "src/app/infra/other")

    codebase = sources.read(sources.Project(tmp_path))

    assert len(codebase.violations(RULE)) == 1
    assert len(codebase.modules) == 7


def test_a_linked_package_from_elsewhere_is_read(tmp_path: Path) -> None:
    """A link that leads out of the tree brings its modules in."""
    write(tmp_path, {})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/m.py").write_text("import app.infra.db\n")
    os.symlink("../../../elsewhere", tmp_path / "src/app/domain/linked")

    assert len(sources.read(sources.Project(tmp_path)).violations(RULE)) == 1
