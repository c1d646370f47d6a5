# SPDX-License-Identifier: Apache-2.0
"""`wend doctor` with the real binary: its lines, its exit status, and no key in any of them."""

import json
import os
import pathlib
import tempfile
import unittest

from wend_cli import wend

CONFIGURATION = """
upstreams:
  far: {base_url: "http://127.0.0.1:9/v1", api_key_env: WEND_E2E_KEY}
models:
  - {id: small, upstream: far}
"""


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

    def test_a_missing_key_fails_and_a_present_one_is_never_printed(self):
        (self.home / "wend.yaml").write_text(CONFIGURATION)
        self.assertEqual(self.examine(1)["key WEND_E2E_KEY"]["status"], "fail")
        os.environ["WEND_E2E_KEY"] = "sk-canary-1234"
        self.assertEqual(self.examine(0)["key WEND_E2E_KEY"]["status"], "ok")
        said = wend("doctor", cwd=self.home, check=0)
        self.assertNotIn("canary", said.stdout + said.stderr)
        self.assertIn("counts as unlimited", said.stdout)

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
