"""A hub on this machine, as far as huggingface_hub asks one: a repository is a folder `ROOT/owner/name` with one commit."""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATED = "gated"  # the owner of repositories that ask for consent


def commit(name):
    """The commit of a repository, its only revision."""
    return hashlib.sha1(name.encode()).hexdigest()


@contextmanager
def hub(root):
    """(address, list of the files that were fetched) of a hub with the repositories below `root`."""
    fetched = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reply(self, code, body=b"", **headers):
            self.send_response(code)
            for key, value in {**headers, "Content-Length": len(body)}.items():
                self.send_header(key.replace("_", "-"), str(value))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def refuse(self, code, what):
            self.reply(code, b"{}", X_Error_Code=what, X_Error_Message=what)

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            parts = self.path.split("?")[0].strip("/").split("/")
            asked = parts[:2] == ["api", "models"]
            if len(parts) < 5:
                return self.refuse(404, "EntryNotFound")
            name = "/".join(parts[2:4] if asked else parts[:2])
            revision = (parts[5] if len(parts) > 5 else "") if asked else parts[3]
            if not (root / name).is_dir():
                return self.refuse(401, "RepoNotFound")
            if revision != commit(name):
                return self.refuse(404, "RevisionNotFound")
            return self.listing(name, tree=parts[4] == "tree") if asked else self.file(name, "/".join(parts[4:]))

        def listing(self, name, *, tree):
            paths = sorted(path for path in (root / name).rglob("*") if path.is_file())
            files = [(path.relative_to(root / name).as_posix(), path.stat().st_size) for path in paths]
            if tree:
                answer = [{"type": "file", "path": path, "size": size, "oid": "x"} for path, size in files]
            else:
                answer = {"id": name, "sha": commit(name), "siblings": [{"rfilename": path} for path, _ in files]}
            self.reply(200, json.dumps(answer).encode(), Content_Type="application/json")

        def file(self, name, path):
            if name.startswith(GATED):
                self.refuse(403, "GatedRepo")
            elif not (root / name / path).is_file():
                self.refuse(404, "EntryNotFound")
            else:
                data = (root / name / path).read_bytes()
                if self.command == "GET":
                    fetched.append(path)
                self.reply(200, data, ETag=f'"{hashlib.sha1(data).hexdigest()}"', X_Repo_Commit=commit(name))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fetched
    finally:
        server.shutdown()
        server.server_close()
