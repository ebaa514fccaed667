"""What keeps the repository itself tidy: sizes, templates, settings, locks, layers, migrations."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = settings.BASE_DIR
APPS = ("portal", "partners", "networks", "offers")
TOP_LEVEL = {
    *APPS,
    *("manage.py", "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "package.json", "package-lock.json"),
    *("templates", "static", "tests", "locale", "docs", "deploy", "requirements"),
}


def _listed(*patterns: str) -> list[Path]:
    """Files that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return sorted({ROOT / name for name in names if name and (ROOT / name).is_file()})


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


FILES = _listed()
PYTHON = [file for file in FILES if file.suffix == ".py" and "migrations" not in file.parts]
TEMPLATES = [file for file in FILES if file.suffix in (".html", ".txt", ".xml") and "templates" in file.parts]
TEXTS = [file for file in FILES if file.suffix not in (".png", ".jpg", ".ico", ".webp", ".woff2", ".mo")]


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _limit(file: Path) -> int:
    if file == ROOT / "portal" / "settings.py":
        return 300
    return 800 if "tests" in file.relative_to(ROOT).parts else 400


def _definitions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def _length(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


# -- sizes -----------------------------------------------------------------------------------------------------------


def test_modules_are_short() -> None:
    assert {_name(file): _lines(file) for file in PYTHON if _lines(file) > _limit(file)} == {}


def test_functions_are_short() -> None:
    long = {
        f"{_name(file)}:{node.name}": _length(node)
        for file in PYTHON
        for node in _definitions(file)
        if not isinstance(node, ast.ClassDef) and _length(node) > 50
    }
    assert long == {}


def test_view_classes_are_short() -> None:
    long = {
        f"{_name(file)}:{node.name}": _length(node)
        for file in PYTHON
        for node in _definitions(file)
        if isinstance(node, ast.ClassDef)
        if node.name.endswith("View") or "views" in file.with_suffix("").parts
        if _length(node) > 100
    }
    assert long == {}


def test_templates_are_short() -> None:
    assert {_name(file): _lines(file) for file in TEMPLATES if _lines(file) > 150} == {}
    assert _lines(ROOT / "templates" / "base.html") < 90


def test_own_style_and_readme_are_short() -> None:
    assert (ROOT / "static" / "portal.css").stat().st_size <= 10 * 1024
    assert _lines(ROOT / "README.md") <= 100


# -- templates -------------------------------------------------------------------------------------------------------


# templates/kern/ is a crispy pack: crispy hands its fragments the form's whole context, a form for staff has its token.
PACK_RULES = {"inline style", "inline script", "event handler", "foreign host in a resource"}
# Pages for people who sign in: only these may have cookies, and so forms with a token.
SIGNED_IN = {"account", "mfa", "accounts", "workspace", "desk", "sheets", "steering"}


def _template_name(file: Path) -> str:
    parts = file.parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("templates") + 1 :])


def test_every_template_is_used() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in [*PYTHON, *TEMPLATES] if "tests" not in file.parts}
    django_looks_for = re.compile(r"^(admin/|account/|mfa/|[345]\d\d(_csrf)?\.html$|kern/|django/forms/|registration/)")
    unused = []
    for file in TEMPLATES:
        name = _template_name(file)
        app, _, rest = name.partition("/")
        by_convention = re.fullmatch(r"[a-z]+_(list|detail|form|confirm_delete)\.html", rest) and app in APPS
        asked = any(name in text for other, text in texts.items() if other != file) or _built_name(name, texts)
        if not (django_looks_for.match(name) or by_convention or asked):
            unused.append(name)
    assert unused == []


