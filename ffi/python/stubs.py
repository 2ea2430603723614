"""The public surface of the generated module as a stub: declarations and docstrings, without what makes them work."""
import ast
import sys
import textwrap

# The converters of what an error's fields are: the generator writes no types on these.
FIELDS = {"UInt8": "int", "UInt16": "int", "UInt32": "int", "Int64": "int", "Boolean": "bool", "String": "str"}


def _type_of(converter):
    name = converter.removeprefix("_UniffiFfiConverter")
    if name.startswith("Optional"):
        return f"{_type_of(name.removeprefix('Optional'))} | None"
    return FIELDS[name]


def _annotation(node):
    # Text is what marks a name that stands later in the generated file; a stub needs no marks.
    text = ast.unparse(node).replace("'", "").replace("typing.List[", "list[")
    while "typing.Optional[" in text:
        start = text.index("typing.Optional[")
        end = text.rindex("]")
        text = f"{text[:start]}{text[start + 16:end]} | None{text[end + 1:]}"
    return text


def _docstring(node):
    text = (ast.get_docstring(node) or "").replace("\\", "\\\\")
    return [f'"""{text}"""' if "\n" not in text else f'"""{text}\n"""'] if text else []


def _indented(lines):
    return [textwrap.indent(line, "    ") for line in lines]


def _function(node):
    def shown(arg):
        return f"{arg.arg}: {_annotation(arg.annotation)}" if arg.annotation else arg.arg

    def listed(args, defaults):
        defaults = [None] * (len(args) - len(defaults)) + list(defaults)
        return [shown(arg) + (" = ..." if default else "") for arg, default in zip(args, defaults)]

    args = listed(node.args.args, node.args.defaults)
    if node.args.kwonlyargs:
        args += ["*"] + listed(node.args.kwonlyargs, node.args.kw_defaults)
    returns = "None" if node.name == "__init__" else _annotation(node.returns)
    front = ["@classmethod"] if any(getattr(d, "id", "") == "classmethod" for d in node.decorator_list) else []
    head = f"def {node.name}({', '.join(args)}) -> {returns}:"
    said = _docstring(node)
    return front + ([head] + _indented(said) if said else [head + " ..."])


def _class(name, node, bases=(), fields=()):
    """A class; `fields`: of an error, `(name, type)`."""
    body = [f"{field}: {of}" for field, of in fields]
    for member in node.body:
        if isinstance(member, ast.ClassDef):
            body += _class(member.name, member, [name])
        elif isinstance(member, ast.FunctionDef) and member.name == "__init__" and not fields:
            keys = [arg for arg in member.args.args[1:] + member.args.kwonlyargs if arg.annotation]
            # An object takes what it is made of and keeps it for itself.
            if not any(isinstance(m, ast.AnnAssign) and m.target.id == "_handle" for m in node.body):
                body += [f"{arg.arg}: {_annotation(arg.annotation)}" for arg in keys]
            if keys:
                body += _function(member)
        elif isinstance(member, ast.FunctionDef) and not member.name.startswith(("_", "is_")):
            body += _function(member)
        elif isinstance(member, ast.Assign):
            body += [ast.unparse(member)]
    head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
    body = _docstring(node) + body
    return [head] + _indented(body) if body else [head + " ..."]


def _error(name, outer, inner, converter):
    """An exception and, in it, a subclass for each kind, with the fields' types from the converter."""
    read = next(m for m in converter.body if isinstance(m, ast.FunctionDef) and m.name == "read")
    calls = [node.value for node in ast.walk(read) if isinstance(node, ast.Return)]
    types = {call.func.attr: [_type_of(arg.func.value.id) for arg in call.args] for call in calls}
    kinds = [member for member in inner.body if isinstance(member, ast.ClassDef)]
    fields = {}
    for kind in kinds:
        init = next(m for m in kind.body if isinstance(m, ast.FunctionDef) and m.name == "__init__")
        fields[kind.name] = list(zip([arg.arg for arg in init.args.args[1:]], types[kind.name], strict=True))
    # What every kind has, the base has: `except Failure as e: e.code`.
    common = [field for field in fields[kinds[0].name] if all(field in of for of in fields.values())]
    shown = _class(name, outer, ["Exception"], common)
    for kind in kinds:
        own = [field for field in fields[kind.name] if field not in common]
        kind.body = kind.body[:1] if ast.get_docstring(kind) else []
        shown += _indented(_class(kind.name, kind, [name], own))
    return shown


def stub(source):
    """The stub of the generated module's text."""
    module = ast.parse(source)
    names = next(
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "__all__"
    )
    classes = {}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            classes.setdefault(node.name, []).append(node)
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    parts = [["import enum", "import typing"]]
    for name in names:
        if name in functions:
            parts.append(_function(functions[name]))
        elif len(classes.get(name, ())) == 2:
            parts.append(_error(name, *classes[name], classes[f"_UniffiFfiConverterType{name}"][0]))
        elif name in classes:
            bases = [ast.unparse(base) for base in classes[name][0].bases]
            parts.append(_class(name, classes[name][0], bases))
        else:
            raise ValueError(f"{name}: no class and no function of the generated module")
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as generated:
        sys.stdout.write(stub(generated.read()))
