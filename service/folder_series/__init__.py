"""The series of one subject from a folder, without a service."""

from service.folder_series.making import FolderSeries, make_series

__all__ = ["FolderSeries", "make_series"]
