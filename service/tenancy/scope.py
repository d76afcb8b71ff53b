"""What a key may do. It stands alone, so that the command line can name the scopes without loading the web stack."""

from enum import StrEnum


class Scope(StrEnum):
    """What a key may do."""

    INGEST = "ingest"
    """Make and change records, photos and comparisons; place contours, give iris diameters."""
    READ = "read"
    """See them."""
    EXPORT = "export"
    """Take pictures out, make links."""
    ADMIN = "admin"
    """Erase subjects, visits and photos; read the audit."""
