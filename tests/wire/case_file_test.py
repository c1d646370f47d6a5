# SPDX-License-Identifier: Apache-2.0
"""Cases are read as README.md says, and every case of this folder can be read."""

import pathlib
import unittest

import case_file
from run_cases import Mismatch, check_body, check_headers

CASE = """# Why.
--- with a
1
2
--- request
POST /x
N: v: w

{"n":{{a}}}
--- response cut
200
"""


class CaseFile(unittest.TestCase):
    def test_sections_and_variants(self):
        (one, _), (two, found) = [(title, s) for title, s in case_file.variants(case_file.sections(CASE))]
        self.assertEqual((one, two), ("a=1", "a=2"))
        self.assertEqual([(s.kind, s.argument) for s in found], [("request", ""), ("response", "cut")])
        request = case_file.message(found[0])
        self.assertEqual((request.first_line, request.headers, request.body), ("POST /x", [("N", "v: w")], '{"n":2}'))
        self.assertIsNone(case_file.message(found[1]).body)

    def test_directives(self):
        self.assertEqual(case_file.expand("a{{repeat 3 xy}}{{bytes ff0d}}{{nested 2}}é"), b"axyxyxy\xff\r[[]]\xc3\xa9")
        for wrong in ("{{nothing 3}}", "{{a}}"):
            with self.assertRaises(ValueError):
                case_file.expand(wrong)

    def test_what_is_no_section_is_refused(self):
        for wrong in ("--- requests\n", "words\n--- request\n"):
            with self.assertRaises(ValueError):
                case_file.sections(wrong)

    def test_comparisons_find_what_differs(self):
        check_headers([("a", "1"), ("b", "-"), ("c", "~x.*")], [("A", "1"), ("C", "xyz")])
        for wanted in (("a", "2"), ("a", "-"), ("c", "~y.*"), ("d", "~.*")):
            with self.assertRaises(Mismatch):
                check_headers([wanted], [("A", "1"), ("C", "xyz")])
        check_body('@json {"a":{"b":1}}', b'{"a":{"b":1,"c":2}}', b"")
        check_body("@upstream", b"x", b"x")
        check_body("@has a\n@has b", b"ba", b"")
        for text in ('@json {"a":{"b":2}}', '@json {"c":1}', "@upstream", "@has z", "{}"):
            with self.assertRaises(Mismatch):
                check_body(text, b'{"a":{"b":1}}', b"other")

    def test_every_case_can_be_read(self):
        paths = list(pathlib.Path(__file__).parent.glob("*.case"))
        self.assertGreater(len(paths), 50)
        for path in paths:
            with self.subTest(path.name):
                self.assertTrue(path.read_text().startswith("# "))
                for _, found in case_file.variants(case_file.sections(path.read_text(), path.name)):
                    self.assertIn("request", [s.kind for s in found])
                    for section in found:
                        if section.kind in ("request", "received"):
                            case_file.expand(case_file.message(section).body or "")


if __name__ == "__main__":
    unittest.main(verbosity=1)
