"""Tests cannot leave this machine, whatever a library tries."""

import socket
import urllib.request

import pytest


def test_a_name_cannot_be_looked_up():
    with pytest.raises(RuntimeError, match="only talk to this machine"):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_an_address_outside_cannot_be_connected_to(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(RuntimeError, match="only talk to this machine"):
        sock.connect(address)


def test_a_datagram_cannot_be_sent_outside():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(RuntimeError, match="only talk to this machine"),
    ):
        sock.sendto(b"", ("192.0.2.1", 53))


def test_a_library_is_stopped_too():
    with pytest.raises(RuntimeError, match="only talk to this machine"):
        urllib.request.urlopen("http://example.org/")


def test_loopback_and_unix_sockets_stay_open(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
