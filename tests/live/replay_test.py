# SPDX-License-Identifier: Apache-2.0
"""What llama.cpp's server said once (exchanges/, made by live_test.py), served again: the proxy before real bytes, without a model."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import raw_client  # noqa: E402
import world  # noqa: E402
from behaviours import recorded_bytes  # noqa: E402
from cases import CASES  # noqa: E402
from http_bytes import BodyReader, split_head  # noqa: E402
from proxy import Proxy  # noqa: E402
from recorder import load_exchange  # noqa: E402


def recorded_answer(exchange):
    """(status, content type, decoded body) as the real server sent it."""
    raw, _, rest = b"".join(map(recorded_bytes, exchange["answer"])).partition(b"\r\n\r\n")
    first, headers = split_head(raw)
    body = BodyReader(headers, None)
    body.feed(bytearray(rest))
    kind = next(value for name, value in headers if name.lower() == "content-type")
    return int(first.split(" ")[1]), kind, bytes(body.decoded)


def setUpModule():
    """One proxy before one upstream for all exchanges."""
    if world.why_not():
        raise unittest.SkipTest(world.why_not())
    place = unittest.enterModuleContext(world.place())
    Replay.upstream = place.upstream
    Replay.proxy = unittest.enterModuleContext(Proxy(place.config))


class Replay(unittest.IsolatedAsyncioTestCase):
    """Byte for byte in both directions."""

    upstream = proxy = None

    async def test_every_case_is_recorded(self):
        self.assertEqual({path.stem for path in (HERE / "exchanges").glob("*.json")}, set(CASES))

    async def test_bodies_go_up_and_come_down_as_they_did_with_the_real_server(self):
        for path in sorted((HERE / "exchanges").glob("*.json")):
            with self.subTest(path.stem):
                await self.replay(path)

    async def replay(self, path):
        exchange = load_exchange(path)
        for model in ("up-small", "up-large"):
            self.upstream.when_model(model, f"replay file={path}")
        before = len(self.upstream.received())
        answer = await raw_client.post(self.proxy.port, "/v1/chat/completions", exchange["client"]["body"].encode())
        sent = self.upstream.received()[before:]
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent[0].body.decode(), exchange["upstream"]["body"])
        self.assertEqual(sent[0].first_line.rpartition(" ")[0], exchange["upstream"]["target"])
        status, kind, body = recorded_answer(exchange)
        self.assertEqual((answer.status, answer.header("content-type")), (status, kind))
        self.assertEqual(answer.body, body)
        self.assertTrue(answer.complete)


if __name__ == "__main__":
    unittest.main()
