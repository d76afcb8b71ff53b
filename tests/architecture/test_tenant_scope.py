"""Rows of a clinic are reached through the scoped repository, so that no query can forget the tenant."""

import ast
from pathlib import Path

# Each with its reason: where rows are asked for without a tenant because the tenant is what is being found out.
MAY_SELECT = {
    Path("service/tenancy/repository.py"),  # the one place that puts the tenant first
    Path("service/tenancy/clinics.py"),  # of the clinics themselves: names and limits, nothing of what they keep
    Path("service/tenancy/keys.py"),  # finds out whose key it is
    Path("service/people/finding.py"),  # finds out whose an e-mail address, a session or an invitation is
    Path("service/audit/rows.py"),  # made for one clinic as a repository is; it also holds the head of its chain
    Path("service/master_keys/secrets.py"),  # the service's own secrets, which are of no clinic
    Path("service/jobs/leases.py"),  # takes the next job of any clinic, which carries its tenant
}
ACROSS = {
    Path("service/audit/anchoring.py"): "anchors the chain of every clinic",
    Path("service/audit/commands.py"): "lists the clinics for whoever runs the service",
    Path("service/bench/load.py"): "makes two clinics and their keys",
    Path("service/bench/pages.py"): "makes a clinic and its key",
    Path("service/cli_keys.py"): "makes a clinic and its key; lists and revokes keys for whoever runs the service",
    Path("service/cli_clinic.py"): "shows and sets the clinics' limits for whoever runs the service",
    Path("service/demo.py"): "makes a clinic and its key",
    Path("service/jobs/leases.py"): "takes, renews and counts the jobs of any clinic; a job carries its tenant",
    Path("service/master_keys/rotation.py"): "lists the clinics, each of which it then goes over by itself",
    Path("service/master_keys/secrets.py"): "the service's own secrets; finds the master key by any clinic's audit",
    Path("service/reconciling/reconciler.py"): "lists the clinics, each of which it then goes over by itself",
    Path("service/cli_people.py"): "finds and lists people for whoever runs the service",
    Path("service/people/desk.py"): "finds out whose an invitation is",
    Path("service/people/signing_in.py"): "finds out who signs in, and whose session it is",
    Path("service/people/welcome.py"): "makes the first owner, and the clinic where there is none",
    Path("service/serving.py"): "finds out whether there is any key at all",
    Path("service/tenancy/authentication.py"): "finds out whose key it is",
}
"""Where a session looks across the clinics, and why."""
QUERYING = {"select", "update", "delete", "text", "query", "exec_driver_sql"}
UNSCOPED = {"get", "get_one", "scalar", "scalars", "execute"}


def queries(tree: ast.Module) -> list[str]:
    """Calls that ask a database without going through a repository."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("sqlalchemy"):
                found += [name.name for name in names if name.name in QUERYING]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="session"), attr=attr)) if attr in UNSCOPED:
                found.append(f"session.{attr}")
    return found


def test_only_the_scoped_repository_asks_for_rows(package_trees):
    asking = {
        str(path): found
        for path, tree in package_trees.items()
        if path not in MAY_SELECT and "database" not in path.parts and (found := queries(tree))
    }
    assert asking == {}


def sessions_across(tree: ast.Module) -> bool:
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(names & {"reading_across", "writing_across", "EVERY_CLINIC"})


def test_what_looks_across_clinics_says_why(package_trees):
    across = {path for path, tree in package_trees.items() if "database" not in path.parts and sessions_across(tree)}
    assert across == set(ACROSS), "give the session its tenant: database.writing(actor.tenant); or say the reason above"


def test_every_table_of_records_carries_its_tenant():
    from service.database.base import Row

    without = {table.name for table in Row.metadata.tables.values() if "tenant_id" not in table.columns}
    of_no_clinic = {"sealed_secrets", "chores"}  # the service's own keys, and when it tidies up
    assert without == {"clinics"} | of_no_clinic
