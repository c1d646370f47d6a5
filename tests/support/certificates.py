# SPDX-License-Identifier: Apache-2.0
"""Certificates for upstreams behind TLS, made by the openssl command when a test begins; nothing secret lies in the tree."""

import dataclasses
import pathlib
import ssl
import subprocess

# For an address and a name of this machine.
SUBJECT = "subjectAltName=IP:127.0.0.1,DNS:localhost"


@dataclasses.dataclass
class Certificates:
    """Paths; `authority` is what a client has to trust (SSL_CERT_FILE). A pair is (certificate, key)."""

    authority: pathlib.Path
    good: tuple
    self_signed: tuple
    expired: tuple
    other_name: tuple

    def context(self, pair):
        """What a server needs to show that pair."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, pair))
        return context


def _openssl(*arguments, cwd):
    done = subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr}")


def _key(name, folder):
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key", cwd=folder)


def _signed(name, folder, subject=SUBJECT, until=None):
    """A certificate of our authority; `until` in openssl's UTC form makes it end there."""
    _key(name, folder)
    _openssl("req", "-new", "-key", f"{name}.key", "-subj", "/CN=upstream", "-out", f"{name}.csr", cwd=folder)
    (folder / f"{name}.ext").write_text(subject + "\n")
    period = ["-startdate", "20200101000000Z", "-enddate", until or "20990101000000Z"]
    _openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-in", f"{name}.csr", "-extfile", f"{name}.ext", *period,
             "-out", f"{name}.pem", cwd=folder)
    return folder / f"{name}.pem", folder / f"{name}.key"


def _self_signed(name, folder, constraint):
    _key(name, folder)
    _openssl("req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-days", "3650", "-addext", SUBJECT,
             "-addext", f"basicConstraints=critical,CA:{constraint}", "-out", f"{name}.pem", cwd=folder)
    return folder / f"{name}.pem", folder / f"{name}.key"


CONFIGURATION = """
[ca]
default_ca = own
[own]
new_certs_dir = .
database = index.txt
serial = serial
certificate = authority.pem
private_key = authority.key
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
"""


def make(folder):
    """Makes them all in an empty folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    authority, _ = _self_signed("authority", folder, "TRUE")
    (folder / "ca.cnf").write_text(CONFIGURATION)
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    return Certificates(
        authority=authority,
        good=_signed("good", folder),
        self_signed=_self_signed("alone", folder, "FALSE"),
        expired=_signed("expired", folder, until="20210101000000Z"),
        other_name=_signed("other", folder, subject="subjectAltName=DNS:elsewhere.invalid"),
    )
