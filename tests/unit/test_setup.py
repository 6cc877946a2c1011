"""Setting up: the lock files are in step, what goes wrong is said in plain words, the server serves as a host would."""

from __future__ import annotations

import collections
import gzip
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import threading
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from likely.cli import Problem, browser, html, lab, main, node, serve

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = [ROOT / name for name in ("requirements.lock", "requirements-weights.lock", "requirements-uv.lock")]
TORCH = ROOT / "bench" / "requirements-torch.txt"


@pytest.fixture(scope="module")
def course():
    spec = importlib.util.spec_from_file_location("course", ROOT / "utils" / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------------- the lock files


def locked(path: Path) -> dict[str, list[tuple[Requirement, int]]]:
    """Each package of a lock file: its lines, and the number of hashes of each."""
    found = collections.defaultdict(list)
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip()):
        if block:
            requirement = Requirement(block.split(" \\")[0])
            found[canonicalize_name(requirement.name)].append((requirement, len(re.findall("--hash=sha256:", block))))
    return found


@pytest.mark.parametrize("path", [*LOCKS, TORCH], ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_hashes(path):
    for name, lines in locked(path).items():
        for requirement, hashes in lines:
            assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), name
            assert hashes, f"{name} has no hash"


@pytest.mark.parametrize("path", [*LOCKS, TORCH], ids=lambda path: path.name)
def test_a_lock_names_no_index(path):
    assert not re.search(r"https?:|file:|^-|index-url|find-links", path.read_text(encoding="utf-8"), re.MULTILINE)


def declared(*extras: str) -> list[Requirement]:
    """The dependencies in pyproject.toml, with the extras (an extra may name others)."""
    found = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    for extra in extras:
        for text in PROJECT["project"]["optional-dependencies"][extra]:
            requirement = Requirement(text)
            found += declared(*requirement.extras) if requirement.name == PROJECT["project"]["name"] else [requirement]
    return found


def test_what_the_project_declares_is_locked_within_its_range():
    lock = locked(LOCKS[0])
    for requirement in declared("dev"):
        lines = lock.get(canonicalize_name(requirement.name))
        assert lines, f"{requirement.name} is not in the lock: run `make lock`"
        for line, _ in lines:
            version = str(line.specifier).removeprefix("==")
            assert requirement.specifier.contains(version, prereleases=True), f"{line}, not {requirement}: `make lock`"


def test_accelerators_ask_for_the_same_jax_as_the_project():
    (wanted,) = [r.specifier for r in declared() if r.name == "jax"]
    for extra in ("cuda", "tpu"):
        assert [Requirement(text).specifier for text in PROJECT["project"]["optional-dependencies"][extra]] == [wanted]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_the_lock_is_for_every_system_and_python(python, system):
    """One line of each package holds there at most, and jax does."""
    here = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system],
        "platform_machine": "arm64" if system == "darwin" else "x86_64",
    }
    for name, lines in locked(LOCKS[0]).items():
        holding = [r for r, _ in lines if r.marker is None or Marker(str(r.marker)).evaluate(here)]
        assert len(holding) <= 1, name
        if name in ("jax", "jaxlib", "flax", "onnxruntime", "jupyterlab"):
            assert holding, name


def test_torch_stays_in_a_file_of_its_own():
    for path in LOCKS:
        assert not any(name.startswith(("torch", "nvidia-", "triton")) for name in locked(path))
    (linux,) = [r for r, _ in locked(TORCH)["torch"] if r.marker.evaluate({"sys_platform": "linux"})]
    assert str(linux.specifier).endswith("+cpu")
    assert not any(name.startswith(("nvidia-", "cuda-", "triton")) for name in locked(TORCH))


@pytest.mark.parametrize(("group", "path"), [("weights", LOCKS[1]), ("uv", LOCKS[2])])
def test_small_locks_hold_their_group_and_no_dependencies(group, path):
    wanted = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependency-groups"][group]}
    assert set(locked(path)) == wanted


def test_weights_packages_are_not_dependencies_of_the_project():
    weights = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependency-groups"]["weights"]}
    assert not weights & set(locked(LOCKS[0]))


