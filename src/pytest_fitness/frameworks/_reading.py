"""Walking through a module, and reading its calls: what every adapter does alike."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Container, Iterable, Iterator
from http import HTTPStatus

from pytest_fitness.frameworks._given import shown
from pytest_fitness.model.contents import FUNCTIONS, Contents, Found, class_entity, last_name, own_returns, parameters
from pytest_fitness.model.syntax import Entity, Function, Names, Part, Scope

HTTP_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")

ANSWERS = r"def (?:get|head|post|put|patch|delete|index|run|perform)\("
"""Of classes whose methods answer requests, or do tasks; their base may be the project's own. One expression for all is looked for once."""

TESTS = re.compile(r"(?:^|\.)(?:tests?|conftest)(?:\.|$|_)|_tests?(?:\.|$)")
"""Modules of tests, which call and route what they test as they like."""

BARE_DECORATOR = rf"@(?:{'|'.join(HTTP_METHODS)}|route|api_route|websocket)\b"
"""``@get("/orders")``, where another module has ``get = router.get``."""

METHOD_HINTS = (ANSWERS, *(f" {verb} = " for verb in HTTP_METHODS[:5]))


def methods_of(entity: Entity, names: Names, wanted: Iterable[str]) -> Iterator[tuple[str, Found]]:
    """Yield the methods that a class has under one of the names *wanted*, those of its bases in the source included."""
    todo = set(wanted)
    for each in names.bases(entity):
        if isinstance(each.node, ast.ClassDef) and each.scope is not None and each.scope.owned:
            for name in [name for name in names.class_scope(each).symbols if name in todo]:
                found = list(methods_called(name, each, names))
                if found or is_taken_away(name, each, names):
                    todo.discard(name)
                yield from ((name, one) for one in found)


def is_taken_away(name: str, entity: Entity, names: Names) -> bool:
    """Whether a class says ``get = None``."""
    nodes = (binding.node for binding in names.class_scope(entity).symbols[name])
    return any(isinstance(node, ast.Constant) and node.value is None for node in nodes)


def methods_called(name: str, entity: Entity, names: Names) -> Iterator[Found]:
    """Yield what a class itself has under a name: functions, in blocks as well, and those that ``get = _answer`` names.

    Of several definitions, the last one counts, and those in branches below it.
    """
    inside = names.class_scope(entity)
    bindings = inside.symbols[name]
    sure = [at for at, each in enumerate(bindings) if isinstance(each.node, FUNCTIONS) and not each.in_branch]
    for binding in bindings[sure[-1] if sure else 0 :]:
        if isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Found(binding.node, inside, entity)
        elif binding.kind == "value" and isinstance(binding.node, ast.expr):
            definition = function_of(named_function(binding.node, inside, names))
            if definition is not None:
                yield Found(*definition, entity)


def innermost(target: ast.expr) -> ast.expr:
    """Return what the calls around a handler are given: ``f`` of ``login_required(f)``; ``V.as_view(...)`` stays.

    ``getattr(self, "cancel")`` is ``self.cancel``, ``globals()["cancel"]`` is ``cancel``.
    """
    while isinstance(target, ast.Call) and target.args and not is_as_view(target):
        if last_name(target.func) == "getattr":
            name = target.args[1] if len(target.args) > 1 else None
            if isinstance(name, ast.Constant):
                target = ast.copy_location(ast.Attribute(target.args[0], str(name.value), ast.Load()), target)
            break
        inner = target.args[0]
        if not isinstance(inner, ast.Name | ast.Attribute | ast.Call | ast.Lambda):
            break
        target = inner
    if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "globals()":
        return ast.copy_location(ast.Name(text(target.slice), ast.Load()), target)
    return target