def _built_name(name: str, texts: dict[Path, str]) -> bool:
    """Whether code builds the name from its folder and the plain word, as f"portal/{name}.html"."""
    folder, _, file = name.rpartition("/")
    word = Path(file).stem
    code = [text for other, text in texts.items() if other.suffix == ".py"]
    return any(re.search(rf'f"{re.escape(folder)}/[a-z_]*\{{', text) for text in code) and any(
        re.search(rf'"{re.escape(word)}"|"{re.escape(word.rpartition("_")[2])}"', text) for text in code
    )


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("inline style", r"<style\b|\sstyle\s*="),
        ("inline script", r"<script\b(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)"),
        ("event handler", r"<[^>]*\son[a-z]+\s*="),
        ("include without only", r"\{% include (?:(?!%\}).)*(?<!only) %\}"),
        ("form token on a page without cookies", r"\{% csrf_token %\}"),
        ("foreign host in a resource", r"""<(?:link|script|img|iframe|source)\b[^>]*(?:href|src)=["'](?:https?:)?//"""),
    ],
)
def test_templates_hold_no(what: str, pattern: str) -> None:
    found = [
        f"{_name(file)}: {match[0][:80]}"
        for file in TEMPLATES
        if "admin" not in file.parts
        if "kern" not in file.parts or what in PACK_RULES
        if not (what.startswith("form token") and SIGNED_IN & set(file.parts))
        if not (what == "inline style" and "mail" in file.parts)  # a mail can load no style sheet
        for match in re.finditer(pattern, _without_comments(file.read_text(encoding="utf-8")))
    ]
    assert found == []


def _without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", "", text, flags=re.DOTALL)


def test_fragments_do_not_extend() -> None:
    assert [_name(f) for f in TEMPLATES if f.name.startswith("_") and "{% extends" in f.read_text("utf-8")] == []


def test_views_and_filters_hold_no_query_rules() -> None:
    rule = re.compile(r"\bQ\(|\.annotate\(|\bSubquery\(|\bF\(")
    places = [file for file in PYTHON if file.parent.parent == ROOT and re.match(r"views|filters", file.name)]
    assert [_name(file) for file in places if rule.search(file.read_text(encoding="utf-8"))] == []


# -- settings and locks ----------------------------------------------------------------------------------------------


def test_the_example_names_every_setting_and_no_other() -> None:
    from portal.settings import environment

    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert example == environment.known


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt"])
def test_python_locks_carry_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9.-]+==\S+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", entry), entry[:100]
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_lock_for_tests_holds_the_lock_for_running() -> None:
    base, dev = (
        set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("base.txt", "dev.txt")
    )
    assert base <= dev


def test_the_npm_lock_carries_hashes_and_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages.pop("")
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []


def test_no_registry_and_no_machine_path_is_committed() -> None:
    words = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org"]
    paths = ["/wo" + "rk/", "/ro" + "ot/", "/home" + "/", "/User" + "s/"]
    bad = re.compile("|".join(map(re.escape, [*words, *paths])))
    found = [f"{_name(f)}: {m[0]}" for f in TEXTS for m in [bad.search(f.read_text("utf-8", errors="replace"))] if m]
    assert found == []


def test_the_top_level_holds_what_the_design_allows() -> None:
    names = {file.relative_to(ROOT).parts[0] for file in FILES}
    assert {name for name in names if not name.startswith(".")} - TOP_LEVEL == set()


# -- floors and migrations -------------------------------------------------------------------------------------------


def test_lower_floors_import_no_upper_one() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_addresses_include_apps_by_string() -> None:
    text = (ROOT / "portal" / "urls.py").read_text(encoding="utf-8")
    assert not re.search(r"\b(import|from) (offers|networks|partners)", text)
    assert {'include("offers.urls")', 'include("networks.urls")', 'include("partners.urls")'} <= set(
        re.findall(r'include\("\w+\.urls"\)', text)
    )


def test_no_app_imports_the_views_of_another() -> None:
    found = [
        f"{_name(file)}: {match[0]}"
        for file in PYTHON
        for match in re.finditer(r"from (\w+)\.views", file.read_text(encoding="utf-8"))
        if file.relative_to(ROOT).parts[0] in APPS and match[1] in APPS and file.relative_to(ROOT).parts[0] != match[1]
        if file.stem != "views" or match[1] != "portal"
    ]
    assert found == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_have_names() -> None:
    automatic = re.compile(r"^\d{4}_(auto_|alter_.+_and_more)")
    files = [file for file in FILES if file.parent.name == "migrations"]
    assert [_name(file) for file in files if automatic.match(file.name)] == []