def test_conda_takes_its_packages_from_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    (pip,) = [line["pip"] for line in environment["dependencies"] if isinstance(line, dict)]
    assert pip == [f"-r {LOCKS[0].name}"]
    assert {re.split("[=<>]", line)[0] for line in conda} == {"python", "pip"}
    (python,) = [line.removeprefix("python=") for line in conda if line.startswith("python=")]
    assert Requirement(f"python{PROJECT['project']['requires-python']}").specifier.contains(Version(python))


def test_the_same_pythons_everywhere(course):
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.14"
    assert (course.OLDEST, course.NEWEST) == ((3, 11), (3, 13))


def test_likely_refuses_what_pyproject_refuses(monkeypatch):
    import likely

    (wanted,) = [r.specifier for r in declared() if r.name == "jax"]
    (oldest, below) = [".".join(map(str, bound)) for bound in likely._JAX]
    assert str(wanted) == f"<{below},>={oldest}"
    monkeypatch.setattr(likely._metadata, "version", lambda name: "0.9.2")
    with pytest.raises(ImportError, match=r"does not run on JAX 0\.9\.2.*pip install 'jax>=0\.10,<0\.13'"):
        likely._check_jax()


def test_third_party_names_what_is_shipped():
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    package = json.loads((ROOT / "utils" / "web" / "package.json").read_text(encoding="utf-8"))
    data = json.loads((ROOT / "utils" / "likely" / "data" / "files" / "provenance.json").read_text(encoding="utf-8"))
    others = [name for name, entry in data.items() if entry["packages"]]
    assert not [name for name in [*package["dependencies"], *package["devDependencies"], *others] if name not in text]


def test_tracked_files_stay_small():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    sizes = {path: path.stat().st_size for path in files}
    largest = sorted(sizes, key=sizes.get)[-5:]
    assert sum(sizes.values()) <= 50 * 2**20, f"the largest: {largest}"


def test_importing_likely_is_light():
    code = "import sys, likely, likely.cli; sys.exit(any(m in sys.modules for m in ('jax', 'numpy', 'flax', 'plotly')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


# ---------------------------------------------------------------------- utils/course.py


def test_course_parses_on_old_pythons():
    """Python 3.6 has to get as far as the message; the grammar of 3.7 is the oldest that can be asked for."""
    import ast

    source = (ROOT / "utils" / "course.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert "from __future__ import annotations" not in source


def test_an_old_python_is_told_what_is_needed(course, monkeypatch):
    monkeypatch.setattr(course, "unsupported", lambda: "this is Python 3.9")
    monkeypatch.setattr(course, "other_pythons", list)
    with pytest.raises(course.Problem, match=r"needs Python 3\.11, 3\.12 or 3\.13 .*; this is Python 3\.9"):
        course.move_to_supported_python(here=False)


def test_python_versions(course):
    assert course.unsupported((3, 9)) == "this is Python 3.9"
    assert course.unsupported((3, 14)) == "this is Python 3.14"
    assert course.works(sys.executable)
    assert not course.works("/no/such/python")


def test_a_small_disk_is_seen_before_the_download(course, monkeypatch, tmp_path):
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: usage(10**10, 9 * 10**9, 10**9))
    env = course.Environment(tmp_path / "venv", tmp_path / "venv/bin/python", ours=True)
    with pytest.raises(course.Problem, match=r"needs 3 GB of free disk; .* has 1\.0 GB"):
        course.check_room(env, "cpu", fresh=True)
    course.check_room(env, "cpu", fresh=False)


