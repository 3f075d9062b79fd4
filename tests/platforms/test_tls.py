"""Over TLS the name is proved, although the connection goes to an address already checked."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from govsocial.platforms.errors import NotReached, UnknownOutcome
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Effect, Session, Timing
from govsocial.platforms.streamed import Streamed
from tests.platforms.fakes import raw_server
from tests.platforms.films import film

NAME = "localhost"
Talk = Callable[[ssl.SSLSocket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for ``localhost`` that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def serve(certificate: Path) -> Iterator[Callable[[Talk], int]]:
    """Start a TLS server on loopback that talks as told; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def start(talk: Talk) -> int:
        def secured(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as tls:
                talk(tls)

        return int(running.enter_context(raw_server(secured)).rsplit(":", 1)[1])

    with ExitStack() as running:
        yield start


def session(host: str) -> Session:
    return Session(f"https://{host}", guard=Guard({host}), timing=Timing(total=0.6))


def say_yes(tls: ssl.SSLSocket) -> None:
    tls.recv(65_536)
    tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def hang_up(tls: ssl.SSLSocket) -> None:
    tls.recv(65_536)


def drip(tls: ssl.SSLSocket) -> None:
    tls.recv(65_536)
    tls.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(60):
        tls.sendall(b"X")
        time.sleep(0.05)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))


@pytest.mark.usefixtures("trusted")
def test_a_server_that_proves_its_name_is_talked_to(serve: Callable[[Talk], int]) -> None:
    port = serve(say_yes)
    assert session(f"localhost:{port}").send("GET", "/", effect=Effect.READ).json() == {}


@pytest.mark.usefixtures("trusted")
def test_a_server_with_the_certificate_of_another_name_gets_nothing(
    serve: Callable[[Talk], int],
) -> None:
    heard: list[bytes] = []
    port = serve(lambda tls: heard.append(tls.recv(10)))
    with pytest.raises(NotReached):
        session(f"127.0.0.1:{port}").send("POST", "/", effect=Effect.PUBLISH, token="a-token")
    assert heard in ([], [b""])


def test_a_server_that_nobody_vouches_for_gets_nothing(serve: Callable[[Talk], int]) -> None:
    heard: list[bytes] = []
    port = serve(lambda tls: heard.append(tls.recv(10)))
    with pytest.raises(NotReached):
        session(f"localhost:{port}").send("POST", "/", effect=Effect.PUBLISH, token="a-token")
    assert heard in ([], [b""])


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("talk", [hang_up, drip])
def test_over_tls_too_a_write_without_an_answer_is_unknown_in_time(
    serve: Callable[[Talk], int], talk: Talk
) -> None:
    port = serve(talk)
    started = time.monotonic()
    with pytest.raises(UnknownOutcome):
        session(f"localhost:{port}").send("POST", "/", effect=Effect.PUBLISH)
    assert time.monotonic() - started < 1.5


FILM = film(bytes(8 * 1024 * 1024))
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def read_some(connection: socket.socket, size: int) -> None:
    while size > 0 and (read := connection.recv(65_536)):
        size -= len(read)


def refuse_on_the_way(connection: socket.socket) -> None:
    read_some(connection, 2_000_000)
    connection.sendall(TOO_LARGE)
    time.sleep(0.1)


def pause_and_agree(connection: socket.socket) -> None:
    read_some(connection, 1_000_000)
    time.sleep(0.5)
    read_some(connection, FILM.size - 1_100_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    # Until the client has read it and hangs up.
    read_some(connection, FILM.size)


def upload(base: str, timing: Timing) -> int:
    host = base.partition("://")[2]
    session = Session(base, guard=Guard({host}), timing=timing)
    body = Streamed(FILM, before_part=lambda: None)
    return session.send("POST", "/x", effect=Effect.STAGE, data=body, silence=5.0).status


@pytest.mark.usefixtures("trusted")
def test_an_answer_that_comes_before_all_of_a_film_was_sent_is_heard(
    serve: Callable[[Talk], int],
) -> None:
    """A server that finds it too large need not wait for its end."""
    assert upload(f"https://{NAME}:{serve(refuse_on_the_way)}", Timing(total=10.0)) == 413
    with raw_server(refuse_on_the_way) as host:
        assert upload(f"http://{host}", Timing(total=10.0)) == 413


@pytest.mark.usefixtures("trusted")
def test_a_server_may_pause_while_a_film_is_sent_for_longer_than_it_may_to_connect(
    serve: Callable[[Talk], int],
) -> None:
    timing = Timing(connect=0.3, read=0.3, total=10.0)
    assert upload(f"https://{NAME}:{serve(pause_and_agree)}", timing) == 200
    with raw_server(pause_and_agree) as host:
        assert upload(f"http://{host}", timing) == 200
