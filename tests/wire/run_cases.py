#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the wire cases of this folder against the real proxy and the scripted upstream.

    WEND_BINARY=build/release/bin/wend tests/wire/run_cases.py [PATTERN...]      only cases whose name has a PATTERN in it
"""

import asyncio
import contextlib
import json
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

import case_file  # noqa: E402
import world  # noqa: E402
from http_bytes import request as make_request  # noqa: E402
from http_bytes import find  # noqa: E402
from proxy import Proxy  # noqa: E402
from raw_client import RawClient, TooShort  # noqa: E402

ENVIRONMENT = {"WEND_TEST_KEYS": "sk-one,sk-two", "WEND_TEST_ADMIN_KEY": "sk-admin"}
PATIENCE = 20.0


class Mismatch(Exception):
    """What a case expected and what came."""


def short(data):
    text = data if isinstance(data, str) else repr(data)
    return text if len(text) < 600 else f"{text[:300]} ... {text[-200:]} ({len(data)} long)"


def check_headers(expected, actual):
    for name, wanted in expected:
        value = find(actual, name)
        if wanted == "-":
            if value is not None:
                raise Mismatch(f"header {name}: expected none, got {value}")
        elif wanted.startswith("~"):
            if value is None or not re.fullmatch(wanted[1:], value):
                raise Mismatch(f"header {name}: expected {wanted}, got {value}")
        elif value != wanted:
            raise Mismatch(f"header {name}: expected {wanted}, got {value}")


def missing_from(expected, actual, place=""):
    """Where a JSON value does not have what is expected of it, or None. Objects may have more."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key not in actual:
                return f"{place}.{key} is absent"
            if found := missing_from(value, actual[key], f"{place}.{key}"):
                return found
        return None
    return None if expected == actual else f"{place} is {actual!r}, expected {expected!r}"


def check_body(text, actual, whole_of_upstream):
    if text.startswith("@upstream"):
        if actual != whole_of_upstream:
            raise Mismatch(f"body: expected the upstream's own {short(whole_of_upstream)}, got {short(actual)}")
    elif text.startswith("@json "):
        if found := missing_from(json.loads(text[6:]), json.loads(actual)):
            raise Mismatch(f"body{found} in {short(actual)}")
    elif text.startswith("@has "):
        for words in text.splitlines():
            if words[5:].encode() not in actual:
                raise Mismatch(f"body: expected '{words[5:]}' in {short(actual)}")
    elif actual != (wanted := case_file.expand(text)):
        raise Mismatch(f"body: expected {short(wanted)}, got {short(actual)}")


def is_of(sample, wanted):
    """Whether a sample has that name, and those labels where there are any."""
    name, _, labels = wanted.rstrip("}").partition("{")
    return sample.partition("{")[0] == name and all(label in sample for label in labels.split(",") if label)


