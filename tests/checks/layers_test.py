#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check_layers.py finds what is planted, and nothing where nothing is."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_layers.py"
PAGE = """
base    :            # the ground
data    : base
train   : base data
routers : base data +train
cli     : base routers +train
door torch/    : train routers/*/train*
door openssl/  : base/hash
cc-only nlohmann/json.hpp
"""


class Layers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.page(PAGE)

    def page(self, text):
        (self.root / "docs").mkdir(exist_ok=True)
        (self.root / "docs/layers.txt").write_text(text)

    def plant(self, path, *headers):
        file = self.root / "wend" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#pragma once\n" + "".join(f'#include "{header}"\n' for header in headers))

    def check(self):
        done = subprocess.run([sys.executable, CHECK, self.root], capture_output=True, text=True)
        return done.returncode, done.stderr

    def expect_clean(self):
        self.assertEqual(self.check(), (0, ""))

    def expect(self, *parts):
        status, text = self.check()
        self.assertEqual(status, 1)
        self.assertEqual(len(text.splitlines()), 1, text)
        for part in parts:
            self.assertIn(part, text)

    def test_takes_what_the_page_allows(self):
        self.plant("data/table.h", "wend/base/file.h", "wend/data/row.h", "vector")
        self.plant("routers/knn/train.cc", "wend/train/loop.h", "torch/torch.h", "wend/routers/train_factory.h")
        self.plant("cli/main_train.cc", "wend/routers/train_factory.h")
        self.plant("base/hash_test.cc", "openssl/evp.h")
        self.plant("base/json.cc", "nlohmann/json.hpp")
        self.plant("base/json.h", "nlohmann/json_fwd.hpp")
        self.plant("data/training_set.h")
        self.plant("routers/router.h", "wend/data/training_set.h")
        self.expect_clean()

    def test_finds_an_include_that_goes_up(self):
        self.plant("base/file.cc", "string", "wend/data/table.h")
        self.expect("wend/base/file.cc:3", "wend/data/table.h", "may include only itself and: nothing")

    def test_finds_an_include_that_goes_sideways(self):
        self.plant("cli/main.cc", "wend/data/table.h")
        self.expect("wend/cli/main.cc:2", "base routers")

    def test_finds_training_code_outside_training_files(self):
        self.plant("routers/knn/router.cc", "wend/train/loop.h")
        self.expect("wend/routers/knn/router.cc:2", "named train*")

    def test_finds_a_training_header_of_another_module_outside_training_files(self):
        self.plant("cli/main.cc", "wend/routers/train_factory.h")
        self.expect("wend/cli/main.cc:2", "named train*")

    def test_finds_training_code_in_a_module_without_the_mark(self):
        self.plant("data/train_rows.cc", "wend/train/loop.h")
        self.expect("wend/data/train_rows.cc:2", "+train")

    def test_finds_a_library_outside_its_door(self):
        self.plant("data/table.cc", "openssl/evp.h")
        self.expect("wend/data/table.cc:2", "base/hash")

    def test_finds_torch_outside_the_training_files_of_a_router(self):
        self.plant("routers/knn/router.cc", "torch/torch.h")
        self.expect("routers/*/train*")

    def test_finds_a_costly_header_in_a_header(self):
        self.plant("base/json.h", "nlohmann/json.hpp")
        self.expect("wend/base/json.h:2", "only .cc")

    def test_finds_a_room_that_is_not_on_the_page(self):
        self.plant("attic/box.h")
        self.expect("'attic' has no line")

    def test_finds_a_circle_on_the_page(self):
        self.page("base : data\ndata : base\n")
        self.expect("layers.txt:1", "'data'")


if __name__ == "__main__":
    unittest.main()
