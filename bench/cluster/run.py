# SPDX-License-Identifier: Apache-2.0
"""Our Leiden against igraph's on one planted graph, one thread each, in turns.

    ninja -C BUILD_DIR bench_cluster bench_cluster_igraph      (libigraph-dev)
    python3 run.py BUILD_DIR [--nodes 280000] [--edges 5500000] [--iterations 2] [--rounds 3] [--out results.json]

Times are processor seconds, the best round of each, and the ratio of the medians beside them; quality is the modularity that
the task's own formula counts for both. Memory is the peak of the process, of which the edge list (`peak_before_mib`) is the task's.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
from pathlib import Path


def run(program, options, seed):
    command = [str(program), str(options.nodes), str(options.edges), str(options.iterations), str(seed)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def summary(runs):
    total = [one["graph_s"] + one["communities_s"] for one in runs]
    return {
        "graph_s": min(one["graph_s"] for one in runs),
        "communities_s": min(one["communities_s"] for one in runs),
        "communities_median_s": statistics.median(one["communities_s"] for one in runs),
        "total_s": min(total),
        "quality": [one["quality"] for one in runs],
        "communities": [one["communities"] for one in runs],
        "peak_mib": max(one["peak_mib"] for one in runs),
        "peak_before_mib": max(one["peak_before_mib"] for one in runs),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build_dir", type=Path)
    parser.add_argument("--nodes", type=int, default=280_000)
    parser.add_argument("--edges", type=int, default=5_500_000)
    parser.add_argument("--iterations", type=int, default=2, help="0: until stable")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out")
    options = parser.parse_args()
    programs = {"ours": options.build_dir / "bin" / "bench_cluster", "igraph": options.build_dir / "bin" / "bench_cluster_igraph"}
    runs = {name: [] for name in programs}
    for seed in range(1, options.rounds + 1):
        for name, program in programs.items():
            runs[name].append(run(program, options, seed))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True)
    report = {
        "task": f"{options.nodes} nodes, {options.edges} edges, {options.iterations or 'all'} iterations, {options.rounds} rounds",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "commit": commit.stdout.strip(),
        "rival": "igraph 0.10 (C), igraph_community_leiden",
        "time": "processor seconds, best round",
    }
    report |= {name: summary(results) for name, results in runs.items()}
    report["times_faster"] = round(report["igraph"]["communities_median_s"] / report["ours"]["communities_median_s"], 2)
    printed = json.dumps(report, indent=1)
    print(printed)
    if options.out:
        Path(options.out).write_text(printed + "\n")


if __name__ == "__main__":
    main()
