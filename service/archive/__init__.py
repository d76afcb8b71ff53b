"""A clinic's folder of photos, read into dated entries without opening a picture in this process."""

from service.archive.reading import read_archive, read_subject
from service.archive.records import Archive, Entry, NamedConfounder, Reason, Refusal, Sheet

__all__ = ["Archive", "Entry", "NamedConfounder", "Reason", "Refusal", "Sheet", "read_archive", "read_subject"]
