#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check_links.py finds a link to nothing, and takes links to files, folders and other machines."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_links.py"


class Links(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "docs").mkdir()
            (root / "there.md").write_text("# there\n")
            (root / "docs/page.md").write_text(text)
            done = subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)
            return done.returncode, done.stderr

    def test_takes_what_leads_somewhere(self):
        text = "[file](../there.md) [part](../there.md#here) [folder](../docs) [far](https://localhost/x) [same](#x)\n"
        self.assertEqual(self.check(text), (0, ""))

    def test_finds_a_dead_link_with_its_line(self):
        status, text = self.check("# page\n\n[gone](../gone.md)\n")
        self.assertEqual(status, 1)
        self.assertIn("docs/page.md:3", text)
        self.assertIn("../gone.md", text)


if __name__ == "__main__":
    unittest.main()
