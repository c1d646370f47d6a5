#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check_headers.cmake stops the build for a header that does not compile alone, and names it."""

import pathlib
import subprocess
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_headers.cmake"
PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(planted LANGUAGES CXX)
include("{CHECK}")
wend_check_headers()
"""


class Headers(unittest.TestCase):
    def build(self, header):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "wend").mkdir()
            (root / "CMakeLists.txt").write_text(PROJECT)
            (root / "wend/planted.h").write_text(header)
            subprocess.run(["cmake", "-G", "Ninja", "-S", root, "-B", root / "build"], check=True, capture_output=True)
            build = ["cmake", "--build", root / "build", "--target", "wend_headers"]
            done = subprocess.run(build, capture_output=True, text=True)
            return done.returncode, done.stdout

    def test_takes_a_header_that_brings_what_it_needs(self):
        status, text = self.build("#pragma once\n#include <string>\nstruct Name { std::string text; };\n")
        self.assertEqual(status, 0, text)

    def test_finds_a_missing_include(self):
        status, text = self.build("#pragma once\nstruct Name { std::string text; };\n")
        self.assertNotEqual(status, 0)
        self.assertIn("wend/planted.h", text)

    def test_finds_a_missing_pragma_once(self):
        status, text = self.build("struct Name {};\n")
        self.assertNotEqual(status, 0)
        self.assertIn("redefinition", text)


if __name__ == "__main__":
    unittest.main()
