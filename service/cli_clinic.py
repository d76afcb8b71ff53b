"""The commands around the clinics: ``clinic list``, ``clinic limits``."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from service.limiting.allowances import Allowance

EXIT_USAGE: Final = 2
_GB: Final = 1_000_000_000

Requests = Annotated[int | None, typer.Option(min=1, show_default=False, help="Requests in a minute.")]
Heavy = Annotated[
    int | None, typer.Option(min=1, show_default=False, help="What uploads and other heavy calls may cost in a minute.")
]
Photos = Annotated[int | None, typer.Option(min=0, show_default=False, help="Photos kept.")]
Gigabytes = Annotated[float | None, typer.Option(min=0, show_default=False, help="Size of all photos kept.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    clinics = typer.Typer(help="Clinics, what they use, and their limits.", no_args_is_help=True)
    clinics.command("list")(list_command)
    clinics.command("limits")(limits_command)
    app.add_typer(clinics, name="clinic")


def list_command() -> None:
    """List the clinics with what they store and what they may."""
    from service.assembly import open_database  # noqa: PLC0415  slow to import
    from service.limiting.allowances import Allowances  # noqa: PLC0415
    from service.limiting.storage import stored_by  # noqa: PLC0415
    from service.settings import Settings  # noqa: PLC0415
    from service.tenancy.clinics import clinics_by_name, own_limits  # noqa: PLC0415

    settings = Settings()
    with open_database(settings) as database, database.reading_across() as session:
        allowances = Allowances(database, settings)
        for name, tenant in sorted(clinics_by_name(session).items()):
            allowed = allowances.with_own(own_limits(session, tenant))
            stored = stored_by(session, tenant)
            used = f"{stored.photos} photos{_of(allowed.photos)}, {stored.stored_bytes / _GB:.3f} GB"
            typer.echo(f"{name}: {used}{_of(_gigabytes(allowed))}; {_rates(allowed)}")


def limits_command(
    name: Annotated[str, typer.Argument(show_default=False, help="The clinic's name.")],
    *,
    requests_per_minute: Requests = None,
    heavy_per_minute: Heavy = None,
    photos: Photos = None,
    storage_gb: Gigabytes = None,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the clinic's own limits first.")] = False,
) -> None:
    """Give a clinic limits of its own; what is not named stays. They count within 10 s, also in a running service."""
    from service.assembly import open_database  # noqa: PLC0415  as above
    from service.settings import Settings  # noqa: PLC0415
    from service.tenancy.clinics import OwnLimits, clinics_by_name, own_limits, set_own_limits  # noqa: PLC0415

    size = None if storage_gb is None else int(storage_gb * _GB)
    with open_database(Settings()) as database, database.writing_across() as session:
        tenant = clinics_by_name(session).get(name)
        if tenant is None:
            typer.echo(f"There is no clinic {name}; `liftmark clinic list` names them.", err=True)
            raise typer.Exit(EXIT_USAGE)
        before = OwnLimits() if reset else own_limits(session, tenant)
        set_own_limits(
            session, tenant, before.changed_by(OwnLimits(requests_per_minute, heavy_per_minute, photos, size))
        )


def _of(limit: float | None) -> str:
    return "" if limit is None else f" of {limit:g}"


def _gigabytes(allowed: "Allowance") -> float | None:
    return None if allowed.stored_bytes is None else allowed.stored_bytes / _GB


def _rates(allowed: "Allowance") -> str:
    return f"{allowed.requests_per_minute} requests and {allowed.heavy_per_minute} of heavy calls a minute"
