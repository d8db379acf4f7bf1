"""Starts and stops the two programs under test, each in its own folder, on loopback ports that are free."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from visitor import PATIENCE

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("BINARIES", ROOT / ".build" / "debug"))


class Program:
    """A running program whose standard output is read line by line."""

    def __init__(self, arguments, log):
        self.lines = []
        self._arrived = threading.Condition()
        self._log = open(log, "ab")
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self._arrived:
                self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self._arrived.notify_all()
        with self._arrived:
            self.lines.append(None)  # end of output
            self._arrived.notify_all()

    def value(self, label, after=0, timeout=PATIENCE):
        """The rest of the first line that begins with `label: `, waiting for it; lines before `after` do not count."""
        deadline = time.monotonic() + timeout
        with self._arrived:
            while True:
                for line in self.lines[after:]:
                    if line is None:
                        raise RuntimeError(f"the program ended before it said \"{label}:\"; see {self._log.name}")
                    if line.startswith(label + ": "):
                        return line[len(label) + 2 :].strip()
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no line \"{label}:\" within {timeout} s; see {self._log.name}")
                self._arrived.wait(left)

    def said(self, label):
        return any(line is not None and line.startswith(label + ": ") for line in self.lines)

    def kill(self):
        """As a power cut: SIGKILL, nothing is flushed or closed by the program."""
        self.process.send_signal(signal.SIGKILL)
        self._ended()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._ended()
        return self.process.returncode

    def _ended(self):
        self.process.wait()
        self._reader.join(5)
        self.process.stdout.close()
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class SteeredClock:
    """The clock of a machine under test: it stands still until it is set, or let run at some rate.

    One is kept across the machine's restarts. It shows the system's time at first.
    """

    def __init__(self, file, rate=0.0):
        self._file = pathlib.Path(file)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self.rate = rate
        self.set(time.time())

    def now(self):
        """Seconds since 1970 by this clock."""
        return self._shown + (time.time() - self._real) * self.rate

    def set(self, shown):
        """Sets the clock to these seconds since 1970."""
        self._real, self._shown = time.time(), shown
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{self._real!r} {self._shown!r} {self.rate!r}\n")
        fresh.replace(self._file)

    def advance(self, seconds):
        self.set(self.now() + seconds)

    def command(self):
        return [BINARIES / "remote-ui-steered-clock", "--clock", self._file]


class RemoteUI(Program):
    def __init__(self, data, http_port=0, https_port=0, clock=None, options=()):
        self.data = pathlib.Path(data)
        command = clock.command() if clock else [BINARIES / "remote-ui", "serve"]
        super().__init__(
            [*command, "--data", data, "--listen", "127.0.0.1", "--http-port", http_port, "--https-port", https_port]
            + list(options),
            log=f"{data}.log",
        )
        try:
            self.address = self.value("Remote UI")
        except Exception:
            self.stop()
            raise
        self.port = int(re.fullmatch(r"https://[^/]+:(\d+)/", self.address).group(1))

    @property
    def set_up_code(self):
        return self.value("Set-up code")


class PracticeCA(Program):
    def __init__(self, data, *options, profile="rfc", challenge="secret123", port=0):
        self.data = pathlib.Path(data)
        self.challenge = challenge
        super().__init__(
            [BINARIES / "practice-ca", "serve", "--data", data, "--listen", "127.0.0.1", "--port", port]
            + ["--profile", profile, "--challenge", challenge, *options],
            log=f"{data}.log",
        )
        try:
            self.url = self.value("SCEP server")
            self.fingerprint = self.value("CA SHA-256 fingerprint")
        except Exception:
            self.stop()
            raise
        host, self.port, self.path = re.fullmatch(r"(http://[^/:]+):(\d+)(/.*)", self.url).groups()
        #: What an administrator types into [SCEP Server URL]: the port has a field of its own.
        self.url_without_port = host + self.path

    def command(self, *arguments):
        """Runs `practice-ca pending|approve|deny|issued` on this CA's folder."""
        done = subprocess.run(
            [str(BINARIES / "practice-ca"), *arguments, "--data", str(self.data)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if done.returncode != 0:
            raise RuntimeError(f"practice-ca {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.splitlines()
