"""Consents as a clinic records them and sees them end."""

CONSENT = {"given_on": "2026-03-02", "recorded_by": "Dr. A.", "paper": "form of 2026-03-02, folder 12"}


def test_a_consent_is_recorded_replaced_and_withdrawn_and_every_record_is_kept(clinic):
    consents = f"/v1/subjects/{clinic.subject()}/consents"
    states = [one["state"] for one in clinic.get(consents).json()["purposes"]]
    assert states == ["never"] * 5
    first = clinic.put(f"{consents}/print", CONSENT).json()
    assert first["regions"] == ["face", "eyes", "lower_face", "jawline"]
    assert clinic.put(f"{consents}/print", CONSENT).json() == first
    second = clinic.put(f"{consents}/print", {**CONSENT, "regions": ["jawline"], "expires_on": "2026-03-31"}).json()
    assert second["state"] == "expired"
    (told,) = [one for one in clinic.get(consents).json()["purposes"] if one["purpose"] == "print"]
    assert [(one["id"], one["ended_as"]) for one in told["history"]] == [
        (first["id"], "replaced"),
        (second["id"], None),
    ]

    ended = clinic.client.request("DELETE", f"{consents}/print", headers=clinic.headers, json={"why": "by telephone"})
    again = clinic.delete(f"{consents}/print")
    assert ended.json() == again.json()
    assert ended.json()["consent"]["id"] == second["id"]
    assert ended.json()["consent"]["state"] == "withdrawn"
    assert ended.json()["consent"]["why"] == "by telephone"
    assert clinic.delete(f"{consents}/website").json()["code"] == "consent_not_found"


def test_a_consent_that_cannot_be_is_refused(clinic, new_clinic):
    consents = f"/v1/subjects/{clinic.subject()}/consents/print"
    for wrong in ({"expires_on": "2026-03-01"}, {"given_on": "2199-01-01"}, {"regions": []}, {"paper": " "}):
        assert clinic.put(consents, {**CONSENT, **wrong}).status_code == 422, wrong
    reader = new_clinic("Aurora", "read", "export")
    assert reader.put(consents, CONSENT).json()["code"] == "scope_missing"
    assert reader.delete(consents).json()["code"] == "scope_missing"
