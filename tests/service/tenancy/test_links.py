"""Links' tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.tenancy.links import CorrectionLink, LinkSigner, ReportLink, SeriesLink
from service.tenancy.tenant import TenantId

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINK = ReportLink(TenantId("clinic"), "0a" * 16, NOW + timedelta(hours=1))
SIGNER = LinkSigner(b"k" * 32)


def test_a_token_reads_back_as_its_link_until_it_ends():
    token = SIGNER.sign(LINK)
    assert SIGNER.read(token, NOW) == LINK
    assert SIGNER.read(token, LINK.expires_at - timedelta(seconds=1)) == LINK
    assert SIGNER.read(token, LINK.expires_at) is None


@pytest.mark.parametrize(
    "link",
    [
        ReportLink(LINK.tenant, "0a" * 16, LINK.expires_at, corrector="key"),
        CorrectionLink(LINK.tenant, "0b" * 16, LINK.expires_at, "key"),
        SeriesLink(LINK.tenant, "0c" * 16, "0d" * 16, LINK.expires_at),
        SeriesLink(LINK.tenant, "0c" * 16, "none", LINK.expires_at),
    ],
)
def test_each_kind_of_link_reads_back_as_what_it_was(link):
    assert SIGNER.read(SIGNER.sign(link), NOW) == link


def test_a_token_signed_with_another_key_is_none():
    assert LinkSigner(b"l" * 32).read(SIGNER.sign(LINK), NOW) is None


@pytest.mark.parametrize("position", range(0, 120, 7))
def test_an_altered_token_is_none(position):
    token = SIGNER.sign(LINK)
    other = "A" if token[position] != "A" else "B"
    assert SIGNER.read(token[:position] + other + token[position + 1 :], NOW) is None


@given(st.text())
def test_any_text_is_read_without_harm(text):
    assert SIGNER.read(text, NOW) is None
