# SPDX-License-Identifier: Apache-2.0
"""The real `wend serve` on free ports, as a test starts, watches and stops it."""

import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

BINARY = pathlib.Path(os.environ.get("WEND_BINARY", "build/release/bin/wend")).resolve()
SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})?) (\S+)$")
START_SECONDS = 30  # Ready takes under a second; other tests may hold both cores.


def serves():
    """Whether the binary has the verb."""
    if not BINARY.exists():
        return False
    told = subprocess.run([BINARY, "serve", "--help"], capture_output=True, timeout=60, check=False)
    return b"wend serve" in told.stdout


class Proxy:
    """Alive inside a `with` block, which stops it by SIGTERM and expects exit 0."""

    def __init__(self, config, *sets, env=None, arguments=(), exits=0, admin_key=None,
                 admin="127.0.0.1:0"):
        self.config = pathlib.Path(config)
        self.command = [str(BINARY), "serve", "--config", str(self.config), "--listen", "127.0.0.1:0",
                        "--admin", admin, *arguments]
        for pair in sets:
            self.command += ["--set", pair]
        self.env = {**os.environ, "FAKE_UPSTREAM_KEY": "sk-upstream", **(env or {})}
        self.exits = exits
        self.admin_key = admin_key
        self.stdout = []
        self.stderr = []

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        errors="replace", cwd=self.config.parent, env=self.env)
        self._first = threading.Event()
        self._readers = [threading.Thread(target=self._keep, args=pair, daemon=True)
                         for pair in ((self.process.stdout, self.stdout), (self.process.stderr, self.stderr))]
        for reader in self._readers:
            reader.start()
        self._first.wait(START_SECONDS)
        if not self.stdout:
            self.process.kill()
            raise AssertionError(f"wend serve said nothing on stdout:\n{self.log()}")
        self.told = json.loads(self.stdout[0])
        self.port = int(self.told["listen"].rpartition(":")[2])
        self.admin_port = int(self.told["admin"].rpartition(":")[2])
        self.wait_ready()
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        if kind is None and code != self.exits:
            raise AssertionError(f"wend serve ended with {code}, expected {self.exits}:\n{self.log()[-3000:]}")

    def _keep(self, pipe, lines):
        for line in pipe:
            lines.append(line.rstrip("\n"))
            self._first.set()
        self._first.set()

    @property
    def url(self):
        """What an application has as its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def log(self):
        return "\n".join(self.stderr)

    def wait_ready(self, seconds=START_SECONDS):
        until = time.monotonic() + seconds
        while self.admin("/readyz")[0] != 200:
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError(f"wend serve did not become ready:\n{self.log()}")
            time.sleep(0.01)

    def admin(self, path, method="GET", key=None):
        """(status, text) of the admin listener; status 0 where nobody listens."""
        headers = {"Authorization": f"Bearer {key or self.admin_key}"} if key or self.admin_key else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin_port}{path}", method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metrics(self):
        """{'name{labels}': value} as /metrics tells them now."""
        status, text = self.admin("/metrics")
        if status != 200:
            raise AssertionError(f"/metrics answers {status}: {text[:300]}")
        return {m.group(1): float(m.group(2)) for line in text.splitlines() if (m := SAMPLE.match(line))}

    def metric(self, name, **labels):
        """The sum of the samples of that name which have these labels."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return sum(value for sample, value in self.metrics().items()
                   if sample.partition("{")[0] == name and all(label in sample for label in wanted))

    def send(self, number):
        self.process.send_signal(number)

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def open_files(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def stop(self, seconds=40):
        """SIGTERM and the exit status."""
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
        return self.ended(seconds)

    def ended(self, seconds=40):
        """The exit status, once it has been told to stop; killed (and -9) where it does not end."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(10)
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.returncode
