# SPDX-License-Identifier: Apache-2.0
"""`wend doctor` with the real binary: its lines, its exit status, and no key in any of them."""

import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from fake_upstream import FakeUpstream  # noqa: E402
from wend_cli import wend  # noqa: E402

NOBODY = "http://127.0.0.1:9/v1"


def configuration(base_url, upstream_model="small"):
    """One upstream with a key, one model."""
    return json.dumps({"upstreams": {"far": {"base_url": base_url, "api_key_env": "WEND_E2E_KEY"}},
                       "models": [{"id": "mine", "upstream": "far", "upstream_model": upstream_model}]})


class Doctor(unittest.TestCase):
    """In a folder of its own, with and without a configuration."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="wend-doctor-")
        self.addCleanup(scratch.cleanup)
        self.home = pathlib.Path(scratch.name)
        self.addCleanup(os.environ.pop, "WEND_E2E_KEY", None)

    def examine(self, status):
        """{name: check} of `wend doctor --json`, which must end with this status."""
        document = json.loads(wend("doctor", "--json", cwd=self.home, check=status).stdout)
        self.assertEqual(document["ok"], status == 0)
        for check in document["checks"]:
            self.assertIn(check["status"], ("ok", "warn", "fail"))
            self.assertEqual(check["mend"] == "", check["status"] == "ok", check)
        self.assertEqual(status == 0, all(check["status"] != "fail" for check in document["checks"]))
        return {check["name"]: check for check in document["checks"]}

    def test_an_upstream_is_asked_with_its_key_and_the_key_is_never_printed(self):
        os.environ["WEND_E2E_KEY"] = "sk-canary-1234"
        with FakeUpstream() as upstream:
            (self.home / "wend.yaml").write_text(configuration(upstream.url()))
            checks = self.examine(0)
            self.assertEqual(checks["upstream far"]["message"], "answers and lists 2 models")
            self.assertEqual(checks["key WEND_E2E_KEY"]["status"], "ok")
            self.assertEqual(upstream.received()[0].header("authorization"), "Bearer sk-canary-1234")
            self.assertEqual(upstream.received()[0].first_line, "GET /v1/models HTTP/1.1")
            (self.home / "wend.yaml").write_text(configuration(upstream.url(), "smal"))
            self.assertIn("does not list 'smal'", self.examine(0)["upstream far"]["message"])
            said = wend("doctor", cwd=self.home, check=0)
        self.assertNotIn("canary", said.stdout + said.stderr)
        self.assertIn("counts as unlimited", said.stdout)

    def test_a_missing_key_and_an_upstream_that_is_not_there_fail(self):
        (self.home / "wend.yaml").write_text(configuration(NOBODY))
        checks = self.examine(1)
        self.assertEqual(checks["key WEND_E2E_KEY"]["status"], "fail")
        self.assertEqual(checks["upstream far"]["status"], "fail")
        self.assertIn("127.0.0.1:9", checks["upstream far"]["message"])

    def test_a_broken_configuration_is_one_check_and_the_machine_is_still_looked_at(self):
        (self.home / "wend.yaml").write_text("upstream: {}\n")
        checks = self.examine(1)
        self.assertIn("did you mean 'upstreams'?", checks["configuration"]["message"])
        self.assertIn("disk", checks)

    def test_the_trainer_says_which_blas_it_loads(self):
        (self.home / "wend.yaml").write_text("upstream: {}\n")
        self.assertRegex(self.examine(1)["blas"]["message"], r"\w+ \(/.*blas.*\)|slower")


if __name__ == "__main__":
    unittest.main()