def named_function(target: ast.expr, scope: Scope, names: Names) -> Entity | None:
    """Return what *target* names; of ``f = router.post("/x")(f)`` the function, not the assignment.

    Calls around it, such as ``login_required(f)``, are looked through.
    """
    target = innermost(target)
    around: Scope | None = scope if isinstance(target, ast.Name) else None
    while around is not None and isinstance(target, ast.Name):
        if target.id in around.resolved and around.resolved[target.id] is None:
            return None
        # a class's names are not seen from its methods
        bindings = (
            around.symbols.get(target.id, ()) if around is scope or not isinstance(around.node, ast.ClassDef) else ()
        )
        for binding in reversed(bindings):
            if binding.kind == "function":
                return Entity("function", f"{around.module}.{target.id}", binding.node, scope=around)
        around = around.parent if not bindings else None
    return original(target, scope, names)


def original(expression: ast.expr, scope: Scope, names: Names) -> Entity | None:
    """Return what a name or attribute stands for, behind other names for it: of ``g``, after ``g = f``, the function."""
    entity = names.resolve(expression, scope)
    for _ in range(5):
        if entity is None or not isinstance(entity.node, ast.Name | ast.Attribute) or entity.scope is None:
            break
        entity = names.resolve(entity.node, entity.scope)
    return entity


def original_name(expression: ast.expr, scope: Scope, names: Names, wanted: Container[str]) -> str:
    """Return the last name of an expression or, where it is none of *wanted*, of what it stands for: ``api_view`` of ``av``."""
    name = last_name(expression)
    if name in wanted or not isinstance(expression, ast.Name):
        return name
    entity = original(expression, scope, names)
    return entity.last if entity is not None and entity.kind != "value" else name


def is_as_view(call: ast.Call) -> bool:
    """Whether *call* is ``View.as_view(...)``."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "as_view"


def function_of(entity: Entity | None) -> tuple[Function, Scope] | None:
    """Return the definition that an entity stands for, and where it is; None where it is no function."""
    if entity is None or not isinstance(entity.node, ast.FunctionDef | ast.AsyncFunctionDef) or entity.scope is None:
        return None
    return entity.node, entity.scope


def declared_result(found: Found, *, text_is_response: bool = False) -> Part:
    """Return the result as the annotation says it."""
    returns = found.function.returns
    if returns is None:
        return Part("return", None, found.scope, found.function, found.scope, text_is_response=text_is_response)
    return Part("return", returns, found.scope, returns, found.scope)


def response_result(found: Found) -> Part:
    """Return the result where the framework takes nothing but responses, whatever the function does to make one."""
    part = declared_result(found)
    return part if part.annotation is not None else part._replace(kind="response", detail="a response")


def no_result(found: Found) -> Part:
    """Return the result of a handler that answers nothing."""
    return Part("return", None, found.scope, found.function, found.scope, "none")


def where_bound(name: str, scope: Scope) -> Scope | None:
    """Return the scope in which a name means something, unless it is hidden: a class's names are not seen from its methods."""
    around: Scope | None = scope
    while around is not None and around.resolved.get(name, around) is not None:
        if name in around.symbols and (around is scope or not isinstance(around.node, ast.ClassDef)):
            return around
        around = around.parent
    return None


def kinds_of_object(names: Names, expression: ast.expr, scope: Scope) -> list[str]:
    """Return what is known of the class of an object, and of its bases; of one that is replaced by another, of all of them."""
    if isinstance(expression, ast.Call):  # SQLAlchemy().session
        made_by = names.resolve(expression.func, scope)
        return kinds_of_class(names, made_by) if made_by is not None else []
    entity = names.resolve(expression, scope) if isinstance(expression, ast.Attribute) else None
    if entity is not None and entity.kind == "external":  # app.router
        return [names.known(entity.name)]
    classes = (names.instance_class(value) for value in values_of(expression, scope, names))
    return [kind for each in classes if each is not None for kind in kinds_of_class(names, each)]


def values_of(expression: ast.expr, scope: Scope, names: Names) -> list[Entity]:
    """Return the values that a name is given: ``app = FastAPI()``, and further down ``app = guard(app)``."""
    entity = names.resolve(expression, scope)
    if entity is None or entity.kind != "value":
        return []
    inside = scope.enclosing_class if last_name(expression) == "self" else None
    if inside is not None and isinstance(inside.node, ast.ClassDef) and isinstance(expression, ast.Name):
        own = ast.copy_location(ast.Name(inside.node.name, ast.Load()), inside.node)
        return [entity._replace(annotation=own, scope=inside.parent)]
    home = where_bound(expression.id, scope) if isinstance(expression, ast.Name) else None
    if home is None or home is not entity.scope or not isinstance(expression, ast.Name):
        return [entity]
    bindings = (each for each in reversed(home.symbols[expression.id]) if each.kind == "value")
    return [entity._replace(node=each.node, annotation=each.annotation) for each in bindings]


