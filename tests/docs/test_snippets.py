"""Runs every snippet of the READMEs and docs/, page by page, in an empty folder of its own.

- A `python` block runs in the namespace of the page. A `text` block right after it is what it prints.
- A `console` block holds `$ command` lines, each followed by what it prints, if the page shows that.
- A `toml`, `json`, `jsonl`, `csv` or `python` block with `title="FILE"` is written to that file.
- Any other `toml` block is a piece of a `prodgen.toml`: it has to be valid, the sections of plugins included.
- A `sh` block only names commands that CI runs as a whole, that install something, or that start or ask an example's server.
- `<!-- install: FOLDER -->` on a page installs that package for its commands, and copies it to the last part of its name.
- `<!-- needs: NAME -->` before a block skips the rest of the page where NAME is not there.

A `prodgen` command that needs no shell runs in a fork of a process that has imported what all of them import.

In what is printed, `...` stands for anything, and the amount of white space does not count.
"""

import contextlib
import doctest
import importlib.util
import io
import multiprocessing
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from prodgen_sdk import runtime
from prodgen_sdk.config import Config, validate
from prodgen_sdk.errors import MissingDependency
from prodgen_sdk.host import Host

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for pattern in ("README.md", "docs/**/*.md", "plugins/*/README.md", "examples/*/README.md")
    for path in sorted(ROOT.glob(pattern))
]
INSTALLERS = (
    "make ",
    "pip install ",
    "git clone ",
    "cd ",
    "python ",
    "prodgen models pull ",
    "PRODGEN_WORKSPACE=shop ",
    "curl ",
    "createuser ",
    "createdb ",
    ". ",
    "#",
)
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]+)?(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
NEEDS = re.compile(r"<!-- needs: (\S+) -->\s*$")
PROGRESS = re.compile(r"^\w+: \d+ (of \d+ )?\w+.*\n", re.MULTILINE)  # shown only where it takes longer than a second
SECONDS = 300
PRELOADED = [
    *("prodgen_sdk.cli", "prodgen_sdk.studio", "prodgen_sdk.store", "prodgen_sdk.serving.recommender"),
    *("scipy.ndimage", "torch"),
    *(found.module for found in entry_points(group="prodgen")),
]
FORKED = """
import os, sys
from prodgen_sdk.cli import main
os.chdir(folder)
os.environ.clear()
os.environ.update(environment)
for stream in (1, 2):
    os.dup2(os.open(output, os.O_WRONLY | os.O_APPEND), stream)
sys.argv = argv
sys.exit(main())
"""
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Snippet:
    line: int
    language: str
    title: str
    needs: str
    body: str


def snippets(page: Path) -> list[Snippet]:
    text = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(text):
        before = text[: match.start()]
        title = re.search(r'title="([^"]+)"', match["info"])
        needs = NEEDS.search(before)
        body = re.sub(rf"^{match['indent']}", "", match["body"], flags=re.MULTILINE)
        found.append(
            Snippet(
                before.count("\n") + 1,
                match["language"] or "",
                title[1] if title else "",
                needs[1] if needs else "",
                body,
            )
        )
    return found


def is_there(need: str) -> bool:
    if need == "pose":
        try:
            return runtime.models_folder("pose").is_dir()
        except MissingDependency:
            return False
    if need == "postgresql":
        return bool(os.environ.get("PRODGEN_TEST_POSTGRES"))
    return importlib.util.find_spec(need) is not None


def commands(body: str) -> list[tuple[str, str]]:
    """(command, what it prints or "") of each `$ ` line; a command goes on after a backslash at its end."""
    body = body.replace("\\\n", " ")
    assert body.startswith("$ "), "a console block starts with a $ line"
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def expect(printed: str, wanted: str, where: str) -> None:
    if wanted := wanted.strip():
        check = doctest.OutputChecker().check_output
        # What is left out at the end may be nothing: then the white space before it is not there either.
        same = any(
            check(f"{said.rstrip()}\n", f"{printed.strip()}\n", LOOSE)
            for said in (wanted, wanted.removesuffix("\n..."))
        )
        assert same, f"{where} printed\n{printed}\nbut the page says\n{wanted}"


def install(folder: Path, monkeypatch) -> None:
    """Installs a package beside the page's files, where only the page's own commands see it."""
    target = Path.cwd() / ".site-packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", target, folder], check=True, timeout=300)
    shutil.copytree(folder, folder.name.rpartition("-")[2], ignore=shutil.ignore_patterns("__pycache__", ".*"))
    monkeypatch.setenv("PYTHONPATH", str(target))