@pytest.mark.parametrize(
    ("machine", "system", "words"),
    [("x86_64", "Darwin", "no build for Darwin on x86_64"), ("armv7l", "Linux", "no build for Linux on armv7l")],
)
def test_a_system_without_jax_is_told(course, monkeypatch, machine, system, words):
    monkeypatch.setattr(course.platform, "machine", lambda: machine)
    monkeypatch.setattr(course.platform, "system", lambda: system)
    with pytest.raises(course.Problem, match=words):
        course.check_system()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: Failed to fetch: `http://h/simple/jax/`\n  Caused by: error sending request", "jax could"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)': /simple/uv/\n"
            "ERROR: No matching distribution found for uv==0.13.9",
            "cannot be reached",
        ),
        ("error: Failed to install: x.whl\n  Caused by: No space left on device (os error 28)", "disk is full"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "error: Failed to download `zipp==4.1.2`\n  cause: Hash mismatch for `zipp==4.1.2`",
            "not the one that the lock",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "not the one that the lock names",
        ),
        ("invalid peer certificate: UnknownIssuer", "certificate is not trusted"),
        ("error: externally-managed-environment", "belongs to the system"),
        ("Permission denied (os error 13)", "cannot be written to"),
        ("error: Distribution `jaxlib==0.10.2` has no wheels with a matching platform tag", "no build of jaxlib"),
    ],
)
def test_what_an_installer_says_is_said_plainly(course, output, words):
    assert words in str(course.explain(output))


def test_an_unknown_failure_is_not_explained_away(course):
    assert course.explain("Segmentation fault") is None


