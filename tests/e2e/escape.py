# SPDX-License-Identifier: Apache-2.0
# A reply that tries to get out of the sandbox (label_test.py): reached() names what it came to. FOLDER and PORT are put in.
import ctypes
import os
import socket
import sys


def read_secrets():
    open("/etc/shadow").read()


def overwrite_a_file_of_the_host():
    open("FOLDER/bystander", "w").write("overwritten")


def read_the_store():
    open("FOLDER/wend.db", "rb").read()


def ask_the_upstream():
    with socket.create_connection(("127.0.0.1", int("PORT")), 1) as peer:
        peer.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")


def look_into_the_parent():
    libc = ctypes.CDLL(None)
    if libc.ptrace(16, os.getppid(), 0, 0) != 0:
        raise OSError("ptrace")


def fill_the_disk():
    with open("/tmp/much", "wb") as much:
        for _ in range(1024):
            much.write(bytes(1 << 20))


def multiply():
    for _ in range(1000):
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)", "left-by-escape"])


def reached():
    came_to = []
    for attempt in (read_secrets, overwrite_a_file_of_the_host, read_the_store, ask_the_upstream, look_into_the_parent, fill_the_disk,
                    multiply):
        try:
            attempt()
            came_to.append(attempt.__name__)
        except Exception:
            pass
    return came_to