def kinds_of_class(names: Names, entity: Entity) -> list[str]:
    """Return what is known of a class and of its bases; empty texts for those of which nothing is."""
    return [names.known(base.name) for base in names.bases(entity)]


def speaks_flask(contents: Contents) -> bool:
    """Whether a module has to do with Flask or Quart and not with FastAPI; one that imports neither is like the others around it."""
    key = ("speaks flask",)
    if key not in contents.memo:
        tops = contents.imported_anywhere
        is_open = not tops & {"flask", "quart", "fastapi"}
        contents.memo[key] = "fastapi" not in tops and (
            not is_open
            or (
                any(True for word in ("flask", "quart") for _ in contents.elsewhere(word))
                and not any(True for _ in contents.elsewhere("fastapi"))
            )
        )
    found: bool = contents.memo[key]
    return found


def called(decorator: ast.expr) -> ast.expr:
    """Return the function of a decorator, with or without arguments."""
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def option(call: ast.expr, *keywords: str, position: int = -1) -> ast.expr | None:
    """Return an argument of a call by keyword, or by position."""
    if not isinstance(call, ast.Call):
        return None
    if 0 <= position < len(call.args):
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in keywords), None)


MATTERING = ("response_model", "response_class", "status_code", "methods", "path", "response")
"""Options of routes that say what crosses, or where."""


def options_of(call: ast.Call, scope: Scope, names: Names) -> tuple[dict[str, ast.expr], bool]:
    """Return the options of a call, those in ``**OPTIONS`` included, and whether all of them could be read."""
    found: dict[str, ast.expr] = {}
    complete = True
    for keyword in call.keywords:
        if keyword.arg:
            found[keyword.arg] = keyword.value
            continue
        entity = names.resolve(keyword.value, scope)
        value = entity.node if entity is not None else keyword.value
        if isinstance(value, ast.Call) and (made := _options_made(value, scope, names)) is not None:
            found.update(made)
            continue
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            found.update({str(k.value): v for k, v in pairs if isinstance(k, ast.Constant)})
        elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict":
            found.update({k.arg: k.value for k in value.keywords if k.arg})
        else:
            complete = False
    return found, complete


def _options_made(call: ast.Call, scope: Scope, names: Names) -> dict[str, ast.expr] | None:
    """The options that a function of the project returns; None where it may return some that matter and are no constants."""
    definition = function_of(names.resolve(call.func, scope))
    is_plain = definition is not None and definition[1].owned and not definition[0].decorator_list
    returned = list(own_returns(definition[0])) if definition is not None and is_plain else []
    made = returned[0] if len(returned) == 1 else None
    if not isinstance(made, ast.Dict) or not all(isinstance(key, ast.Constant) for key in made.keys):
        return None
    pairs = [
        (str(key.value), value)
        for key, value in zip(made.keys, made.values, strict=True)
        if isinstance(key, ast.Constant)
    ]
    if any(key in MATTERING and not isinstance(value, ast.Constant) for key, value in pairs):
        return None
    return {key: value for key, value in pairs if isinstance(value, ast.Constant)}


def spreads(call: ast.Call) -> ast.expr | None:
    """Return what is spread into a call, by ``*row`` or ``**options``."""
    starred = (each for each in call.args if isinstance(each, ast.Starred))
    return next(starred, None) or next((k.value for k in call.keywords if k.arg is None), None)


def unquoted(annotation: ast.expr) -> ast.expr:
    """Return what an annotation in quotes says; one that cannot be read stays as it is."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        with contextlib.suppress(SyntaxError):
            return ast.parse(annotation.value.strip(), mode="eval").body
    return annotation


def text(node: ast.expr | None) -> str:
    """Return a text as it is, anything else as it is written."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return shown(node) if node is not None else ""


