"""Walking through a module, and reading its calls: what every adapter does alike."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus

from pytest_fitness.model.code import HandlerKind
from pytest_fitness.model.contents import Contents, Found, class_entity, last_name, parameters
from pytest_fitness.model.syntax import Endpoint, Entity, Function, Names, Part, Scope

METHOD_HINT = r"def (?:get|post|put|patch|delete)\("
"""Of classes whose methods answer requests; their base may be the project's own."""

HTTP_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")


def methods_of(entity: Entity, names: Names, wanted: Iterable[str]) -> Iterator[Found]:
    """Yield the methods of a class that are called one of *wanted*, those of its bases in the source included."""
    todo = set(wanted)
    for each in names.bases(entity):
        if not isinstance(each.node, ast.ClassDef) or each.scope is None or not each.scope.owned:
            continue
        inside = names.class_scope(each)
        for statement in each.node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name in todo:
                todo.discard(statement.name)
                yield Found(statement, inside, each)


def innermost(target: ast.expr) -> ast.expr:
    """Return what the calls around a handler are given: ``f`` of ``login_required(f)``; ``V.as_view(...)`` stays."""
    while isinstance(target, ast.Call) and target.args and not is_as_view(target):
        inner = target.args[0]
        if not isinstance(inner, ast.Name | ast.Attribute | ast.Call):
            break
        target = inner
    return target


def named_function(target: ast.expr, scope: Scope, names: Names) -> Entity | None:
    """Return what *target* names; of ``f = router.post("/x")(f)`` the function, not the assignment.

    Calls around it, such as ``login_required(f)``, are looked through.
    """
    target = innermost(target)
    around: Scope | None = scope if isinstance(target, ast.Name) else None
    while around is not None and isinstance(target, ast.Name):
        for binding in reversed(around.symbols.get(target.id, ())):
            if binding.kind == "function":
                return Entity("function", f"{around.module}.{target.id}", binding.node, scope=around)
        around = around.parent
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


class ModuleReader:
    """What the readers of most frameworks have in common: one module, and the endpoints made of it.

    Attributes:
        framework: as shown to users.
    """

    framework = ""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.module = contents.scope
        self.names = contents.names

    def endpoint(  # noqa: PLR0913 - an endpoint has so many parts
        self,
        found: Found,
        node: ast.AST,
        methods: Sequence[str],
        *,
        path: str = "",
        inputs: Iterable[Part] = (),
        output: Part,
        kind: HandlerKind = "http",
    ) -> Endpoint:
        """Return an endpoint whose function is *found* and that *node* registers."""
        return Endpoint(
            framework=self.framework,
            function=found.function,
            scope=found.scope,
            registered_in=self.module.module,
            qualname=qualname(found.function.name, found.scope),
            node=node,
            methods=tuple(methods),
            path=path,
            inputs=tuple(inputs),
            output=output,
            kind=kind,
        )

    def missing(self, target: ast.expr, call: ast.Call, scope: Scope, methods: Sequence[str], path: str) -> Endpoint:
        """Return an endpoint whose function cannot be found: what crosses it is unknown."""
        shown = ast.unparse(target)
        output = Part("return", None, scope, call, scope, "unknown", f"`{shown}` is not in the source")
        return Endpoint(
            self.framework, None, scope, self.module.module, shown, call, tuple(methods), path, (), output,
            "websocket" if "WEBSOCKET" in methods else "http",
        )  # fmt: skip


def is_a(names: Names, expression: ast.expr, scope: Scope, kind: str) -> bool:
    """Whether *expression* is an object whose class, or one of its bases, is known as *kind*."""
    return kind in kinds_of_object(names, expression, scope)


def kinds_of_object(names: Names, expression: ast.expr, scope: Scope) -> list[str]:
    """Return what is known of the class of an object, and of its bases."""
    if isinstance(expression, ast.Call):  # SQLAlchemy().session
        made_by = names.resolve(expression.func, scope)
        return kinds_of_class(names, made_by) if made_by is not None else []
    entity = names.resolve(expression, scope)
    made_by = names.instance_class(entity) if entity is not None and entity.kind == "value" else None
    return kinds_of_class(names, made_by) if made_by is not None else []


def kinds_of_class(names: Names, entity: Entity) -> list[str]:
    """Return what is known of a class and of its bases; empty texts for those of which nothing is."""
    return [names.known(base.name) for base in names.bases(entity)]


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


