#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What quickstart.sh needs beside bash and curl: JSON in and out.

    quickstart_lib.py config ARTIFACT MODEL=URL...       wend.yaml for these upstreams, on stdout
    quickstart_lib.py listen|admin FILE                  an address from the first line of `wend serve`
    quickstart_lib.py body MODEL whole|stream PROMPT     a chat request
    quickstart_lib.py decision RUN                       the id of the decision behind the answer RUN/head
    quickstart_lib.py show RUN MODEL whole|stream PROMPT what RUN/answer and RUN/decision say, noted in RUN/bill.jsonl
    quickstart_lib.py bill RUN                           what it cost, and what the largest model alone would have
"""

import json
import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent / "starter" / "models.jsonl"
MOST_TOKENS = 48


def prices():
    """{model: (input, output)} per million tokens."""
    rows = map(json.loads, MODELS.read_text(encoding="utf-8").splitlines())
    return {row["id"]: (row["input_price_per_mtok"], row["output_price_per_mtok"]) for row in rows}


def cost_of(model, call):
    """What these tokens cost from a model."""
    price_in, price_out = prices()[model]
    return (call["input_tokens"] * price_in + call["output_tokens"] * price_out) / 1e6


def config(artifact, *upstreams):
    """The configuration of the run: an upstream and a model for each MODEL=URL."""
    served = dict(item.split("=", 1) for item in upstreams)
    lines = ["upstreams:"]
    lines += [f'  {model}: {{base_url: "{url}/v1"}}' for model, url in served.items()]
    lines += ["models:"]
    for model in served:
        price_in, price_out = prices()[model]
        lines.append(f"  - {{id: {model}, upstream: {model}, price: {{input: {price_in}, output: {price_out}}}, context: 4096}}")
    lines += [f"router: {{artifact: {artifact}}}"]
    print("\n".join(lines))


def address(which, path):
    """An address of the proxy."""
    print(json.loads(Path(path).read_text(encoding="utf-8").splitlines()[0])[which])


def body(model, how, prompt):
    """A chat request; a streamed one asks for its usage."""
    request = {"model": model, "messages": [{"role": "user", "content": prompt}], "max_tokens": MOST_TOKENS, "temperature": 0}
    if how == "stream":
        request |= {"stream": True, "stream_options": {"include_usage": True}}
    print(json.dumps(request))


def read_head(path):
    """(status, headers) of the last head that curl wrote."""
    head = path.read_text(encoding="latin-1").replace("\r", "").strip().split("\n\n")[-1].split("\n")
    fields = (line.split(":", 1) for line in head[1:])
    return int(head[0].split()[1]), {name.lower(): value.strip() for name, value in fields}


def decision(run):
    """The id of the decision; an answer that is none is told and ends the run."""
    status, head = read_head(Path(run) / "head")
    if status != 200:
        sys.exit(f"quickstart: the proxy answered with status {status}: {(Path(run) / 'answer').read_text()[:300]}")
    print(head["x-wend-decision"])


def text_of(answer, how):
    """What an answer says, whole or streamed."""
    if how == "whole":
        return json.loads(answer)["choices"][0]["message"]["content"] or ""
    events = [json.loads(line[6:]) for line in answer.splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for event in events for choice in event.get("choices", []))


def show(run, model, how, prompt):
    """One answer with what was expected of it and what became of it."""
    run = Path(run)
    record = json.loads((run / "decision").read_text(encoding="utf-8"))
    outcome = record["outcome"]
    said = text_of((run / "answer").read_text(encoding="utf-8"), how)
    first = next((line.strip() for line in said.splitlines() if line.strip()), "(nothing)")
    task = record["tasks"][0]["name"] if record["tasks"] else "no task type"
    print(f"\n> {prompt}   [{model}{', streamed' if how == 'stream' else ''}]")
    print(f"  {first[:110]}")
    print(f"  {outcome['answered_by']} for {task}: quality {record['quality']:.2f} expected, cost {record['cost']:.2e} expected, "
          f"{outcome['cost']:.2e} real")
    with (run / "bill.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"model": outcome["answered_by"], **outcome}) + "\n")


def bill(run):
    """The sum, and the same tokens at the price of the largest model of the run."""
    run = Path(run)
    calls = [json.loads(line) for line in (run / "bill.jsonl").read_text(encoding="utf-8").splitlines()]
    pool = [model for model in prices() if f"id: {model}," in (run / "wend.yaml").read_text(encoding="utf-8")]
    largest = max(pool, key=prices().get)
    spent, dearest = sum(call["cost"] for call in calls), sum(cost_of(largest, call) for call in calls)
    print(f"{len(calls)} prompts: " + ", ".join(f"{sum(call['model'] == model for call in calls)} to {model}" for model in pool))
    print(f"cost {spent:.2e}; the same tokens from {largest} alone: {dearest:.2e} "
          f"({100 * (1 - spent / dearest):.0f} % less; the prices are made up, in proportion to size)")


def main():
    """Runs the verb."""
    verb, *arguments = sys.argv[1:] or [""]
    verbs = {"config": config, "body": body, "show": show, "bill": bill, "decision": decision,
             "listen": lambda path: address("listen", path), "admin": lambda path: address("admin", path)}
    if verb not in verbs:
        sys.exit(__doc__)
    verbs[verb](*arguments)


if __name__ == "__main__":
    main()
