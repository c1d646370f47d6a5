#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every pool that ships as a configuration is one that the real binary takes, with a price for each model."""

import pathlib
import tempfile
import unittest

from wend_cli import wend, wend_json

POOLS = sorted((pathlib.Path(__file__).resolve().parents[2] / "config" / "pools").glob("*.yaml"))


class Pools(unittest.TestCase):
    def test_each_is_a_configuration_whose_models_have_prices(self):
        self.assertGreaterEqual(len(POOLS), 3)
        for pool in POOLS:
            with self.subTest(pool=pool.name), tempfile.TemporaryDirectory() as folder:
                wend("config", "--effective", "--config", pool, cwd=folder, check=0)
                models = wend_json("models", "list", "--config", pool, cwd=folder)["models"]
                self.assertGreaterEqual(len(models), 4)
                for model in models:
                    self.assertTrue(model["upstream"], model)
                    self.assertLess(0, model["input_price_per_mtok"])
                    self.assertLess(model["input_price_per_mtok"], model["output_price_per_mtok"])

    def test_the_gpt_5_family_has_the_prices_of_the_authors_code(self):
        pool = next(pool for pool in POOLS if pool.name == "gpt5.yaml")
        with tempfile.TemporaryDirectory() as folder:
            models = wend_json("models", "list", "--config", pool, cwd=folder)["models"]
        prices = {model["id"]: (model["input_price_per_mtok"], model["output_price_per_mtok"]) for model in models}
        self.assertEqual({name: prices[name] for name in ("gpt-5", "gpt-5-mini", "gpt-5-nano")},
                         {"gpt-5": (9, 72), "gpt-5-mini": (1.8, 14.4), "gpt-5-nano": (0.36, 2.88)})


if __name__ == "__main__":
    unittest.main()
