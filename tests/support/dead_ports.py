# SPDX-License-Identifier: Apache-2.0
"""Addresses of this machine at which nobody answers."""

import contextlib
import socket


@contextlib.contextmanager
def refusing():
    """A port that refuses connections, held (bound, not listening) so that nobody else gets it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextlib.contextmanager
def black_hole():
    """A port whose connections never come about: it listens, never accepts, and its backlog is full."""
    with contextlib.ExitStack() as kept:
        listener = kept.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            filler = kept.enter_context(socket.socket())
            filler.settimeout(0.05)
            try:
                filler.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            raise RuntimeError("the backlog of a socket that never accepts does not fill up on this system")
        yield listener.getsockname()[1]
