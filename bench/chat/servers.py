# SPDX-License-Identifier: Apache-2.0
"""What the chat benchmarks start: nginx as the upstream and as the rival proxy, `wend serve`, and what is told of the run.

Everything listens on loopback and ends with its `with` block.
"""

import json
import os
import pathlib
import platform
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import proxy as wend_proxy  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 10


def expect_programs(*names):
    missing = [name for name in names if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}; expected Debian's packages wrk and nginx-light")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processor_seconds(pids):
    """User and system time of processes so far."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


class Nginx:
    """One nginx with the given text in its http block, where PORT stands for its port."""

    def __init__(self, folder, name, http, workers=1):
        self.port = free_port()
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir()
        temp = "\n".join(f"  {kind}_temp_path {self.folder}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = (f"worker_processes {workers};\ndaemon off;\npid {self.folder}/pid;\nerror_log stderr crit;\n"
                f"worker_rlimit_nofile 16384;\nevents {{ worker_connections 8192; }}\nhttp {{\n  access_log off;\n"
                f"  keepalive_requests 1000000000;\n{temp}\n{http.replace('PORT', str(self.port))}\n}}\n")
        self.config = self.folder / "nginx.conf"
        self.config.write_text(text)

    def __enter__(self):
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-p", str(self.folder), "-c", str(self.config)])
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                sys.exit(f"nginx does not listen: see {self.config}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def pids(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


def answering(body):
    """The http block of an upstream that answers these bytes at once."""
    return f"""  server {{
    listen 127.0.0.1:PORT;
    location / {{ default_type application/json; return 200 '{body}'; }}
  }}"""


def proxying(port, more=""):
    """The http block of a proxy with a pool of connections to that port."""
    return f"""  upstream pool {{ server 127.0.0.1:{port}; keepalive 2048; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:PORT reuseport;
    location / {{
      proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; {more}
    }}
  }}"""


class Wend(wend_proxy.Proxy):
    """`wend serve` with one model, called `bench`, whose upstream is that port."""

    def __init__(self, program, folder, upstream_port, threads, **more):
        content = {"upstreams": {"up": {"base_url": f"http://127.0.0.1:{upstream_port}/v1"}},
                   "models": [{"id": "bench", "upstream": "up"}], "serve": {"threads": threads}, **more}
        path = pathlib.Path(folder) / f"wend{threads}.yaml"
        path.write_text(json.dumps(content))  # JSON is YAML.
        super().__init__(path)
        self.command[0] = str(pathlib.Path(program).resolve())

    def pids(self):
        return [self.process.pid]


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition("\n")[0].strip()


def machine():
    names = [line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"


def about_this_run():
    """The head of a result: bench/results/README.md."""
    return {
        "command": " ".join(["python3", os.path.relpath(sys.argv[0], ROOT), *sys.argv[1:]]),
        "machine": machine(),
        "compiler": first_line("c++", "--version"),
        "commit": first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "rivals": subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip(),
    }
