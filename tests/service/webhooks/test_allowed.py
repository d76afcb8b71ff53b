"""Webhooks go to what the operator names, and never inside by a name that only looks like it."""

import ipaddress

import pytest
from pydantic import ValidationError

from service.settings import Settings
from service.webhooks.allowed import AllowedOrigin, NotAllowedError, allowed_origin, read_origins

ORIGINS = read_origins("https://hooks.example, https://hooks.example:8443 private:http://intake.lan:8080")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example/",
        "https://HOOKS.example:443/a?b=c",
        "https://hooks.example:8443/a",
        "http://intake.lan:8080/a",
    ],
)
def test_an_address_at_an_origin_of_the_list_is_allowed(url):
    assert allowed_origin(url, ORIGINS) in ORIGINS


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "https://hooks.example:444/",
        "https://hooks.example.evil.example/",
        "https://evil.example/https://hooks.example",
        "https://hooks.example@evil.example/",
        "https://user@hooks.example/",
        "https://hooks.example:443@evil.example/",
        "https://evil.example#@hooks.example/",
        "https://hooks.example/#fragment",
        "https://hooks.example\\@evil.example/",
        "https:\\\\hooks.example/",
        "https://hooks.example\n.evil.example/",
        "https://hooks.example /",
        "https://hooks.example/\r\nX-Evil: 1",
        "https://hooks.example.",
        "https://hooks。example/",
        "https://xn--hooks-.example/",
        "//hooks.example/",
        "hooks.example",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "https://",
        "https://hooks.example:99999/",
        "https://hooks.example:x/",
        "https://[::1/",
        "http://intake.lan/",
        "https://intake.lan:8080/",
        "",
    ],
)
def test_any_other_address_is_not(url):
    with pytest.raises(NotAllowedError):
        allowed_origin(url, ORIGINS)


def test_nothing_is_allowed_unless_the_operator_says_so():
    assert Settings(data="x").webhook_origins == ()
    with pytest.raises(NotAllowedError):
        allowed_origin("https://hooks.example/", ())


@pytest.mark.parametrize("entry", ["hooks.example", "https://hooks.example/path", "https://u@hooks.example", "ftp://x"])
def test_a_list_that_says_something_else_stops_the_start(entry):
    with pytest.raises(ValidationError):
        Settings(webhook_hosts=f"https://hooks.example {entry}")


NOBODYS = [
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "168.63.129.16",
    "224.0.0.1",
    "ff02::1",
    "0.0.0.0",
    "::",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
]
INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.5",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.5",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
]


@pytest.mark.parametrize("address", NOBODYS)
def test_link_local_metadata_and_group_addresses_are_never_gone_to(address):
    meant = ipaddress.ip_address(address)
    assert not AllowedOrigin("https", "hooks.example", 443).may_connect_to(meant)
    assert not AllowedOrigin("https", "hooks.example", 443, private=True).may_connect_to(meant)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_gone_to_only_where_the_operator_calls_the_host_private(address):
    meant = ipaddress.ip_address(address)
    assert not AllowedOrigin("https", "hooks.example", 443).may_connect_to(meant)
    assert AllowedOrigin("https", "hooks.example", 443, private=True).may_connect_to(meant)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_a_public_address_is_gone_to(address):
    assert AllowedOrigin("https", "hooks.example", 443).may_connect_to(ipaddress.ip_address(address))
