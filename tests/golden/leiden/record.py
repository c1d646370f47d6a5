# SPDX-License-Identifier: Apache-2.0
"""Records the quality that igraph's Leiden reaches on ten graphs, for wend/discover/leiden_golden_test.cc:

    $(../../../tools/python_env.sh requirements.txt) record.py

A line of graphs.jsonl: name, nodes, edges (per node the higher ends, each followed by its weight in hundredths where
the graph is weighted), cpm_resolution, and for modularity and cpm the mean and the best quality over ten seeds, run until
stable. igraph is GPL: it is asked here and is no part of what is built.
"""

import json
import random
from pathlib import Path

import igraph
import networkx

HERE = Path(__file__).resolve().parent
SEEDS = range(10)


def lfr(nodes, mu, seed, **options):
    """The generator gives up on many draws: the first seed that it can serve."""
    while True:
        try:
            graph = networkx.LFR_benchmark_graph(nodes, 3, 1.5, mu, seed=seed, max_degree=50, max_iters=50, **options)
            return networkx.Graph(pair for pair in graph.edges if pair[0] != pair[1])
        except networkx.ExceededMaxIterations:
            seed += 1


def weighted(graph, seed):
    draw = random.Random(seed)
    for _, _, data in graph.edges(data=True):
        data["weight"] = draw.randrange(1, 301) / 100
    return graph


def graphs():
    yield "karate club", networkx.Graph(networkx.karate_club_graph().edges)
    yield "les miserables", networkx.Graph(networkx.les_miserables_graph().edges)
    yield "ring of cliques", networkx.ring_of_cliques(40, 5)
    yield "planted", networkx.planted_partition_graph(12, 40, 0.25, 0.02, seed=1)
    yield "random", networkx.gnm_random_graph(500, 1500, seed=2)
    yield "heavy tail", networkx.barabasi_albert_graph(800, 3, seed=3)
    yield "grid", networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(25, 25))
    yield "LFR, mu 0.2", lfr(800, 0.2, 10, average_degree=8, min_community=20, max_community=80)
    yield "LFR, mu 0.5", lfr(1000, 0.5, 11, average_degree=10, min_community=20, max_community=100)
    yield "LFR, mu 0.4, weighted", weighted(lfr(1000, 0.4, 12, average_degree=8, min_community=20, max_community=60), 4)


def communities(graph, seed, **objective):
    igraph.set_random_number_generator(random.Random(seed))
    return graph.community_leiden(weights="weight", n_iterations=-1, beta=0.01, **objective)


def cpm(graph, membership, resolution):
    """As our partition_quality has it: (2 E_c - gamma N_c^2) over all communities, by 2m."""
    total = sum(graph.es["weight"])
    inside = sum(edge["weight"] for edge in graph.es if membership[edge.source] == membership[edge.target])
    sizes = [membership.count(c) for c in set(membership)]
    return (2 * inside - resolution * sum(size * size for size in sizes)) / (2 * total)


def main():
    lines = []
    for name, source in graphs():
        source = networkx.convert_node_labels_to_integers(source)
        edges = [(min(a, b), max(a, b), data.get("weight", 1)) for a, b, data in source.edges(data=True)]
        nodes = source.number_of_nodes()
        graph = igraph.Graph(n=nodes, edges=[edge[:2] for edge in edges])
        graph.es["weight"] = [edge[2] for edge in edges]
        resolution = round(4 * sum(graph.es["weight"]) / (nodes * nodes), 4)
        found = {"modularity": [], "cpm": []}
        for seed in SEEDS:
            partition = communities(graph, seed, objective_function="modularity", resolution=1)
            found["modularity"].append(graph.modularity(partition.membership, weights="weight"))
            partition = communities(graph, seed, objective_function="CPM", resolution=resolution)
            found["cpm"].append(cpm(graph, partition.membership, resolution))
        higher = [[] for _ in range(nodes)]
        for a, b, weight in sorted(edges):
            higher[a] += [b] if weight == 1 and "weighted" not in name else [b, round(100 * weight)]
        row = {"name": name, "nodes": nodes, "weighted": "weighted" in name, "cpm_resolution": resolution}
        row |= {key: {"mean": sum(values) / len(values), "best": max(values)} for key, values in found.items()}
        lines.append(json.dumps(row | {"edges": higher}, separators=(",", ":")))
        print(name, nodes, len(edges), row["modularity"], row["cpm"])
    (HERE / "graphs.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
