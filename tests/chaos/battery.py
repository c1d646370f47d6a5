# SPDX-License-Identifier: Apache-2.0
"""Runs each fault many times against one real proxy, all lanes at once, and prints what happened.

A fault is an async function of a Run that asserts its own gate and returns a few words about what it saw. Lanes are models
with upstreams of their own (tests/support/world.py), so that the runs of a fault do not feel each other; the faults come one
after another, so that a metric's change belongs to one of them.
"""

import asyncio
import collections
import contextlib
import dataclasses
import os
import pathlib
import statistics
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import certificates  # noqa: E402
import dead_ports  # noqa: E402
import world  # noqa: E402
from fake_upstream import FakeUpstream  # noqa: E402
from gates import expect  # noqa: E402
from proxy import Proxy  # noqa: E402
from raw_client import post  # noqa: E402
from world import why_not  # noqa: E402

RUNS = int(os.environ.get("WEND_FAULT_RUNS", "20"))
LANES = [f"{i:02}" for i in range(20)]
CHAT = "/v1/chat/completions"

# Short, so that the battery is; long enough for a machine that builds beside it.
CONNECT, FIRST_BYTE, IDLE, REQUEST = 1.0, 1.0, 2.0, 4.0
SETS = (f"serve.connect_timeout_s={CONNECT}", f"serve.first_byte_timeout_s={FIRST_BYTE}", f"serve.idle_timeout_s={IDLE}",
        f"serve.request_timeout_s={REQUEST}", "serve.max_response_bytes=1048576")


@dataclasses.dataclass
class Run:
    """One run of one fault in one lane."""

    stage: "Stage"
    lane: str
    marker: str
    streamed: bool
    took: float = None  # Seconds, where the fault has a limit for them.

    @property
    def upstream(self):
        return self.stage.upstream

    def models(self, *names):
        return world.lane(self.lane, *names)

    def body(self, *names, model="auto", text="Tell me about number 7.", **more):
        """A chat that is routed over these models of the lane, or for the concrete model."""
        content = {"model": model, "messages": [{"role": "user", "content": f"@@{self.marker}@@ {text}"}]}
        if self.streamed:
            content["stream"] = True
        if names:
            content["wend"] = {"models": self.models(*names)}
        return {**content, **more}

    def script(self, *lines, model=None):
        """What the upstream does in this run, whatever the model or for that one of the lane."""
        self.upstream.when(self.marker, *lines, model=model and f"up-{self.lane}-{model}")

    async def ask(self, *names, **more):
        return await post(self.stage.proxy.port, CHAT, self.body(*names, **more))

    async def heal(self):
        """An answer from each upstream of the lane: what failed before is forgotten, and does not cool down any more."""
        for model in self.models("first", "second", "third"):
            answer = await post(self.stage.proxy.port, CHAT, {"model": model, "messages": [{"role": "user", "content": "heal"}]})
            expect(answer.status == 200, f"{model} does not heal: {answer.status}")

    def received(self):
        return self.upstream.received(self.marker)

    def sent_to(self):
        """The models of the requests that the upstream got, in order, by their names in the lane."""
        return [r.json()["model"].rpartition("-")[2] for r in self.received()]

    def asked(self):
        """The same, but a request that came twice, since its kept connection ended at once, counts as one."""
        names = self.sent_to()
        return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]


class Stage:
    """Everything alive: upstreams good, bad and dead, an artifact, a proxy."""

    def __init__(self, *sets, env=None, lanes=None):
        self.sets, self.env = sets, env or {}
        self.lanes = LANES if lanes is None else lanes
        self.kept = contextlib.ExitStack()

    def __enter__(self):
        with self.kept:
            enter = self.kept.enter_context
            self.home = pathlib.Path(enter(tempfile.TemporaryDirectory(prefix="wend-chaos-")))
            made = certificates.make(self.home / "tls")
            self.upstream = enter(FakeUpstream())
            self.tls = {name: enter(FakeUpstream(tls=made.context(pair)))
                        for name, pair in (("good", made.good), ("expired", made.expired),
                                           ("selfsigned", made.self_signed), ("othername", made.other_name))}
            dead = {name: self.tls[name].url() for name in ("expired", "selfsigned", "othername")}
            dead["refused"] = f"http://127.0.0.1:{enter(dead_ports.refusing())}/v1"
            dead["blackhole"] = f"http://127.0.0.1:{enter(dead_ports.black_hole())}/v1"
            dead["unresolved"] = "http://nobody.invalid/v1"
            self.content = world.configuration(world.train(self.home, self.lanes), self.home / "wend.db", self.upstream.url(),
                                               self.lanes, dead)
            self.content["upstreams"]["secure"] = {"base_url": self.tls["good"].url()}
            self.content["models"].append(world.model_entry("secure", "secure", world.POOL["small"]))
            self.config = world.write_configuration(self.home / "wend.yaml", self.content)
            self.env = {"SSL_CERT_FILE": str(made.authority), **self.env}
            self.proxy = self._started()
            self.kept = self.kept.pop_all()
        return self

    def __exit__(self, *exception):
        self.proxy.__exit__(*exception)
        return self.kept.__exit__(*exception)

    def _started(self):
        return Proxy(self.config, *self.sets, env=self.env).__enter__()

    def renew(self):
        """Another proxy, which knows nothing of what could not be reached."""
        self.proxy.__exit__(None, None, None)
        self.proxy = self._started()


