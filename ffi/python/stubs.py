"""The public surface of the generated module as a stub: declarations and docstrings, without what makes them work."""
import ast
import sys

# The converters of what an error's fields are: the generator writes no types on these.
FIELDS = {"UInt16": "int", "UInt32": "int", "Int64": "int", "Boolean": "bool", "String": "str"}


def _public(name):
    return not name.startswith("_")


def _type_of(converter):
    name = converter.removeprefix("_UniffiFfiConverter")
    if name.startswith("Optional"):
        return f"typing.Optional[{_type_of(name.removeprefix('Optional'))}]"
    return FIELDS[name]


def _docstring(node):
    text = ast.get_docstring(node, clean=False)
    return [ast.Expr(ast.Constant(text))] if text else []


def _function(node):
    node.body = _docstring(node) + [ast.Expr(ast.Constant(...))]
    node.args.defaults = [ast.Constant(...) for _ in node.args.defaults]
    if node.name == "__init__":
        node.returns = ast.Constant(None)
    for arg in node.args.args:
        # Text is what marks a name that stands later in the generated file; a stub needs no marks.
        if isinstance(arg.annotation, ast.Constant):
            arg.annotation = ast.parse(arg.annotation.value, mode="eval").body
    return node


def _members(node):
    shown, fields = [], [m for m in node.body if isinstance(m, ast.AnnAssign)]
    for member in node.body:
        if isinstance(member, ast.ClassDef) and _public(member.name):
            shown.append(_class(member))
        elif isinstance(member, ast.FunctionDef) and (_public(member.name) or member.name == "__init__"):
            shown.append(_function(member))
        elif isinstance(member, ast.Assign | ast.AnnAssign):
            shown.append(member)
    enum_of_classes = any(isinstance(m, ast.ClassDef) for m in shown)
    return [m for m in shown if not (enum_of_classes and isinstance(m, ast.FunctionDef))], fields


def _class(node):
    members, _ = _members(node)
    node.decorator_list = []
    node.body = _docstring(node) + members or [ast.Expr(ast.Constant(...))]
    return node


def _error(name, outer, inner, converter):
    """`class E(Exception)` and, nested, a subclass for each kind, with its fields' types from the converter."""
    read = next(m for m in converter.body if isinstance(m, ast.FunctionDef) and m.name == "read")
    calls = [n.value for n in ast.walk(read) if isinstance(n, ast.Return)]
    kinds = {call.func.attr: [_type_of(arg.func.value.id) for arg in call.args] for call in calls}
    body = []
    for kind in (m for m in inner.body if isinstance(m, ast.ClassDef)):
        names = [arg.arg for arg in next(m for m in kind.body if isinstance(m, ast.FunctionDef)).args.args[1:]]
        fields = [ast.parse(f"{field}: {of}").body[0] for field, of in zip(names, kinds[kind.name])]
        body.append((kind, fields))
    # What every kind has, the base has: `except Failure as e: e.code`.
    common = body[0][1] if all(ast.dump(ast.Module(f, [])) == ast.dump(ast.Module(body[0][1], [])) for _, f in body) else []
    outer.body = _docstring(outer) + common
    text = ast.unparse(outer)
    for kind, fields in body:
        kind.bases, kind.body = [ast.Name(f"_{name}")], _docstring(kind) + ([] if common else fields)
        kind.body = kind.body or [ast.Expr(ast.Constant(...))]
    shown = [ast.unparse(kind) for kind, _ in body]
    indented = "\n".join("    " + line if line else "" for line in "\n".join(shown).splitlines())
    # A class can't derive from the one that it stands in.
    base = text.replace(f"class {name}(", f"class _{name}(", 1)
    return f"{base}\n\nclass {name}(_{name}):\n{indented}"


def stub(source):
    """The stub of the generated module's text."""
    module = ast.parse(source)
    names = next(
        ast.literal_eval(n.value) for n in module.body
        if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", None) == "__all__"
    )
    classes = {}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            classes.setdefault(node.name, []).append(node)
    functions = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
    parts = ["import enum\nimport typing", f"__all__ = {sorted(names)!r}"]
    for name in names:
        if name in functions:
            parts.append(ast.unparse(_function(functions[name])))
        elif name in classes and len(classes[name]) == 2:
            converter = classes[f"_UniffiFfiConverterType{name}"][0]
            parts.append(_error(name, *classes[name], converter))
        elif name in classes and _public(name):
            parts.append(ast.unparse(_class(classes[name][0])))
        else:
            raise ValueError(f"{name}: no class and no function of the generated module")
    return "\n\n\n".join(parts) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as generated:
        sys.stdout.write(stub(generated.read()))
