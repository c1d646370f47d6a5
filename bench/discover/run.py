# SPDX-License-Identifier: Apache-2.0
"""Discovery on planted worlds, with what the machine was and how busy.

    ninja -C BUILD_DIR bench_discover
    python3 run.py BUILD_DIR [--out results.json] [NAME=VALUE,NAME=VALUE ...]

Each argument is one run, by the settings of bench_discover (main.cc); without any: 280,000 prompts, with right-or-wrong and with graded
outcomes. The limits are those of 280,000 x 11: 15 minutes and 6 GB on two cores with AVX-512. Processor seconds are those of all threads;
`load` is the machine's own count of who wants a core, before and after.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

RUNS = ["prompts=280000", "prompts=280000,graded=1"]


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def run(program, settings):
    before = os.getloadavg()[0]
    command = [str(program), *settings.split(",")]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {"command": " ".join(["bench_discover", *settings.split(",")]), **report, "load": [before, os.getloadavg()[0]]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build_dir", type=Path)
    parser.add_argument("runs", nargs="*", default=RUNS)
    parser.add_argument("--out")
    options = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True)
    report = {
        "machine": f"{cpu_model()}, {os.cpu_count()} cores",
        "commit": commit.stdout.strip(),
        "limits": "280,000 x 11: 15 minutes, 6 GB",
        "runs": [run(options.build_dir / "bin" / "bench_discover", settings) for settings in options.runs],
    }
    printed = json.dumps(report, indent=1)
    print(printed)
    if options.out:
        Path(options.out).write_text(printed + "\n")


if __name__ == "__main__":
    main()
