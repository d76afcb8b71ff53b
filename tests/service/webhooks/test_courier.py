"""One attempt ends in time whatever the receiver does, and goes nowhere but where it was checked to go."""

import ipaddress
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.webhooks.allowed import read_origins
from service.webhooks.courier import Courier, Failure, Outcome
from tests.service.webhooks.receiving import free_port, receiving

BODY = b'{"id": "1"}'


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def sent(receiver, path="/hook?a=b", attempt_s=1.0) -> Outcome:
    courier = Courier(read_origins(f"private:{receiver.origin}"), attempt_s)
    return courier.post(f"{receiver.origin}{path}", BODY, {"webhook-id": "1"})


def test_a_message_that_is_accepted_is_delivered(receiver):
    assert sent(receiver) == Outcome(None, 204)
    ((headers, body),) = receiver.received
    assert body == BODY
    assert headers["webhook-id"] == "1"
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [300, 400, 404, 410, 429, 500, 503])
def test_any_other_status_is_a_failure(receiver, status):
    receiver.always = status
    assert sent(receiver) == Outcome(Failure.STATUS, status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver, status):
    receiver.always, receiver.location = status, f"{receiver.origin}/elsewhere"
    assert sent(receiver) == Outcome(Failure.STATUS, status)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("what", ["hang", "trickle"])
def test_a_receiver_that_hangs_or_trickles_is_left_in_time(receiver, what):
    receiver.always = what
    begun = time.monotonic()
    assert sent(receiver, attempt_s=0.5) == Outcome(Failure.TIMEOUT)
    assert time.monotonic() - begun < 5


def test_an_answer_without_end_is_not_read(receiver):
    receiver.always = "flood"
    assert sent(receiver, attempt_s=5) == Outcome(None, 200)


def test_an_answer_that_is_no_http_is_a_failure(receiver):
    receiver.always = "noise"
    assert sent(receiver) == Outcome(Failure.NOT_HTTP)


def test_a_receiver_that_is_not_there_is_a_failure():
    origin = f"http://127.0.0.1:{free_port()}"
    assert Courier(read_origins(f"private:{origin}")).post(origin, BODY, {}) == Outcome(Failure.UNREACHABLE)


def test_a_proxy_from_the_environment_is_not_asked(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert sent(receiver) == Outcome(None, 204)


def test_an_address_that_the_operator_no_longer_allows_is_not_gone_to(receiver):
    assert Courier(()).post(f"{receiver.origin}/", BODY, {}) == Outcome(Failure.NOT_ALLOWED)
    assert receiver.received == []


def test_a_loopback_address_is_not_gone_to_unless_it_is_called_private(receiver):
    courier = Courier(read_origins(receiver.origin))
    assert courier.post(f"{receiver.origin}/", BODY, {}) == Outcome(Failure.NOT_ALLOWED)
    assert receiver.received == []


class Names:
    """A name server that gives the next of its answers each time it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host, port, *_, **__):
        self.asked += 1
        found = self.answers.pop(0)
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in found]
        return [(family, socket.SOCK_STREAM, 6, "", (at, port)) for family, at in zip(families, found, strict=True)]


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["93.184.215.14", "127.0.0.1"]]
)
def test_a_public_name_that_leads_inside_is_not_gone_to(receiver, monkeypatch, found):
    monkeypatch.setattr(socket, "getaddrinfo", Names(found))
    courier = Courier(read_origins(f"http://hooks.example:{receiver.port}"))
    assert courier.post(f"http://hooks.example:{receiver.port}/", BODY, {}) == Outcome(Failure.NOT_ALLOWED)
    assert receiver.received == []


def test_a_name_that_changes_after_it_was_checked_changes_nothing(receiver, monkeypatch):
    names, connected = Names(["93.184.215.14"], ["127.0.0.1"]), []
    genuine = socket.create_connection

    def connect(address, timeout):
        connected.append(address)
        assert ipaddress.ip_address(address[0])  # a name would be looked up a second time
        return genuine(("127.0.0.1", receiver.port), timeout)

    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(socket, "create_connection", connect)
    Courier(read_origins("http://hooks.example:8080")).post("http://hooks.example:8080/", BODY, {})
    assert connected == [("93.184.215.14", 8080)]


def certificate(folder, *, names: list[str]):
    """A certificate that signs itself, and its key."""
    key, about = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    alternatives = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names
    ]
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(about)
        .issuer_name(about)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_sent(tmp_path):
    with receiving(certificate(tmp_path, names=["127.0.0.1"])) as receiver:
        assert sent(receiver) == Outcome(Failure.TLS)
        assert receiver.received == []


def test_a_certificate_that_the_machine_trusts_is_accepted_for_its_own_names_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with receiving(certificate(tmp_path, names=["127.0.0.1"])) as receiver:
        assert sent(receiver, attempt_s=5) == Outcome(None, 204)
        other = f"https://localhost:{receiver.port}"
        assert Courier(read_origins(f"private:{other}")).post(other, BODY, {}) == Outcome(Failure.TLS)
        assert len(receiver.received) == 1
