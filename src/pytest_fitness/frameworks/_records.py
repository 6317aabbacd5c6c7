"""Rows of a table that are objects of the project's own: what their attributes are, by what makes them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from pytest_fitness.frameworks._behind import derived_from
from pytest_fitness.frameworks._reading import called, function_of, option, spreads
from pytest_fitness.model.contents import FUNCTIONS, Contents, last_name, parameters, walked
from pytest_fitness.model.syntax import Entity, Function, Names, Scope


def as_record(element: ast.expr, scope: Scope, contents: Contents) -> ast.expr:
    """Return ``Row(path="/orders", view=show)`` for ``Row("/orders", show)``: arguments by the attributes that they become.

    Anything else, and what cannot be told, is returned as it is.

    Args:
        element: an element of a list.
        scope: where it is written.
        contents: of a module that goes over it.
    """
    names = contents.names
    if not isinstance(element, ast.Call) or not element.args or spreads(element) is not None:
        return element
    made = names.resolve(element.func, scope)
    attributes = list(_attributes(made, names)) if made is not None else []
    if made is None or len(attributes) < len(element.args):
        return element
    if _is_changed(made, [each for each, _ in attributes if each], contents):
        return element
    named = [ast.keyword(each, value) for (each, _), value in zip(attributes, element.args, strict=False)]
    given = {parameter: attribute for attribute, parameter in attributes}
    named += [ast.keyword(given.get(k.arg or "", k.arg), k.value) for k in element.keywords]
    return ast.copy_location(ast.Call(element.func, [], [k for k in named if k.arg]), element)


def _attributes(made: Entity, names: Names) -> Iterator[tuple[str, str]]:
    """The attributes of an object, in the order of what it is made of, each with the name of the parameter."""
    node = made.node
    if isinstance(node, ast.Call) and last_name(node.func) == "namedtuple":
        fields = option(node, "field_names", position=1)
        items = fields.elts if isinstance(fields, ast.List | ast.Tuple) else [fields]
        texts = [str(each.value) for each in items if isinstance(each, ast.Constant)]
        yield from ((name, name) for text in texts for name in text.replace(",", " ").split())
    elif isinstance(node, ast.ClassDef) and made.is_own:
        init = function_of(names.member(made, "__init__"))
        if init is not None and init[1].owned:
            kept = _kept(init[0])
            for argument, _ in parameters(init[0], in_class=True):
                yield kept.get(argument.arg, ""), argument.arg
        elif _has_fields_only(made, node, names):
            fields_ = (each.target for each in node.body if isinstance(each, ast.AnnAssign))
            yield from ((each.id, each.id) for each in fields_ if isinstance(each, ast.Name))


def _has_fields_only(made: Entity, node: ast.ClassDef, names: Names) -> bool:
    """Whether a class is a dataclass, or a named tuple, all of whose fields are its own, and are what it is given."""
    bases = [base.name for base in names.bases(made)[1:] if base.name != "builtins.object"]
    decorated = any(last_name(called(d)) in ("dataclass", "define", "frozen") for d in node.decorator_list)
    fields = (ast.unparse(each) for each in node.body if isinstance(each, ast.AnnAssign))
    is_plain = not any(word in field for field in fields for word in ("ClassVar", "InitVar", "init=", "kw_only"))
    changes = any(isinstance(each, FUNCTIONS) and "post_init" in each.name for each in node.body)
    return is_plain and not changes and (bases == ["typing.NamedTuple"] if bases else decorated)


def _kept(init: Function) -> dict[str, str]:
    """By parameter, the attribute that it is kept as: ``self.view = view``, ``self.routes = self.as_list(routes)``, ``self.more = more or {}``."""
    stored = [n.attr for n in walked(init) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    found: dict[str, str] = {}
    for node in init.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        value = value.values[0] if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) else value
        if isinstance(value, ast.Call) and "list" in last_name(value.func).lower() and len(value.args) == 1:
            (value,) = value.args
        if isinstance(target, ast.Attribute) and isinstance(value, ast.Name) and stored.count(target.attr) == 1:
            found[value.id] = target.attr
    return found


def _is_changed(made: Entity, attributes: Collection[str], contents: Contents) -> bool:
    """Whether something gives attributes of such objects other values, after they are made."""
    init = [n for n in ast.walk(made.node) if isinstance(n, FUNCTIONS) and n.name == "__init__"] if made.node else []
    first = {id(node) for each in init for node in ast.walk(each)}
    for there in {id(each): each for name in attributes for each in (contents, *contents.elsewhere(name))}.values():
        named = (n for name in attributes for n in there.named(name) if isinstance(n, ast.Attribute))
        stored = [n for n in named if isinstance(n.ctx, ast.Store) and id(n) not in first]
        if any(not _is_of_another(node, made, there) for node in stored):
            return True
    return False


def _is_of_another(attribute: ast.Attribute, made: Entity, contents: Contents) -> bool:
    """Whether ``self.view = view`` stands in a class that has nothing to do with the one of a record."""
    if last_name(attribute.value) != "self":
        return False
    around = [
        each for each in contents.classes if isinstance(each.node, ast.ClassDef) and _spans(each.node, attribute.lineno)
    ]
    kin = {id(base.node) for each in (made, *derived_from(made, contents)) for base in contents.names.bases(each)}
    bases = contents.names.bases(around[0]) if len(around) == 1 else [made]
    is_known = not any(base.kind == "unknown" or base.node is made.node for base in bases)
    return is_known and id(around[0].node) not in kin


def _spans(node: ast.ClassDef, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or line)
