# SPDX-License-Identifier: Apache-2.0
"""What the scripts about the starter pack share: its files, the scoring of a reply, the ledger of replies."""
