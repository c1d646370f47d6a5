# SPDX-License-Identifier: Apache-2.0
"""A router whose choice a test knows beforehand: outcomes that rank the models alike on every prompt, trained once a program.

`small` is cheap and weak, `large` dear and good. Models of a lane (`lane("07")`: 07-first, 07-second, 07-third, and what cannot
be reached, as 07-refused) cost the same and are worth less one after another, so that a request which allows some of them is
routed to them in that order. Each has an upstream of its own: what goes wrong in one lane is not felt in another.
"""

import contextlib
import dataclasses
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))

from fake_upstream import FakeUpstream  # noqa: E402
from proxy import serves  # noqa: E402
from wend_cli import encoder_is_there, wend_json, write_jsonl  # noqa: E402

# Model: (quality, price of a million tokens in, and out).
POOL = {"small": (0.5, 0.1, 0.4), "large": (0.95, 2.0, 8.0)}
DEAD = ("refused", "blackhole", "expired", "selfsigned", "othername", "unresolved")
LANE = {**dict.fromkeys(DEAD, 1.0), "first": 0.9, "second": 0.8, "third": 0.7}
LANE_PRICE = (0.5, 2.0)
PROMPTS = 60


def lane(number, *names):
    """The models of a lane by their ids."""
    return [f"{number}-{name}" for name in names or LANE]


def pool(lanes=()):
    """{model: (quality, input price, output price)} with those lanes."""
    found = dict(POOL)
    for number in lanes:
        found.update({f"{number}-{name}": (quality, *LANE_PRICE) for name, quality in LANE.items()})
    return found


def make_collection(folder, models):
    """Every model has the same quality on every prompt."""
    folder.mkdir(parents=True, exist_ok=True)
    queries = [{"id": f"q{i}", "dataset": "d", "task": "t", "prompt": f"Tell me about number {i} and its neighbours.",
                "reference": "x", "metric": "exact"} for i in range(PROMPTS)]
    outcomes = [{"query_id": query["id"], "model": model, "quality": quality, "input_tokens": 20, "output_tokens": 40,
                 "cost": (20 * price_in + 40 * price_out) / 1e6}
                for query in queries for model, (quality, price_in, price_out) in models.items()]
    write_jsonl(folder / "queries.jsonl", queries)
    write_jsonl(folder / "outcomes.jsonl", outcomes)
    write_jsonl(folder / "models.jsonl", [{"id": model, "params_b": 1, "input_price_per_mtok": price_in,
                                           "output_price_per_mtok": price_out}
                                          for model, (_, price_in, price_out) in models.items()])


def train(home, lanes=(), name="artifact"):
    """Imports and trains in the folder `home`; the artifact's path. Skips nothing: see encoder_is_there()."""
    models = pool(lanes)
    make_collection(home / "world", models)
    wend_json("import", "world", cwd=home)
    wend_json("train", "--router", "knn", "--dataset", "world", "--out", name, cwd=home)
    return home / name


def model_entry(model, upstream, prices, **more):
    """A model of wend.yaml; upstream_model tells that the name was spliced."""
    return {"id": model, "upstream": upstream, "upstream_model": f"up-{model}",
            "price": {"input": prices[1], "output": prices[2]}, **more}


def configuration(artifact, store, upstream_url, lanes=(), dead_urls=None):
    """wend.yaml as a dict: small and large on one upstream, each lane's models on upstreams of their own.

    dead_urls: {name of DEAD: base_url}; a lane's model without one is left out of the configuration.
    """
    upstreams = {"main": {"base_url": upstream_url, "api_key_env": "FAKE_UPSTREAM_KEY"}}
    models = [model_entry("small", "main", POOL["small"], can=["tools"], context=8192),
              model_entry("large", "main", POOL["large"])]
    for number in lanes:
        for model, prices in pool([number]).items():
            name = model.partition("-")[2]
            if not name or (name in DEAD and name not in (dead_urls or {})):
                continue
            base = dead_urls[name] if name in DEAD else upstream_url.replace("/v1", f"/{model}/v1")
            upstreams[model] = {"base_url": base, "api_key_env": "FAKE_UPSTREAM_KEY"}
            models.append(model_entry(model, model, prices))
    return {"store": str(store), "upstreams": upstreams, "models": models, "router": {"artifact": str(artifact)}}


def write_configuration(path, content):
    """JSON is YAML."""
    path.write_text(json.dumps(content, indent=1))
    return path


def why_not():
    """Why this machine cannot route a request, or None."""
    if not serves():
        return "this binary has no 'serve'"
    if not encoder_is_there():
        return "the encoder's weights are absent: tools/fetch_encoder.sh fetches them"
    return None


@dataclasses.dataclass(frozen=True)
class Place:
    """A folder with a trained router, the upstream behind it and its configuration."""

    home: pathlib.Path
    upstream: FakeUpstream
    content: dict
    config: pathlib.Path


@contextlib.contextmanager
def place(lanes=(), dead_urls=None, store="wend.db"):
    """A Place, alive inside the `with` block."""
    with tempfile.TemporaryDirectory(prefix="wend-world-") as folder, FakeUpstream() as upstream:
        home = pathlib.Path(folder)
        content = configuration(train(home, lanes), home / store, upstream.url(), lanes, dead_urls)
        yield Place(home, upstream, content, write_configuration(home / "wend.yaml", content))


__all__ = ["DEAD", "configuration", "encoder_is_there", "lane", "place", "pool", "train", "why_not", "write_configuration"]