async def _healed(fault, run):
    if not getattr(fault, "is_dead", False):
        await run.heal()
    return await fault(run)


async def _one(fault, run):
    try:
        return True, await _healed(fault, run) or "as expected"
    except Exception as error:  # Whatever it is, it is a row of the table.
        return False, f"{type(error).__name__}: {error}".split("\n")[0][:300]


def run_fault(stage, fault):
    """Runs a fault RUNS times; prints its row; (passed, what happened as a Counter, metrics that moved)."""
    results, moved, took = [], collections.Counter(), []
    began = time.monotonic()
    while len(results) < RUNS:
        if results and getattr(fault, "is_dead", False):
            stage.renew()
        lanes = stage.lanes[: RUNS - len(results)]
        runs = [Run(stage, lane, f"{fault.__name__}-{len(results) + i}", streamed=(len(results) + i) % 2 == 1)
                for i, lane in enumerate(lanes)]
        before = stage.proxy.metrics()
        results += asyncio.run(_round(fault, runs))
        took += [run.took for run in runs if run.took is not None]
        for sample, value in stage.proxy.metrics().items():
            moved[sample] += value - before.get(sample, 0)
    is_good = print_row(fault, results)
    is_soon = soon_enough(fault, took, stage.upstream.lag(began))
    return is_good and is_soon, collections.Counter(words for _, words in results), moved


async def _round(fault, runs):
    return await asyncio.gather(*(_one(fault, run) for run in runs))


def soon_enough(fault, took, lag):
    """Whether half of the runs kept the fault's limit, beside what the machine took away from this process, a witness of what it
    took from the proxy. All runs have a wider limit of their own."""
    limit = getattr(fault, "limit", None)
    if limit is None:
        return True
    median = statistics.median(took) if took else float("inf")
    print(f"| ... of which the limit is {limit * 1000:.0f} ms | | median {median * 1000:.0f} ms, longest "
          f"{max(took, default=0) * 1000:.0f} ms; the machine was late by {lag * 1000:.0f} ms |")
    return median <= limit + lag


def soon(limit):
    """Marks a fault whose runs tell how long something took, and what that may be in the median."""
    def mark(fault):
        fault.limit = limit
        return fault
    return mark


def print_row(fault, results):
    """Prints the row; whether all is well."""
    seen = collections.Counter(words for _, words in results)
    passed = sum(good for good, _ in results)
    words = "; ".join(f"{count}x {what}" if len(seen) > 1 else what for what, count in seen.most_common(6))
    title = (fault.__doc__ or fault.__name__).split("\n")[0].rstrip(".")
    print(f"| {title} | {passed} of {len(results)} | {words} |", flush=True)
    return passed == len(results)


class Battery(unittest.TestCase):
    """What each table is: a class attribute `stage`, started in setUpClass."""

    sets = SETS
    stage = None

    @classmethod
    def setUpClass(cls):
        if why_not():
            raise unittest.SkipTest(why_not())
        cls.stage = cls.enterClassContext(Stage(*cls.sets))
        print(f"\n| {cls.__doc__.splitlines()[0].rstrip('.')} | n of n | what happened |\n|---|---|---|", flush=True)

    def run_rows(self, *faults):
        """Every fault runs, whatever became of those before it. A fault's `moves` names samples that must have grown."""
        for fault in faults:
            with self.subTest(fault=fault.__name__):
                passed, seen, moved = run_fault(self.stage, fault)
                self.assertTrue(passed, seen)
                for name, labels, times in getattr(fault, "moves", ()):
                    self.assertGreaterEqual(total(moved, name, labels), times * RUNS, f"{name}{labels} in {fault.__name__}")


def moves(name, times=1, **labels):
    """Marks a fault with a metric that it moves, by so much at least in a run."""
    def mark(fault):
        fault.moves = [*getattr(fault, "moves", ()), (name, labels, times)]
        return fault
    return mark


def attempt(outcome, times=1):
    """Marks a fault with how calls to its upstreams end."""
    return moves("wend_upstream_attempts_total", times, outcome=outcome)


def dead(fault):
    """Marks a fault whose upstream can never answer, so that only another proxy forgets it."""
    fault.is_dead = True
    return fault


def total(metrics, name, labels):
    """The sum of a metric over the samples that have these labels."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    return sum(value for sample, value in metrics.items()
               if sample.partition("{")[0] == name and all(label in sample for label in wanted))
