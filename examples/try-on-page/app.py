"""A page where one picks a photo and a garment and sees the result. Run: python app.py [GARMENTS_FOLDER] [PORT]

It needs the SDK and the standard library alone, and works without JavaScript. Photos stay in memory: one session a visitor, dropped
after ten minutes, on "Forget my photo", or when the server stops. Nothing is written and no photo is logged.
"""

from __future__ import annotations

import base64
import html
import secrets
import sys
import threading
import time
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

from prodgen_sdk import Garment, InputError, ProdgenError, Refusal, Studio, TryOn, images
from prodgen_sdk.gallery import garments_in
from prodgen_sdk.session import TryOnSession
from prodgen_sdk.types import GarmentCategory, Image

MAX_BYTES = 16 * 2**20
MAX_PIXELS = 24_000_000
MINUTES, MOST = 10, 32
CATEGORIES: tuple[GarmentCategory, ...] = (
    "auto",
    "top",
    "outerwear",
    "trousers",
    "shorts",
    "skirt",
    "dress",
    "overall",
    "hat",
    "glasses",
    "bag",
    "scarf",
)
PAGE = Template((Path(__file__).parent / "page.html").read_text("utf-8"))
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


class Visitors:
    """Sessions by a secret token, the oldest dropped first."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._open: dict[str, tuple[float, TryOnSession]] = {}
        self._lock = threading.Lock()

    def start(self, photo: bytes) -> str:
        """Opens a session for a photo and returns its token."""
        session = self._studio.session(images.load(photo, max_pixels=MAX_PIXELS))
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._open[token] = (time.monotonic(), session)
        self.tidy()
        return token

    def find(self, token: str) -> TryOnSession | None:
        """The session of a token; looking at it keeps it alive."""
        self.tidy()
        with self._lock:
            if token not in self._open:
                return None
            _, session = self._open.pop(token)
            self._open[token] = (time.monotonic(), session)
            return session

    def end(self, token: str) -> None:
        """Drops a photo and all that was derived from it."""
        with self._lock:
            _, session = self._open.pop(token, (0.0, None))
        if session is not None:
            session.close()

    def tidy(self, everybody: bool = False) -> None:
        """Ends what is old, or more than there is room for."""
        with self._lock:
            late = time.monotonic() - 60 * MINUTES
            old = [token for token, (seen, _) in self._open.items() if everybody or seen < late]
            old += [token for token in list(self._open)[: max(len(self._open) - MOST, 0)] if token not in old]
        for token in old:
            self.end(token)


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 20  # seconds that a visitor may keep a thread waiting

    def do_GET(self) -> None:
        if self.path != "/":
            return self._answer(404, "There is nothing here.")
        self._answer(200)

    def do_POST(self) -> None:
        try:
            fields = self._fields()
            token = fields.get("token", b"").decode("ascii", "ignore")
            if "forget" in fields:
                self.server.visitors.end(token)
                return self._answer(200, "Your photo is gone.")
            self._dress(fields, token)
        except InputError as error:
            self._answer(422, str(error))
        except ProdgenError as error:
            self._answer(500, "Something went wrong on our side. Try another photo.")
            self.log_error("%s", type(error).__name__)

    def _dress(self, fields: dict[str, bytes], token: str) -> None:
        visitors = self.server.visitors
        if fields.get("photo"):
            visitors.end(token)
            token = visitors.start(fields["photo"])
        session = visitors.find(token)
        if session is None:
            raise InputError("There is no photo.", hint="Choose one; photos are dropped after ten minutes.")
        answer = session.try_on(self._garment(fields), category=self._category(fields))
        choice = fields.get("choice", b"").decode("utf-8", "replace")
        self._answer(200, answer=answer, token=token, choice=choice)

    def _category(self, fields: dict[str, bytes]) -> GarmentCategory:
        name = fields.get("category", b"auto").decode("utf-8", "replace")
        for category in CATEGORIES:
            if category == name:
                return category
        raise InputError("There is no such category.", hint=f"Choose one of {', '.join(CATEGORIES)}.")

    def _garment(self, fields: dict[str, bytes]) -> Garment | Image:
        if fields.get("garment"):
            return images.load(fields["garment"], alpha=True, max_pixels=MAX_PIXELS)
        name = fields.get("choice", b"").decode("utf-8", "replace")
        if name not in self.server.garments:
            raise InputError("There is no garment.", hint="Choose one from the shop, or a photo of your own.")
        return self.server.garments[name]

    def _fields(self) -> dict[str, bytes]:
        """The parts of a multipart form by name."""
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        kind = self.headers.get("Content-Type", "")
        if not 0 < length <= MAX_BYTES or not kind.startswith("multipart/form-data"):
            self.close_connection = True
            raise InputError(f"Send a form with photos of up to {MAX_BYTES // 2**20} MB.")
        body = self.rfile.read(length)
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
        fields: dict[str, bytes] = {}
        for part in message.iter_parts() if message.is_multipart() else ():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(content, bytes):
                fields[name] = content
        return fields

    def _answer(
        self,
        status: int,
        message: str = "",
        *,
        answer: TryOn | Refusal | None = None,
        token: str = "",
        choice: str = "",
    ) -> None:
        result = f'<p class="message" role="alert">{html.escape(message)}</p>' if message else ""
        if isinstance(answer, Refusal):
            result = f'<p class="message" role="alert"><strong>{html.escape(answer.reason)}</strong> {html.escape(answer.what_to_do)}</p>'
        elif answer is not None:
            picture = base64.b64encode(
                images.encode(answer.image, "webp", quality=92, metadata=answer.metadata)
            ).decode()
            notes = "".join(f"<li>{html.escape(note)}</li>" for note in answer.warnings)
            result = (
                f'<img class="result" alt="You, in the garment" src="data:image/webp;base64,{picture}">'
                f"<p>Confidence {answer.confidence:.2f}</p><ul>{notes}</ul>"
            )
        choices = "".join(
            f'<option value="{html.escape(name, quote=True)}"{" selected" * (name == choice)}>{html.escape(name)}</option>'
            for name in self.server.garments
        )
        page = PAGE.substitute(
            result=result,
            token=html.escape(token, quote=True),
            choices=choices,
            categories="".join(f"<option>{name}</option>" for name in CATEGORIES),
            required="" if token else "required",
            again="Another photo (the last one is still here)" if token else "Your photo",
            forget="" if token else "hidden",
        ).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page)


class Server(ThreadingHTTPServer):
    """Serves on this machine alone."""

    def __init__(self, studio: Studio, garments: dict[str, Garment], port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.visitors, self.garments = Visitors(studio), garments

    def server_close(self) -> None:
        super().server_close()
        self.visitors.tidy(everybody=True)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with (
        Studio() as studio,
        Server(
            studio, dict(garments_in(folder)) if folder else {}, int(sys.argv[2]) if len(sys.argv) > 2 else 8000
        ) as server,
    ):
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Photos are gone.")


if __name__ == "__main__":
    main()