def text(node: ast.expr | None) -> str:
    """Return a text as it is, anything else as it is written."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return ast.unparse(node) if node is not None else ""


def is_success(status: ast.expr) -> bool:
    """Errors and redirections have schemas, too; what matters is what a handler returns when all goes well."""
    if isinstance(status, ast.Call) and status.args:  # frozenset([400, 401])
        status = status.args[0]
    if isinstance(status, ast.Tuple | ast.List | ast.Set):
        return any(is_success(each) for each in status.elts)
    name = text(status).rpartition(".")[2]
    number = str(HTTPStatus[name].value) if name in HTTPStatus.__members__ else name.removeprefix("codes_")
    return not number.startswith(("3", "4", "5", "Ellipsis"))


def listed(node: ast.expr | None) -> list[str]:
    """Return the texts of a list, or the one text, in capitals; ``HTTPMethod.POST`` is a text, what cannot be read is ``ANY``."""
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node] if node is not None else []
    return sorted(str(item.value).upper() if isinstance(item, ast.Constant) else _name_of(item) for item in items)


def _name_of(node: ast.expr) -> str:
    return node.attr.upper() if isinstance(node, ast.Attribute) and node.attr.lower() in HTTP_METHODS else "ANY"


def qualname(name: str, scope: Scope) -> str:
    """Return the name of what is defined in *scope* as in ``__qualname__``."""
    around: Scope | None = scope
    while around is not None and isinstance(around.node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        name = f"{around.node.name}{'.' if isinstance(around.node, ast.ClassDef) else '.<locals>.'}{name}"
        around = around.parent
    return name


def is_parameter(expression: ast.expr, scope: Scope) -> bool:
    """Whether *expression* is a parameter of the function that *scope* is the inside of."""
    function = scope.node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(expression, ast.Name):
        return False
    return any(argument.arg == expression.id for argument, _ in parameters(function, in_class=False))


def registrations(
    call: ast.Call, target: ast.expr, scope: Scope, contents: Contents, depth: int = 0
) -> Iterator[tuple[ast.Call, ast.expr, Scope]]:
    """Yield a call that registers *target*, with the target and where it stands.

    Where that is a parameter of the function around, the calls of this function in the module are yielded instead, each as if it
    registered by itself: ``def register(path, f): app.add_api_route(path, f)``.
    """
    function = scope.node
    if not is_parameter(target, scope):
        yield call, target, scope
        return
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    assert isinstance(target, ast.Name)
    for caller, where in contents.calls if depth < 3 else ():
        entity = contents.names.resolve(caller.func, where) if last_name(caller.func) == function.name else None
        given = _arguments(caller, function) if entity is not None and entity.node is function else {}
        if target.id in given:
            values = [_given(value, given) for value in call.args]
            keywords = [ast.keyword(k.arg, _given(k.value, given)) for k in call.keywords]
            made = ast.copy_location(ast.Call(call.func, values, keywords), caller)
            yield from registrations(made, given[target.id], where, contents, depth + 1)


def _given(value: ast.expr, given: Mapping[str, ast.expr]) -> ast.expr:
    return given.get(value.id, value) if isinstance(value, ast.Name) else value


def _arguments(call: ast.Call, function: Function) -> dict[str, ast.expr]:
    """What a call gives for the parameters of a function, by name."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute):
        del names[0]
    positional = dict(zip(names, call.args, strict=False))
    return {**positional, **{k.arg: k.value for k in call.keywords if k.arg}}


def functions_behind(target: ast.expr, scope: Scope, names: Names, wanted: Iterable[str]) -> list[tuple[Found, str]]:
    """Return the functions that answer for a registered *target*: itself, or methods of a class, each with its name.

    The name is empty for a function; nothing is returned where *target* cannot be found.
    """
    if isinstance(target, ast.Call) and not is_as_view(target):
        made = [f for f in functions_made(target, None, scope, names) if not _is_wrapper(f)]
        if made:  # by a function that was only told something: make(service)
            return [(found, "") for found in made]
    entity = named_function(target, scope, names)
    definition = function_of(entity)
    if definition is not None:
        function, where = definition
        return [(Found(function, where, class_around(where)), "")]
    if entity is None or not isinstance(entity.node, ast.ClassDef):
        return [(found, "") for found in functions_made(target, entity, scope, names)]
    return [(found, found.function.name) for found in methods_of(entity, names, wanted)]


def functions_made(target: ast.expr, entity: Entity | None, scope: Scope, names: Names) -> Iterator[Found]:
    """Yield the inner functions that a function returns: ``add_api_route("/x", make_handler())``, or a variable of that."""
    call, where = target, scope
    if entity is not None and entity.kind == "value" and entity.scope is not None:
        call, where = entity.node if isinstance(entity.node, ast.expr) else target, entity.scope
    definition = function_of(names.resolve(call.func, where)) if isinstance(call, ast.Call) else None
    if definition is None or not definition[1].owned:
        return
    inside = names.function_scope(*definition)
    for node in ast.walk(definition[0]):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Name):
            made = function_of(names.resolve(node.value, inside))
            if made is not None and made[1] is inside:
                yield Found(*made)


def _is_wrapper(found: Found) -> bool:
    """Whether an inner function calls, or hands on, what the function around it was given, or takes whatever that takes."""
    maker = found.scope.node
    assert isinstance(maker, ast.FunctionDef | ast.AsyncFunctionDef)
    given = {argument.arg for argument, _ in parameters(maker, in_class=False)}
    function = found.function
    if function.args.vararg is not None or function.args.kwarg is not None:
        return True
    wraps = (node.id for each in function.decorator_list for node in ast.walk(each) if isinstance(node, ast.Name))
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    used = [last_name(each) for call in calls for each in (call.func, *call.args) if isinstance(each, ast.Name)]
    return not given.isdisjoint([*wraps, *used])


def class_around(scope: Scope) -> Entity | None:
    """Return the class that *scope* is the inside of."""
    if isinstance(scope.node, ast.ClassDef) and scope.parent is not None:
        return class_entity(scope.node, scope.parent)
    return None
