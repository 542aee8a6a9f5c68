#!/usr/bin/env python3
"""Simulation of the EC2 metadata service for the boot test: serves a directory as 169.254.169.254 would.

usage: sim_metadata.py ADDRESS DIRECTORY (v2|v1)

v2 wants a token with every GET; v1 answers 403 to the token call. Directories list themselves the EC2 way.
"""
import http.server
import pathlib
import sys

TOKEN = "simulated-token"
ADDRESS, ROOT, VERSION = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]


class SimMetadata(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if self.command == "PUT" and status == 200:
            self.send_header("X-aws-ec2-metadata-token-ttl-seconds", "21600")
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        if VERSION == "v1":
            return self.answer(403)
        asked = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
        if self.path != "/latest/api/token" or not asked:
            return self.answer(400)
        self.answer(200, TOKEN.encode())

    def do_GET(self):
        if VERSION == "v2" and self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            return self.answer(401)
        path = (ROOT / self.path.lstrip("/")).resolve()
        # Clients ask for dated versions too; this one knows one date.
        parts = path.relative_to(ROOT).parts
        path = ROOT.joinpath("latest", *parts[1:]) if parts and parts[0] == "2021-03-23" else path
        if path.is_file():
            return self.answer(200, path.read_bytes())
        if not path.is_dir():
            return self.answer(404)
        if path.name == "public-keys":
            return self.answer(200, b"0=test")
        names = [p.name + ("/" if p.is_dir() else "") for p in sorted(path.iterdir())]
        self.answer(200, "\n".join(names).encode())

    def log_message(self, form, *args):
        sys.stderr.write("%s %s\n" % (self.client_address[0], form % args))


http.server.ThreadingHTTPServer((ADDRESS, 80), SimMetadata).serve_forever()
