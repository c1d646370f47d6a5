# SPDX-License-Identifier: Apache-2.0
"""What README.md shows works as it stands there."""

import pathlib
import re
import tempfile
import unittest

from wend_cli import wend, wend_json

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
SMALLEST = re.compile(r"<!-- smallest wend\.yaml:.*?-->\n```yaml\n(.*?)```", re.DOTALL)


class Readme(unittest.TestCase):
    """The page against the program."""

    def test_the_smallest_configuration_is_short_and_is_read_with_every_key_it_names(self):
        found = SMALLEST.search(README.read_text(encoding="utf-8"))
        self.assertIsNotNone(found, "README.md has lost its smallest wend.yaml")
        self.assertLess(len(found.group(1).splitlines()), 15)
        with tempfile.TemporaryDirectory(prefix="wend-readme-") as scratch:
            home = pathlib.Path(scratch)
            (home / "wend.yaml").write_text(found.group(1), encoding="utf-8")
            values = {row["key"]: row for row in wend_json("config", "--effective", cwd=home)}
            self.assertEqual(values["models.1.price.output"]["value"], "10")
            self.assertEqual(values["upstreams.openai.api_key_env"]["value"], "OPENAI_API_KEY")
            self.assertIn("wend.yaml", values["router.artifact"]["source"])

    def test_every_verb_it_shows_is_one(self):
        text = README.read_text(encoding="utf-8")
        known = set(re.findall(r"^  (\w+) ", wend("--help", check=0).stdout, re.MULTILINE))
        shown = set(re.findall(r"^(?:build/release/bin/)?wend (\w+)", text, re.MULTILINE))
        self.assertGreaterEqual(len(shown), 5)
        self.assertEqual(shown - known, set())


if __name__ == "__main__":
    unittest.main()