def is_success(status: ast.expr) -> bool:
    """Errors and redirections have schemas, too; what matters is what a handler returns when all goes well."""
    if isinstance(status, ast.Call) and status.args:  # frozenset([400, 401])
        status = status.args[0]
    if isinstance(status, ast.IfExp):
        return is_success(status.body) or is_success(status.orelse)
    if isinstance(status, ast.Tuple | ast.List | ast.Set):
        return any(is_success(each) for each in status.elts)
    name = text(status).rpartition(".")[2]
    number = (
        str(HTTPStatus[name].value)
        if name in HTTPStatus.__members__
        else name.removeprefix("codes_").removeprefix("HTTP_")
    )
    return not number.startswith(("3", "4", "5", "Ellipsis"))


def says_no_content(status: ast.expr | None) -> bool:
    """Return whether a status is, as it is written, the one of a response with nothing in it."""
    return any(word in text(status) for word in ("204", "NO_CONTENT"))


def listed(node: ast.expr | None) -> list[str]:
    """Return the texts of a list, or the one text, in capitals; ``HTTPMethod.POST`` is a text, what cannot be read is ``ANY``."""
    if isinstance(node, ast.Constant) and node.value is None:
        return []
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node] if node is not None else []
    return sorted(str(item.value).upper() if isinstance(item, ast.Constant) else _name_of(item) for item in items)


def _name_of(node: ast.expr) -> str:
    return node.attr.upper() if isinstance(node, ast.Attribute) and node.attr.lower() in HTTP_METHODS else "ANY"


OTHER_SERVERS = frozenset({"fastapi", "flask", "sanic", "quart", "bottle"})
SERVES = r"aiohttp\.web\b|from\s+aiohttp\s+import[^\n]*\bweb\b"
"""In a module that has to do with aiohttp's server, and not with its client alone."""


def qualname(name: str, scope: Scope) -> str:
    """Return the name of what is defined in *scope* as in ``__qualname__``."""
    around: Scope | None = scope
    while around is not None and isinstance(around.node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        name = f"{around.node.name}{'.' if isinstance(around.node, ast.ClassDef) else '.<locals>.'}{name}"
        around = around.parent
    return name


def values_in(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """Return what local names may be, by name: what is appended to a list is one of what it may be made of."""
    values: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            if isinstance(node.func.value, ast.Name) and node.func.attr in ("append", "extend"):
                (item,) = node.args
                more = ast.List([item]) if node.func.attr == "append" else item
                values.setdefault(node.func.value.id, []).append(more)
    return values


def is_parameter(expression: ast.expr, scope: Scope) -> bool:
    """Whether *expression* is a parameter of the function that *scope* is the inside of."""
    function = scope.node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(expression, ast.Name):
        return False
    return any(argument.arg == expression.id for argument, _ in parameters(function, in_class=False))


def class_around(scope: Scope) -> Entity | None:
    """Return the class that *scope* is the inside of."""
    if isinstance(scope.node, ast.ClassDef) and scope.parent is not None:
        return class_entity(scope.node, scope.parent)
    return None


def is_registry_of_aiohttp(call: ast.Call, scope: Scope, contents: Contents) -> bool:
    """Whether ``@Route.get("/x")`` is of a class of the project in another module, which has to do with aiohttp's server and no other one."""
    function = call.func
    made = contents.names.resolve(function.value, scope) if isinstance(function, ast.Attribute) else None
    if (
        made is None
        or made.scope is None
        or made.kind != "class"
        or not made.is_own
        or contents.imported_anywhere & OTHER_SERVERS
    ):
        return False
    path = option(call, "path", position=0)
    is_path = isinstance(path, ast.Constant) and str(path.value).startswith("/")
    homes = (each for each in contents.elsewhere(made.last) if each.scope.module == made.scope.module)
    return is_path and any(each.mentions(SERVES) and not each.imported_anywhere & OTHER_SERVERS for each in homes)