def run_course(tree: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_", "LIKELY_", "CONDA_"))}
    python = getattr(sys, "_base_executable", sys.executable)
    return subprocess.run(
        [python, "utils/course.py", *arguments],
        cwd=tree,
        env={**keep, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def tree(tmp_path):
    """As much of the checkout as setting up needs."""
    for name in ("utils/course.py", "utils/likely/cli/html.py", "pyproject.toml", *(path.name for path in LOCKS)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def test_without_a_network_it_says_so(tree):
    with socket.socket() as closed:  # bound and not listening: nobody answers there
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        done = run_course(
            tree,
            "html",
            PIP_INDEX_URL=index,
            PIP_NO_CACHE_DIR="1",
            PIP_CONFIG_FILE=os.devnull,
            UV_CACHE_DIR=str(tree / "cache"),
            HOME=str(tree),
        )
    assert done.returncode == 1
    assert "could not be downloaded: the package index cannot be reached" in done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_python_without_venv_is_told_the_package(tree):
    (tree / "shadow").mkdir()
    (tree / "shadow" / "ensurepip.py").write_text("raise ImportError")
    done = run_course(tree, "setup", PYTHONPATH=str(tree / "shadow"))
    assert done.returncode == 1
    assert re.search(r"sudo apt install python3\.\d+-venv", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_environment_is_left_alone(tree):
    (tree / ".venv").mkdir()
    (tree / ".venv" / "thesis.txt").write_text("all of it")
    done = run_course(tree, "setup")
    assert done.returncode == 1
    assert "is not an environment; move it away" in done.stderr
    assert (tree / ".venv" / "thesis.txt").exists()


def test_an_unknown_command_is_refused_before_anything_is_set_up(tree):
    done = run_course(tree, "hmtl")
    assert done.returncode == 1
    assert "There is no command 'hmtl'" in done.stderr
    assert not (tree / ".venv").exists()


def test_make_lists_what_there_is(course, capsys):
    course.print_help()
    shown = capsys.readouterr().out
    for name in ("book", "html", "lab", "test", "bench", "doctor", "setup", "lock", "clean"):
        assert re.search(rf"^  {name} +\w", shown, re.MULTILINE), name
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    assert set(targets) >= {"book", "html", "lab", "test", "bench", "doctor", "setup", "lock", "clean", "help"}


# ---------------------------------------------------------------------- the server

FILES = {
    "index.html": b"<p>Hello</p>" * 99,
    "a.mjs": b"export default 1;\n" * 99,
    "a.wasm": b"\0asm" * 99,
    "a.css": b"p{}" * 99,
    "a.json": b"[1, 2]" * 99,
    "a.svg": b"<svg/>" * 99,
    "a.bin": gzip.compress(b"weights"),
    "a.woff2": b"wOF2" * 99,
    "sub/index.html": b"<p>Sub</p>",
}
TYPES = {
    "": "text/html; charset=utf-8",
    "a.mjs": "text/javascript; charset=utf-8",
    "a.wasm": "application/wasm",
    "a.css": "text/css; charset=utf-8",
    "a.json": "application/json",
    "a.svg": "image/svg+xml",
    "a.bin": "application/octet-stream",
    "a.woff2": "font/woff2",
}


@pytest.fixture(params=["", "some/course"], ids=["root", "sub-path"])
def served(tmp_path, request):
    for name, data in FILES.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_bytes(data)
    (tmp_path / "secret.txt").write_text("not for the site")
    with serve.Server(tmp_path / "site", 0, request.param, {"Content-Security-Policy": "default-src 'self'"}) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def get(address: str, **headers: str):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(urllib.request.Request(address, headers={k.replace("_", "-"): v for k, v in headers.items()}))


@pytest.mark.parametrize("name", TYPES)
def test_types_and_compression(served, name):
    data = FILES[name or "index.html"]
    plain = get(served.url + name)
    assert plain.headers["Content-Type"] == TYPES[name]
    assert plain.headers["Content-Encoding"] is None
    assert plain.headers["Content-Security-Policy"] == "default-src 'self'"
    assert plain.read() == data
    packed = get(served.url + name, Accept_Encoding="gzip")
    if name.endswith((".bin", ".woff2")):  # packed already: no host packs them again
        assert packed.headers["Content-Encoding"] is None
    else:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.read()) == data


def test_a_changed_file_is_served_anew(served):
    first = get(served.url + "a.css", Accept_Encoding="gzip")
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        get(served.url + "a.css", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert unchanged.value.code == 304
    (served.folder / "a.css").write_bytes(b"p{color:red}")
    os.utime(served.folder / "a.css", (1, 1))
    again = get(served.url + "a.css", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert gzip.decompress(again.read()) == b"p{color:red}"


@pytest.mark.parametrize("path", ["no-such-page.html", "../secret.txt", "%2e%2e/secret.txt", "a.css/", "%00"])
def test_nothing_else_is_served(served, path):
    with pytest.raises(urllib.error.HTTPError) as missing:
        get(served.url + path)
    assert missing.value.code == 404


def test_a_folder_is_its_index(served):
    assert get(served.url + "sub").url == served.url + "sub/"
    assert get(served.url + "sub/?x=1").read() == b"<p>Sub</p>"


def test_a_port_in_use_is_said_plainly(capsys, monkeypatch, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {port} is in use"):
            serve.check_free(port)
        with pytest.raises(Problem, match=rf"Port {port} is in use"):
            serve.open_server(tmp_path, port)
        monkeypatch.setattr(html, "build", lambda force: pytest.fail("built first"))
        assert main(["book", "--port", str(port)]) == 1
        assert f"Port {port} is in use" in capsys.readouterr().err


def test_without_a_port_the_next_free_one_is_taken(tmp_path, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(serve, "FIRST_PORT", other.getsockname()[1])
        with serve.open_server(tmp_path, None) as server:
            assert server.server_address[1] != other.getsockname()[1]
            assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "8000.5", "²"])
def test_a_port_is_a_number(text, capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--port", text])
    assert "is not a port" in capsys.readouterr().err or text == "-1"


# ---------------------------------------------------------------------- the other commands


def test_lab_saves_the_state_of_figures_and_keeps_other_settings(tmp_path):
    path = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True)
    themes, notices = "@jupyterlab/apputils-extension:themes", "@jupyterlab/apputils-extension:notification"
    path.write_text(json.dumps({themes: {"theme": "JupyterLab Dark"}, notices: {"doNotDisturbMode": True}}))
    lab.write_settings(tmp_path)
    written = json.loads(path.read_text())
    assert written["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}
    assert written[themes] == {"theme": "JupyterLab Dark"}
    assert written[notices] == {"doNotDisturbMode": True, "fetchNews": "false", "checkForUpdates": False}
    path.write_text("{")
    with pytest.raises(Problem, match="is not JSON"):
        lab.write_settings(tmp_path)


def test_lab_listens_on_this_machine_only(monkeypatch):
    monkeypatch.setattr(lab, "has_display", lambda: False)
    command = lab.command(port=9001)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--ServerApp.port=9001" in command
    assert "--no-browser" in command


def test_a_browser_is_found_or_the_three_ways_are_named(monkeypatch, tmp_path):
    for name in ("PATH", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(browser, "_INSTALLED", {"chromium": (), "firefox": ()})
    monkeypatch.delenv("LIKELY_CHROMIUM", raising=False)
    with pytest.raises(Problem) as missing:
        browser.find_chromium()
    for way in ("make browser ARGS=install", "apt-get install chromium", "LIKELY_CHROMIUM="):
        assert way in str(missing.value)
    for revision in ("chromium-999", "chromium-1200"):  # Playwright's own: the newest
        program = tmp_path / revision / "chrome-linux" / "chrome"
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    assert browser.find_chromium() == program
    monkeypatch.setenv("LIKELY_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(Problem, match=r"LIKELY_CHROMIUM is .* no such program"):
        browser.find_chromium()


def test_node_comes_through_pip_where_the_machine_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = node.find.__wrapped__()
    assert found.source == "pip"
    assert found.version[0] >= node.oldest()


def test_npm_without_a_network_is_said_plainly():
    text = "npm error code ECONNREFUSED\nnpm error network request to http://127.0.0.1:9/esbuild failed"
    assert "cannot be reached" in str(node._explain(text))
    assert "disk is full" in str(node._explain("npm error ENOSPC: no space left on device, write"))


def test_the_book_is_built_again_only_when_a_source_changes(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "a.ipynb").write_text("1")
    first = html.fingerprint(tmp_path)
    for made in ("book/_build/html/index.html", ".venv/x", ".cache/x", "tests/x", "chapters/.ipynb_checkpoints/x"):
        (tmp_path / made).parent.mkdir(parents=True)
        (tmp_path / made).write_text("made")
    assert html.fingerprint(tmp_path) == first
    (tmp_path / "chapters" / "a.ipynb").write_text("2")
    assert html.fingerprint(tmp_path) != first


def test_all_pages_are_made_again_when_they_share_what_changed_or_the_last_build_failed(tmp_path, monkeypatch):
    for name in ("_config.yml", "book/_toc.yml", "book/_static/book.css", "chapters/a.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(html, "ROOT", tmp_path)
    monkeypatch.setattr(html, "OUTPUT", tmp_path / "book" / "_build" / "html")
    monkeypatch.setattr(html, "_STAMP", tmp_path / "book" / "_build" / "stamp.json")
    monkeypatch.setattr(html.vendor, "vendor", lambda: tmp_path)
    monkeypatch.setattr(html, "sources", lambda root=tmp_path: sorted(tmp_path.glob("[!_]*/**/*.[ci]*")))
    commands, code = [], 0

    def jupyter_book(command, **_):
        commands.append(command)
        html.OUTPUT.mkdir(parents=True, exist_ok=True)
        (html.OUTPUT / "index.html").touch()
        return code

    def build_after(name: str, text: str) -> bool:
        """Whether all pages were made again after this change."""
        (tmp_path / name).write_text(text)
        html.build()
        return "--all" in commands[-1]

    monkeypatch.setattr(html.subprocess, "call", jupyter_book)
    monkeypatch.setattr(html, "fingerprint", lambda root=tmp_path, pages=True, hash=html.fingerprint: hash(root, pages))
    assert build_after("chapters/a.ipynb", "1")  # the first time
    assert not build_after("chapters/a.ipynb", "2")
    (html.OUTPUT / "gone.html").touch()
    assert build_after("book/_static/book.css", "2")
    assert not (html.OUTPUT / "gone.html").exists()
    code = 1
    with pytest.raises(Problem, match="not built"):
        build_after("chapters/a.ipynb", "3")
    code = 0
    assert build_after("chapters/a.ipynb", "3")


def test_doctor_reports_what_is_here(capsys):
    import likely

    report = likely.doctor()
    assert report.versions["jax"]
    assert report.devices
    assert report.disk_free > 0
    assert f"jax {report.versions['jax']}" in capsys.readouterr().out
