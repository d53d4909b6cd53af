"What a cell reads and what it binds, so that a page can run just the cells that an exercise needs."
import ast
import builtins
import symtable


def globals_of(table):
    "The names that a scope and those inside it look up outside of functions."
    top = table.get_type() == "module"
    found = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return found.union(*map(globals_of, table.get_children()))


def root(node):
    "The name at the start of `name.a[0].b`, or None."
    while isinstance(node, (ast.Attribute, ast.Subscript)): node = node.value
    return node.id if isinstance(node, ast.Name) else None


def at_once(node):
    "A statement and what stands in it, but for the bodies of functions, which run later."
    yield node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)): return
    for child in ast.iter_child_nodes(node): yield from at_once(child)


def changed(statement):
    "The names whose objects a statement changes: `a.b = 1`, `a[0] += 1`, `a.append(1)`."
    inside = [*at_once(statement)]
    places = [n for n in inside if isinstance(getattr(n, "ctx", None), ast.Store)]
    places += [n.value.func for n in inside if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)]
    return {root(p) for p in places if isinstance(p, (ast.Attribute, ast.Subscript))} - {None}


def imported(source):
    "The names that a cell imports: calls of what is in a module don't change the module."
    inside = (n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.Import, ast.ImportFrom)))
    return {(a.asname or a.name).split(".")[0] for n in inside for a in n.names}


def names(source):
    """The names that a cell reads before it binds them, binds, and changes; a function's body is read when it is called, which
    may be after the whole cell has run."""
    reads, binds, changes, later = set(), set(), set(), set()
    for statement in ast.parse(source).body:
        table = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
        inner = set().union(*map(globals_of, table.get_children()))
        outer = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
        outer |= {n.target.id for n in at_once(statement) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
        loops = (n for f in at_once(statement) if isinstance(f, ast.For) for n in ast.walk(f.target))
        outer -= {n.id for n in loops if isinstance(n, ast.Name)}
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)): later |= inner
        else: outer |= inner
        reads |= outer - binds
        changes |= changed(statement)
        binds |= {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    known = set(dir(builtins))
    return {"reads": sorted((reads | later - binds) - known), "binds": sorted(binds), "changes": sorted(changes - binds)}
