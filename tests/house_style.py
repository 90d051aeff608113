"""Measures the code: `python -m tests.house_style` prints the table."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "admin", "public")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file of the program, read."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How long it is."""
        return len(self.text.splitlines())


def modules() -> list[Module]:
    """All modules of the program, without its tests."""
    paths = [ROOT / "app.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]
    return [_module(path) for path in paths]


def _module(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, text, ast.parse(text))


def functions(module: Module) -> Iterator[Function]:
    """Its functions, inner ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """The lines of a function from `def` to its end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def lengths() -> dict[str, int]:
    """How long each function is, by `module:line name`."""
    return {
        f"{module.name}:{function.lineno} {function.name}": length(function)
        for module in modules()
        for function in functions(module)
    }


def imports(module: Module, known: set[str]) -> Iterator[str]:
    """The modules of the program that it imports, those for type checking alone left out."""
    typing_only = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in known:
                    yield inner
                elif node.module in known:
                    yield node.module


def import_graph() -> dict[str, set[str]]:
    """Which module imports which."""
    found = modules()
    known = {module.name for module in found}
    return {module.name: set(imports(module, known)) - {module.name} for module in found}


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """One cycle of a graph, as the path that closes; empty where there is none."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for target in sorted(graph.get(name, ())):
            if found := visit(target, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := visit(name, []))), [])


def broad_excepts() -> list[str]:
    """Where anything at all is caught, as `module:line`."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
    ]


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(part) for part in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})


def figures() -> dict[str, float]:
    """The measures of the house style."""
    sizes = sorted(lengths().values())
    files = [module.lines for module in modules()]
    tests = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py"))
    return {
        "functions": len(sizes),
        "function lines, median": median(sizes),
        "function lines, 95 %": quantiles(sizes, n=20)[-1],
        "function lines, longest": sizes[-1],
        "modules": len(files),
        "module lines, median": median(files),
        "module lines, longest": max(files),
        "tests : code": round(tests / sum(files), 2),
    }


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:26}{value:8g}")  # noqa: T201  this is what it is for