def run_console(body: str, where: str) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "120"}
    for command, wanted in commands(body):
        if folder := re.fullmatch(r"cd (\S+)", command):
            os.chdir(folder[1])
            continue
        alone = re.fullmatch(r"prodgen [^|&;<>$`*]+", command) and "PYTHONPATH" not in environment
        code, printed = (run_forked if alone else run_in_shell)(command, environment)
        assert code == 0, f"{where}: `{command}` ended with {code}\n{printed}"
        expect(PROGRESS.sub("", printed), wanted, f"{where}: `{command}`")


def run_in_shell(command: str, environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and what was printed."""
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout


def run_forked(command: str, environment: dict[str, str]) -> tuple[int | None, str]:
    """The same for a single `prodgen` command, in a process that need not import again what every command imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with tempfile.NamedTemporaryFile() as output:
        given = {"folder": Path.cwd(), "environment": environment, "argv": shlex.split(command), "output": output.name}
        process = context.Process(target=exec, args=(FORKED, given))
        process.start()
        process.join(SECONDS)
        process.kill()  # it has ended, or takes too long
        process.join()
        return process.exitcode, Path(output.name).read_text("utf-8")


def check_configuration(body: str, where: str, monkeypatch) -> None:
    for name in re.findall(r'env = "(\w+)"', body):
        monkeypatch.setenv(name, "a-secret")
    host = Host.discover(validate(Config, tomllib.loads(body), where=where))
    assert [record.error for record in host.plugins if record.status == "failed"] == [], where


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "snippet"}
    printed = ""
    for folder in re.findall(r"<!-- install: (\S+) -->", page.read_text("utf-8")):
        install(ROOT / folder, monkeypatch)
    generated = page.read_text("utf-8").startswith("<!-- Written by docs/")
    for snippet in () if generated else snippets(page):
        where = f"{page.relative_to(ROOT)}:{snippet.line}"
        if snippet.needs and not is_there(snippet.needs):
            pytest.skip(f"{where} needs {snippet.needs}")
        if snippet.body.lstrip().startswith("--8<--"):
            continue  # an included file, which has tests of its own
        if snippet.title and snippet.language in ("toml", "json", "jsonl", "csv", "python"):
            path = tmp_path / snippet.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(snippet.body, "utf-8")
        elif snippet.language == "python":
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile("\n" * snippet.line + snippet.body, str(page), "exec"), namespace)
            printed = output.getvalue()
            continue
        elif snippet.language == "console":
            run_console(snippet.body, where)
        elif snippet.language == "sh":
            for line in filter(None, snippet.body.splitlines()):
                assert line.startswith(INSTALLERS), f"{where}: write a `console` block, so that `{line}` is run"
        elif snippet.language == "toml":
            check_configuration(snippet.body, where, monkeypatch)
        elif snippet.language == "text" and printed:
            expect(printed, snippet.body, where)
        else:
            assert snippet.language in ("text", ""), f"{where}: nothing checks a `{snippet.language}` block"
        printed = ""


def test_an_expectation_can_fail():
    with pytest.raises(AssertionError, match="but the page says"):
        expect("a blue mug", "a red mug", "here")
    expect("front.png  3.14 s", "front.png ... s", "here")


def test_console_blocks_are_split_into_commands():
    assert commands("$ echo a \\\n  b\na b\n$ true\n") == [("echo a    b", "a b\n"), ("true", "")]


def test_bash_is_there():
    assert shutil.which("bash")