class CaseRun:
    """One variant of one case against a proxy, section after section."""

    def __init__(self, proxy, upstream, found):
        self.proxy, self.upstream, self.sections = proxy, upstream, found
        self.known = len(upstream.received())
        self.taken = 0
        self.target = ""

    async def run(self):
        lines = [line for s in self.sections if s.kind == "upstream" for line in s.lines]
        self.upstream.when(None, *(lines or ["answer"]))
        self.before = self.proxy.metrics()
        self.log_before = len(self.proxy.log())
        async with RawClient(self.proxy.port, PATIENCE) as client:
            for section in self.sections:
                if section.kind not in ("config", "upstream"):
                    try:
                        await getattr(self, section.kind)(section, client)
                    except TooShort as error:
                        raise Mismatch(f"line {section.number}: the connection ended early: {error}") from error
                    except Mismatch as error:
                        raise Mismatch(f"line {section.number}: {error}") from error

    async def request(self, section, client):
        expected = case_file.message(section)
        method, target = expected.first_line.split(" ")
        body = case_file.expand(expected.body or "")
        headers = [(name, case_file.expand(value).decode("latin-1")) for name, value in expected.headers]
        told = find(headers, "content-length")
        raw = make_request(method, target, body, headers)
        if told is not None or find(headers, "transfer-encoding"):
            raw = raw.replace(f"\r\nContent-Length: {len(body)}\r\n\r\n".encode(), b"\r\n\r\n", 1)
        with contextlib.suppress(ConnectionError):  # The answer may come, and the end, before all is sent.
            await client.send(raw)
        if section.argument == "half-close":
            client.half_close()
        self.target = method

    async def response(self, section, client):
        expected = case_file.message(section)
        answer = await client.answer(is_head_only=self.target == "HEAD")
        if str(answer.status) != expected.first_line:
            raise Mismatch(f"expected status {expected.first_line}, got {answer.status}: {short(answer.body)}")
        ended = section.argument or "whole"
        if answer.ended != ended:
            raise Mismatch(f"expected an answer that is {ended}, got one that is {answer.ended}: {short(answer.body)}")
        check_headers(expected.headers, answer.headers)
        if expected.body is not None:
            received = self.upstream.received()[self.known:]
            check_body(expected.body, answer.body, self.upstream.body_of(received[-1]) if received else b"")

    async def received(self, section, _):
        if section.argument == "none":
            if found := self.upstream.received()[self.known:]:
                raise Mismatch(f"expected no request upstream, it got {short(found[0].body)}")
            return
        self.taken += 1
        found = self.upstream.received()[self.known:]
        if len(found) < self.taken:
            raise Mismatch(f"expected a request number {self.taken} upstream, it got {len(found)}")
        request, expected = found[self.taken - 1], case_file.message(section)
        if expected.first_line and not request.first_line.startswith(expected.first_line):
            raise Mismatch(f"upstream got '{request.first_line}', expected '{expected.first_line}'")
        check_headers(expected.headers, request.headers)
        if expected.body is not None:
            check_body(expected.body, request.body, b"")

    async def connection(self, section, client):
        is_closed = await client.is_closed(0.3 if section.argument == "open" else 5.0)
        if is_closed != (section.argument == "closed"):
            raise Mismatch(f"expected the connection to be {section.argument}")

    async def metrics(self, section, _):
        for line in section.lines:
            name, _, wanted = line.rpartition(" ")
            until = time.monotonic() + 2  # They move when the answer is done, which may be after it is read.
            while True:
                now = self.proxy.metrics()
                moved = sum(v - self.before.get(s, 0) for s, v in now.items() if is_of(s, name))
                if moved == float(wanted):
                    break
                if time.monotonic() > until:
                    raise Mismatch(f"{name} moved by {moved:g}, expected {wanted}")
                await asyncio.sleep(0.02)

    async def log(self, section, _):
        wanted = [line.partition(" ")[::2] for line in section.lines]
        until = time.monotonic() + 2  # The line of a request comes when its answer is done.
        while True:
            said = self.proxy.log()[self.log_before:]
            if all(words in said for verb, words in wanted if verb == "has") or time.monotonic() > until:
                break
            await asyncio.sleep(0.02)
        for verb, words in wanted:
            if (words in said) != (verb == "has"):
                raise Mismatch(f"the log was to {'have' if verb == 'has' else 'lack'} '{words}': {short(said)}")


class Runner:
    """A proxy for all cases without a configuration of their own, and one for each other."""

    def __init__(self, stack):
        self.stack = stack
        place = stack.enter_context(world.place(["l"]))
        self.upstream, self.config = place.upstream, place.config
        self.shared = None

    def proxy(self, sets):
        if sets:
            return Proxy(self.config, *sets, env=ENVIRONMENT)
        if self.shared is None:
            self.shared = self.stack.enter_context(Proxy(self.config, env=ENVIRONMENT))
        return contextlib.nullcontext(self.shared)

    def run(self, path):
        """[(title, words of the mismatch or None)] of a case's variants."""
        found = case_file.sections(path.read_text(), path.name)
        sets = [line.replace(" = ", "=", 1) for s in found if s.kind == "config" for line in s.lines]
        results = []
        with self.proxy(sets) as proxy:
            for title, chosen in case_file.variants(found):
                try:
                    asyncio.run(CaseRun(proxy, self.upstream, chosen).run())
                    results.append((title, None))
                except (Mismatch, OSError, ValueError, asyncio.TimeoutError) as error:
                    results.append((title, f"{type(error).__name__}: {error}"))
                if proxy.process.poll() is not None:
                    raise RuntimeError(f"{path.name} {title} ended the proxy: {proxy.log()[-2000:]}")
        return results


def main(patterns):
    if world.why_not():
        print(f"skipped: {world.why_not()}")
        return 0
    paths = [p for p in sorted(HERE.glob("*.case")) if not patterns or any(word in p.name for word in patterns)]
    passed = failed = 0
    with contextlib.ExitStack() as stack:
        runner = Runner(stack)
        for path in paths:
            for title, words in runner.run(path):
                passed, failed = passed + (words is None), failed + (words is not None)
                if words is not None:
                    print(f"{path.name} {title}\n    {words}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
